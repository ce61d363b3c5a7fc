// Servers as processes of their own that receive real signals.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type CommandOptions, startCommand } from './command-line.ts';

export interface Ready {
  version: string;
  pid: number;
  url: string;
  ssh: string | null;
  setup: string | null;
}

export interface Serving extends Ready {
  /** Resolves when the log (JSON, standard error) holds a line whose message contains `text`. */
  logged(text: string): Promise<Record<string, unknown>>;
  signal(name: NodeJS.Signals): void;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
}

/** Starts `opencodehub serve` on free ports and waits until it is ready. */
export async function startServing(args: string[], options: CommandOptions = {}): Promise<Serving> {
  const child = startCommand(['serve', '--json', '--port', '0', '--ssh-port', '0', ...args], options);
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string | null);
  const log = followLog(child.stderr);
  const ready = await new Promise<Ready>((resolve, reject) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).once('line', (line) =>
      resolve(JSON.parse(line)),
    );
    void ended.then((code) => reject(new Error(`serve ended with ${code}:\n${log.text()}`)));
  });
  return { ...ready, logged: log.wait, signal: (name) => void child.kill(name), ended };
}

function followLog(stream: NodeJS.ReadableStream | null) {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: stream as NodeJS.ReadableStream }).on('line', (line) => {
    lines.push(line);
    for (const check of waiting) check();
  });

  function find(text: string): Record<string, unknown> | undefined {
    const index = lines.findIndex((line) => line.includes(text));
    if (index === -1) return undefined;
    const [line = ''] = lines.splice(0, index + 1).slice(-1);
    return JSON.parse(line) as Record<string, unknown>;
  }

  return {
    text: () => lines.join('\n'),
    wait: (text: string) =>
      new Promise<Record<string, unknown>>((resolve) => {
        const check = () => {
          const found = find(text);
          if (!found) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      }),
  };
}
