// A process whose helper or sockets do not come: bounded, and bytes that came during a stall are not thrown away.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { HelperRequest } from '../../../src/platform/git/spawn-messages.ts';
import { greet, type PendingProcesses, startProcess } from '../../../src/platform/git/spawned-process.ts';

afterEach(() => {
  vi.useRealTimers();
});

const REQUEST = { command: 'git', args: [], env: {}, stdin: false, background: false };

function begin(processes: PendingProcesses) {
  const sent: HelperRequest[] = [];
  const started = startProcess(1, REQUEST, processes, (message) => sent.push(message));
  started.catch(() => {});
  return { started, sent };
}

test('a helper that never answers fails the start and is told to end the process', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { started, sent } = begin(new Map());
  await vi.advanceTimersByTimeAsync(61_000);
  await expect(started).rejects.toMatchObject({ code: 'unavailable' });
  expect(sent.map((message) => message.op)).toEqual(['start', 'kill']);
});

test('a greeting that waits while this process stalls is read before its time is up', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const processes: PendingProcesses = new Map();
  const { started } = begin(processes);
  const pending = processes.get(1);
  if (!pending) throw new Error('no process was asked for');
  const directory = mkdtempSync(join(tmpdir(), 'och-greet-'));
  const server = createServer({ allowHalfOpen: true });
  await new Promise<void>((resolve) => server.listen(join(directory, 's'), resolve));
  const client = connect(join(directory, 's')).on('error', () => {});
  server.once('connection', (socket) => {
    greet(socket, processes);
    // As after a long stall: the time is up, and what was sent long ago is still to be read.
    client.write(`o${pending.token}`, () => vi.advanceTimersByTime(11_000));
  });
  pending.started.resolve();
  const process = await started;
  expect(process.stdout.destroyed).toBe(false);
  client.destroy();
  process.stdout.destroy();
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true });
});
