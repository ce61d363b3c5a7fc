// One process asked of the spawn helper, from the request to its exit: its data sockets and what is reported of it.
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { AppError } from '../../base/errors.ts';
import type { GitProcess } from './git.types.ts';
import { GREETING_LENGTH, type HelperReport, type HelperRequest } from './spawn-messages.ts';

const GREETING_TIMEOUT = 10_000;
/** Milliseconds in which a process must have started and its sockets have come, on however busy a machine. */
const START_PATIENCE = 60_000;

export interface ProcessRequest {
  command: string;
  args: readonly string[];
  env: Record<string, string>;
  cwd?: string;
  /** False gives the process an empty standard input. */
  stdin: boolean;
  background: boolean;
  signal?: AbortSignal;
}

type Exit = Awaited<GitProcess['exited']>;

/** A process between its request and its exit. */
export interface Pending {
  id: number;
  token: string;
  pid: number | undefined;
  killed: boolean;
  /** Data sockets that must come before it can be forgotten. */
  missing: number;
  ended: boolean;
  /** Every data socket that came for it. */
  streams: Socket[];
  input: PromiseWithResolvers<Socket>;
  output: PromiseWithResolvers<Socket>;
  started: PromiseWithResolvers<void>;
  exited: PromiseWithResolvers<Exit>;
}

export type PendingProcesses = Map<number, Pending>;

/** Asks the helper for a process. Rejects with AppError unavailable when it cannot be started. */
export async function startProcess(
  id: number,
  request: ProcessRequest,
  processes: PendingProcesses,
  send: (message: HelperRequest) => void,
): Promise<GitProcess> {
  const { signal, command, args, env, cwd, stdin, background } = request;
  signal?.throwIfAborted();
  const pending = newPending(id, stdin ? 2 : 1);
  processes.set(id, pending);
  const kill = () => {
    if (pending.ended) return;
    pending.killed = true;
    send({ op: 'kill', id });
  };
  signal?.addEventListener('abort', kill, { once: true });
  void pending.exited.promise.then(() => signal?.removeEventListener('abort', kill));
  const place = cwd === undefined ? {} : { cwd };
  send({ op: 'start', id, token: pending.token, command, args: [...args], env, stdin, background, ...place });
  // Nobody waits for the sockets of a process that could not be started.
  for (const socket of [pending.input, pending.output]) socket.promise.catch(() => {});
  const late = setTimeout(() => {
    kill();
    refuse(pending, new Error('it did not start in time'));
  }, START_PATIENCE);
  try {
    await pending.started.promise;
    const [output, input] = await Promise.all([
      pending.output.promise,
      stdin ? pending.input.promise : undefined,
    ]);
    return {
      stdin: input ? asInput(input) : closedInput(),
      stdout: asOutput(output),
      exited: pending.exited.promise,
      kill,
    };
  } catch (cause) {
    giveUp(pending, processes);
    signal?.throwIfAborted();
    throw new AppError('unavailable', `${command} could not be started.`, { cause });
  } finally {
    clearTimeout(late);
  }
}

function newPending(id: number, missing: number): Pending {
  return {
    id,
    token: randomBytes((GREETING_LENGTH - 1) / 2).toString('hex'),
    pid: undefined,
    killed: false,
    missing,
    ended: false,
    streams: [],
    input: Promise.withResolvers(),
    output: Promise.withResolvers(),
    started: Promise.withResolvers(),
    exited: Promise.withResolvers(),
  };
}

/** Reads who a new data socket belongs to; a socket that does not say so at once is dropped. */
export function greet(socket: Socket, processes: PendingProcesses): void {
  let greeted = false;
  // After a stall of this process its timers run before bytes that have long been there: these get one more turn.
  const dropUngreeted = () => greeted || socket.destroy();
  const drop = setTimeout(() => setImmediate(setImmediate, dropUngreeted), GREETING_TIMEOUT);
  socket.on('error', () => {});
  socket.once('close', () => clearTimeout(drop));
  const read = () => {
    const greeting = socket.read(GREETING_LENGTH) as Buffer | null;
    if (greeting === null) return;
    greeted = true;
    clearTimeout(drop);
    socket.off('readable', read);
    adopt(socket, greeting.toString('latin1'), processes);
  };
  socket.on('readable', read);
}

function adopt(socket: Socket, greeting: string, processes: PendingProcesses): void {
  const token = greeting.slice(1);
  const pending = [...processes.values()].find((candidate) => candidate.token === token);
  if (!pending) {
    socket.destroy();
    return;
  }
  pending.streams.push(socket);
  pending.missing -= 1;
  forgetIfOver(pending, processes);
  if (greeting[0] === 'i') pending.input.resolve(socket);
  else pending.output.resolve(socket);
}

/** Passes on what the helper reports of a process. */
export function settle(report: HelperReport, processes: PendingProcesses): void {
  const pending = processes.get(report.id);
  if (!pending) return;
  if (report.event === 'started') {
    pending.pid = report.pid;
    pending.started.resolve();
    return;
  }
  pending.ended = true;
  if (report.event === 'failed') {
    processes.delete(report.id);
    pending.started.reject(new Error(report.message));
    return;
  }
  const { code, signal, stderr } = report;
  forgetIfOver(pending, processes);
  pending.exited.resolve({ code, signal, stderr });
  if (pending.killed) closeStreams(pending);
}

/** A process may be reported as over before the event loop has come to the connections it wrote to. */
function forgetIfOver(pending: Pending, processes: PendingProcesses): void {
  if (pending.ended && pending.missing <= 0) processes.delete(pending.id);
}

/** Fails a process whose helper is gone, and makes sure it is gone itself. */
export function abandon(pending: Pending, processes: PendingProcesses): void {
  processes.delete(pending.id);
  pending.ended = true;
  const stderr = 'the process that starts git ended unexpectedly';
  if (pending.pid !== undefined) killGroup(pending.pid);
  refuse(pending, new Error(stderr));
  pending.exited.resolve({ code: null, signal: 'SIGKILL', stderr });
  closeStreams(pending);
}

function refuse(pending: Pending, error: Error): void {
  for (const each of [pending.started, pending.input, pending.output]) each.reject(error);
}

function giveUp(pending: Pending, processes: PendingProcesses): void {
  // Nobody waits for its sockets any more.
  pending.missing = 0;
  forgetIfOver(pending, processes);
  pending.exited.resolve({ code: null, signal: null, stderr: '' });
  closeStreams(pending);
}

function closeStreams(pending: Pending): void {
  for (const stream of pending.streams) stream.destroy();
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** The process never writes to its standard input: reading it only tells when the process has let go of it. */
function asInput(socket: Socket): Socket {
  socket.resume();
  return closedAtEnd(socket);
}

function asOutput(socket: Socket): Socket {
  return closedAtEnd(socket);
}

/** A process that fails at once may have ended its output before anybody listened: that event does not come again. */
function closedAtEnd(socket: Socket): Socket {
  if (socket.readableEnded) socket.destroy();
  else socket.once('end', () => socket.destroy());
  return socket;
}

function closedInput(): Writable {
  const input = new Writable({ write: (_chunk, _encoding, done) => done() });
  input.end();
  return input;
}
