// Which repository has an object process now: one each, few in all, the least recently used making room for others.
import { AppError } from '../../base/errors.ts';
import type { Log } from '../observability/log.ts';
import type { Git, RepoDir } from './git.types.ts';
import { type ObjectRequest, type ObjectStream, openObjectStream, type StreamEnd } from './object-stream.ts';

/** Requests answered by one process before it is replaced. */
const RECYCLE_REQUESTS = 200_000;
/** Milliseconds of silence after which a process with open requests is ended. */
const STUCK = 30_000;
/** Milliseconds a process gets to end by itself. */
const GRACE = 2_000;
/** Requests sent to a process ahead of its answers. */
const WINDOW = 512;
/** Deaths in a row without one answer after which the oldest request is taken for the cause. */
const DEATHS_PER_REQUEST = 2;
/** And after which the repository counts as unreadable. */
const DEATHS_PER_REPOSITORY = 3;

export interface ObjectPoolOptions {
  spawn: Git['spawn'];
  maxProcesses: number;
  log: Log;
  /** Milliseconds without a request after which a process is ended. */
  idleMs: number;
  /** Bytes of content answered after which a process is replaced, since its memory grows with what it maps. */
  recycleBytes: number;
}

export interface ObjectPool {
  ask(dir: RepoDir, request: ObjectRequest): void;
  /** Ends the process of a repository once it has answered; resolves when it is gone. */
  forget(dir: RepoDir): Promise<void>;
  close(): Promise<void>;
}

/** One repository: its requests, and its process if it has one. */
interface Lane {
  dir: RepoDir;
  queue: ObjectRequest[];
  stream: ObjectStream | undefined;
  /** Counts from the decision to start a process until it is gone. */
  occupied: boolean;
  /** Its process takes no more requests. */
  retiring: boolean;
  /** Deaths since the last answer. */
  deaths: number;
  used: number;
  gone: PromiseWithResolvers<void>;
}

/** Opens the pool; no process is started before the first request. */
export function openObjectPool(options: ObjectPoolOptions): ObjectPool {
  /** Least recently used first. */
  const lanes = new Map<RepoDir, Lane>();
  /** Lanes with requests that no process is free for. */
  const waiting = new Set<Lane>();
  let closed = false;
  const timer = setInterval(sweep, Math.max(20, Math.min(options.idleMs / 2, STUCK / 3)));
  timer.unref();

  function laneOf(dir: RepoDir): Lane {
    const lane = lanes.get(dir) ?? newLane(dir);
    lanes.delete(dir);
    lanes.set(dir, lane);
    lane.used = Date.now();
    return lane;
  }

  function pump(lane: Lane): void {
    if (lane.stream && !lane.retiring) send(lane, lane.stream);
    else if (!lane.occupied && lane.queue.length > 0) occupy(lane);
  }

  function send(lane: Lane, stream: ObjectStream): void {
    while (lane.queue.length > 0 && stream.pending() < WINDOW) {
      const request = lane.queue.shift();
      if (request) stream.send(request);
    }
    const { requests, bytes } = stream.answered();
    if (bytes > options.recycleBytes || requests > RECYCLE_REQUESTS) retire(lane);
  }

  function occupy(lane: Lane): void {
    const occupied = [...lanes.values()].filter((other) => other.occupied);
    if (occupied.length < options.maxProcesses) {
      waiting.delete(lane);
      void start(lane);
      return;
    }
    waiting.add(lane);
    makeRoom();
  }

  /** Ends as many processes as there are lanes waiting for one: idle ones first, else the least recently used. */
  function makeRoom(): void {
    const occupied = [...lanes.values()].filter((lane) => lane.occupied);
    const working = occupied.filter((lane) => lane.stream && !lane.retiring);
    const needed = waiting.size - occupied.filter((lane) => lane.retiring).length;
    const idleFirst = working.toSorted((a, b) => Number(isBusy(a)) - Number(isBusy(b)));
    for (const lane of idleFirst.slice(0, Math.max(0, needed))) retire(lane);
  }

  async function start(lane: Lane): Promise<void> {
    lane.occupied = true;
    lane.gone = Promise.withResolvers();
    try {
      const process = await options.spawn(['cat-file', '--batch-command'], { dir: lane.dir });
      lane.stream = openObjectStream(process, (end) => ended(lane, end));
    } catch (error) {
      for (const request of lane.queue.splice(0)) request.reject(error);
      vacate(lane);
      return;
    }
    const leave = closed || lane.retiring;
    lane.retiring = false;
    pump(lane);
    if (leave) retire(lane);
    if (waiting.size > 0) makeRoom();
  }

  function ended(lane: Lane, { unanswered, reason }: StreamEnd): void {
    const answered = (lane.stream?.answered().requests ?? 0) > 0;
    const asked = lane.retiring && unanswered.length === 0;
    lane.deaths = asked ? 0 : answered ? 1 : lane.deaths + 1;
    if (!asked) options.log.warn({ dir: lane.dir, reason }, 'an object reader ended');
    lane.queue.unshift(...unanswered);
    const failed = lane.deaths >= DEATHS_PER_REPOSITORY ? lane.queue.length : 1;
    if (lane.deaths >= DEATHS_PER_REQUEST) {
      for (const request of lane.queue.splice(0, failed)) request.reject(unreadable(reason));
    }
    vacate(lane);
  }

  function vacate(lane: Lane): void {
    lane.stream = undefined;
    lane.occupied = false;
    lane.retiring = false;
    lane.gone.resolve();
    if (closed) for (const request of lane.queue.splice(0)) request.reject(stopping());
    if (lane.queue.length > 0) waiting.add(lane);
    else lanes.delete(lane.dir);
    for (const next of [...waiting]) occupy(next);
  }

  function retire(lane: Lane): void {
    if (lane.retiring) return;
    lane.retiring = true;
    const { stream } = lane;
    stream?.finish();
    setTimeout(() => lane.stream === stream && stream?.pending() === 0 && stream.kill(), GRACE).unref();
  }

  function sweep(): void {
    const now = Date.now();
    for (const lane of lanes.values()) {
      if (isBusy(lane) && now - (lane.stream?.lastActive() ?? now) > STUCK) lane.stream?.kill();
      else if (lane.stream && !isBusy(lane) && now - lane.used > options.idleMs) retire(lane);
    }
  }

  async function forget(dir: RepoDir): Promise<void> {
    const lane = lanes.get(dir);
    if (!lane?.occupied) return;
    retire(lane);
    await lane.gone.promise;
  }

  return {
    ask: (dir, request) => {
      if (closed) return request.reject(stopping());
      const lane = laneOf(dir);
      lane.queue.push({
        ...request,
        resolve: (answer) => {
          lane.used = Date.now();
          request.resolve(answer);
          // Room in the window, or work that came while this was under way.
          if (lane.queue.length > 0) pump(lane);
        },
      });
      pump(lane);
    },
    forget,
    close: async () => {
      closed = true;
      // The sweep goes on meanwhile, for a process that no longer answers.
      await Promise.all([...lanes.keys()].map(forget));
      clearInterval(timer);
    },
  };
}

function isBusy(lane: Lane): boolean {
  return lane.queue.length > 0 || (lane.stream?.pending() ?? 0) > 0;
}

function newLane(dir: RepoDir): Lane {
  return {
    dir,
    queue: [],
    stream: undefined,
    occupied: false,
    retiring: false,
    deaths: 0,
    used: 0,
    gone: Promise.withResolvers(),
  };
}

function unreadable(reason: string): AppError {
  const cause = new Error(`git cat-file: ${reason.slice(-2000)}`);
  return new AppError('unavailable', 'The repository could not be read. Try again later.', { cause });
}

function stopping(): AppError {
  return new AppError('unavailable', 'The server is stopping.');
}
