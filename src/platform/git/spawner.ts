// The server's side of the spawn helper: keeps one running, asks it for processes, and accepts the sockets that carry
// their bytes. Knows nothing of git.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../base/errors.ts';
import type { Log } from '../observability/log.ts';
import { helperCommand } from '../runtime/processes.ts';
import type { GitProcess } from './git.types.ts';
import type { HelperReport, HelperRequest } from './spawn-messages.ts';
import {
  abandon,
  greet,
  type PendingProcesses,
  type ProcessRequest,
  settle,
  startProcess,
} from './spawned-process.ts';

/** Linux allows 107 bytes in the path of a unix socket. */
const LONGEST_SOCKET_PATH = 100;

export interface Spawner {
  /** Starts a process. Rejects with AppError unavailable when it cannot be started. */
  start(request: ProcessRequest): Promise<GitProcess>;
  /** Ends every process and the helper. */
  close(): Promise<void>;
}

/** Opens the private socket and starts the helper. `directory` is made with mode 0700 when missing. */
export async function openSpawner(options: {
  directory: string;
  log: Log;
  /** Told the process id of each helper that is started. */
  onHelper?: (pid: number) => void;
}): Promise<Spawner> {
  const place = socketPlace(options.directory);
  const pending: PendingProcesses = new Map();
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    greet(socket, pending);
  });
  await listen(server, place.path);
  server.on('error', (error) => options.log.error({ err: error }, 'a socket of git could not be accepted'));
  let helper: ChildProcess | undefined;
  let nextId = 1;
  let closed = false;

  function helperProcess(): ChildProcess {
    if (helper) return helper;
    helper = startHelper(place.path, {
      onReport: (report) => settle(report, pending),
      onEnd: (ended) => {
        if (helper === ended) helper = undefined;
        if (closed) return;
        options.log.error('the process that starts git ended; starting another');
        for (const process of pending.values()) abandon(process, pending);
      },
    });
    if (helper.pid !== undefined) options.onHelper?.(helper.pid);
    return helper;
  }

  const send = (message: HelperRequest) => {
    const stdin = helperProcess().stdin;
    if (stdin?.writable) stdin.write(`${JSON.stringify(message)}\n`);
  };

  helperProcess();
  return {
    start: (request) => {
      if (closed) throw new AppError('unavailable', 'The server is stopping.');
      return startProcess(nextId++, request, pending, send);
    },
    close: async () => {
      closed = true;
      await endHelper(helper);
      for (const process of pending.values()) abandon(process, pending);
      // Output that nobody has read would hold this up for ever.
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      place.remove();
    },
  };
}

function socketPlace(directory: string): { path: string; remove(): void } {
  const path = join(directory, `git-${process.pid}.sock`);
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    rmSync(path, { force: true });
    return { path, remove: () => rmSync(path, { force: true }) };
  }
  const short = mkdtempSync(join(tmpdir(), 'opencodehub-'));
  return { path: join(short, 's'), remove: () => rmSync(short, { recursive: true, force: true }) };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path, backlog: 1024 }, resolve);
  });
}

interface HelperEvents {
  onReport(report: HelperReport): void;
  onEnd(helper: ChildProcess): void;
}

function startHelper(socketPath: string, events: HelperEvents): ChildProcess {
  const { command, args } = helperCommand('spawn-helper');
  // Detached: a Ctrl-C in the terminal must reach the server only, which lets running pushes finish.
  const helper = spawn(command, [...args, socketPath], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: process.env.PATH === undefined ? {} : { PATH: process.env.PATH },
    detached: true,
  });
  let rest = '';
  let over = false;
  const end = () => {
    if (!over) events.onEnd(helper);
    over = true;
  };
  helper.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) events.onReport(JSON.parse(line) as HelperReport);
  });
  helper.stdin?.on('error', () => {});
  helper.once('error', end);
  helper.once('close', end);
  return helper;
}

async function endHelper(helper: ChildProcess | undefined): Promise<void> {
  if (!helper || helper.exitCode !== null || helper.signalCode !== null) return;
  const ended = new Promise((resolve) => helper.once('close', resolve));
  helper.stdin?.end();
  const timer = setTimeout(() => helper.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(timer);
}
