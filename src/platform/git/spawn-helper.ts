// The one small process that starts every git process, because a spawn blocks its parent in proportion to the
// parent's memory. Imports node's own modules only. Ends all it started when the server goes away.
import { type ChildProcess, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { constants, setPriority } from 'node:os';
import type { HelperReport, HelperRequest, StartMessage } from './spawn-messages.ts';

const STDERR_KEPT = 64 * 1024;
const KILL_AFTER = 5000;
/** Once the server is gone its successor waits for us: shorter. */
const KILL_AFTER_SERVER = 2000;

const socketPath = process.argv[2] ?? '';
const running = new Map<number, ChildProcess>();
/** Processes that were to be killed before they were started. */
const unwanted = new Set<number>();
const starting = new Set<number>();
let closing = false;

// The server alone decides when this process ends, by closing its standard input.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.stdout.on('error', () => shutDown());
readLines((line) => obey(JSON.parse(line) as HelperRequest));

function readLines(onLine: (line: string) => void): void {
  let rest = '';
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  process.stdin.on('end', shutDown);
  process.stdin.on('error', shutDown);
}

function obey(request: HelperRequest): void {
  if (request.op === 'start') void start(request);
  else if (starting.has(request.id)) unwanted.add(request.id);
  else end(request.id, KILL_AFTER);
}

async function start(message: StartMessage): Promise<void> {
  const sockets: Socket[] = [];
  starting.add(message.id);
  try {
    const output = await openData(`o${message.token}`, sockets);
    const input = message.stdin ? await openData(`i${message.token}`, sockets) : 'ignore';
    if (closing || unwanted.has(message.id)) throw new Error('it was no longer wanted');
    await launch(message, input, output);
  } catch (error) {
    const { message: text, code } = error as NodeJS.ErrnoException;
    report({ event: 'failed', id: message.id, message: text, ...(code ? { code } : {}) });
  } finally {
    starting.delete(message.id);
    unwanted.delete(message.id);
    // Closing gives up our copy only: the process holds its own.
    for (const socket of sockets) socket.destroy();
  }
}

/** Connects to the server and says which stream this is, before the process can write a byte. */
function openData(greeting: string, opened: Socket[]): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    opened.push(socket);
    // A paused socket is never read here: every byte is the process's.
    socket.pause();
    socket.once('error', reject);
    socket.once('connect', () => socket.write(greeting, () => resolve(socket)));
  });
}

function launch(message: StartMessage, input: Socket | 'ignore', output: Socket): Promise<void> {
  const child = spawn(message.command, message.args, {
    env: message.env,
    stdio: [input, output, 'pipe'],
    detached: true,
    ...(message.cwd === undefined ? {} : { cwd: message.cwd }),
  });
  watch(message.id, child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      const pid = child.pid ?? 0;
      if (message.background) lowerPriority(pid);
      report({ event: 'started', id: message.id, pid });
      resolve();
    });
  });
}

function watch(id: number, child: ChildProcess): void {
  let kept = Buffer.alloc(0);
  child.stderr?.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]).subarray(-STDERR_KEPT);
  });
  child.stderr?.on('error', () => {});
  child.once('spawn', () => running.set(id, child));
  child.once('exit', (code, signal) => {
    const finish = () => {
      if (!running.delete(id)) return;
      report({ event: 'exited', id, code, signal, stderr: kept.toString('utf8') });
      if (closing && running.size === 0) process.exit(0);
    };
    child.once('close', finish);
    // A grandchild may hold standard error open long after.
    setTimeout(finish, 500).unref();
  });
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, or the system forbids it: it runs at the normal priority.
  }
}

function end(id: number, killAfter: number): void {
  const child = running.get(id);
  if (!child) return;
  signalGroup(child, 'SIGTERM');
  setTimeout(() => {
    if (running.has(id)) signalGroup(child, 'SIGKILL');
  }, killAfter).unref();
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone.
  }
}

function report(message: HelperReport): void {
  if (!process.stdout.destroyed) process.stdout.write(`${JSON.stringify(message)}\n`);
}

function shutDown(): void {
  if (closing) return;
  closing = true;
  if (running.size === 0 && starting.size === 0) process.exit(0);
  for (const id of running.keys()) end(id, KILL_AFTER_SERVER);
  setTimeout(() => process.exit(0), KILL_AFTER_SERVER + 500);
}
