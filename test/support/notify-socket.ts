// Stands in for systemd: receives the datagrams of sd_notify(3). In Python, since Node has no unix datagram sockets.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface NotifySocket {
  path: string;
  /** Resolves with the next message that holds `text`, e.g. `READY=1`; messages before it are dropped. */
  next(text: string): Promise<string[]>;
  close(): void;
}

const RECEIVER = `
import json, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('"listening"', flush=True)
while True:
    print(json.dumps(s.recv(65536).decode()), flush=True)
`;

/** Opens the socket and waits until it can be sent to. */
export async function startNotifySocket(): Promise<NotifySocket> {
  const directory = mkdtempSync(join(tmpdir(), 'och-notify-'));
  const path = join(directory, 'notify.sock');
  const receiver = spawn('python3', ['-c', RECEIVER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const messages = createInterface({ input: receiver.stdout })[Symbol.asyncIterator]();

  async function next(text: string): Promise<string[]> {
    for (;;) {
      const { value, done } = await messages.next();
      if (done) throw new Error(`The notify socket closed before ${text}`);
      const message = JSON.parse(value) as string;
      // systemd-notify asks whether its message has arrived; receiving is the answer.
      if (message.includes('BARRIER=1')) continue;
      if (message.includes(text)) return message.trim().split('\n');
    }
  }

  await next('listening');
  return {
    path,
    next,
    close: () => {
      receiver.kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
