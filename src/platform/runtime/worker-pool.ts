// Worker threads for work on what came from outside: started when needed, stopped when idle, ended and replaced when a
// job is late. A worker says 'ready' once, then answers one request after the other.
import type { Worker } from 'node:worker_threads';
import { MINUTE, SECOND } from '../../base/time.ts';

export interface WorkerPoolOptions<Request extends { id: number }> {
  start(): Worker;
  /** What is posted for a request, by default the request. */
  message?(request: Request, worker: Worker): Request;
  /** Told when a job was late or a worker failed. */
  onTrouble?(message: string): void;
  /** What a job is called when that is told. */
  nameOf(request: Request): string;
  workers?: number;
  /** Milliseconds one job may run. */
  timeout?: number;
  /** Milliseconds after which a worker without work is stopped. */
  idle?: number;
  /** Jobs that may wait; more are refused at once. */
  maxWaiting?: number;
}

/** `late`: it took too long, or its worker failed. `refused`: it was not tried. */
export type PoolOutcome<Result> = { result: Result } | 'late' | 'refused';

export interface WorkerPool<Request extends { id: number }, Result> {
  run(body: BodyOf<Request>): Promise<PoolOutcome<Result>>;
  close(): Promise<void>;
}

export type BodyOf<R> = R extends { id: number } ? Omit<R, 'id'> : never;

interface Job<Request, Result> {
  request: Request;
  settle(outcome: PoolOutcome<Result>): void;
}

interface Slot<Request, Result> {
  worker: Worker;
  ready: boolean;
  job?: Job<Request, Result>;
  timer?: NodeJS.Timeout;
}

const START_TIMEOUT = 15 * SECOND;

/** Opens a pool; no thread is started before the first job. Answers are `{ id, result }`. */
export function openWorkerPool<Request extends { id: number }, Result>(
  options: WorkerPoolOptions<Request>,
): WorkerPool<Request, Result> {
  const { workers = 2, timeout = 2 * SECOND, idle = 2 * MINUTE, maxWaiting = 100 } = options;
  const slots = new Set<Slot<Request, Result>>();
  const waiting: Job<Request, Result>[] = [];
  let nextId = 1;
  let closed = false;

  function dispatch(): void {
    for (const slot of slots) {
      if (waiting.length === 0) return;
      if (slot.ready && slot.job === undefined) give(slot, waiting.shift());
    }
    const starting = [...slots].filter((slot) => !slot.ready).length;
    if (waiting.length > starting && slots.size < workers) start();
  }

  function give(slot: Slot<Request, Result>, job: Job<Request, Result> | undefined): void {
    if (!job) return;
    slot.job = job;
    setTimer(slot, timeout, () => {
      options.onTrouble?.(`${options.nameOf(job.request)} took longer than ${timeout} ms`);
      end(slot, 'late');
    });
    slot.worker.postMessage(options.message?.(job.request, slot.worker) ?? job.request);
  }

  function start(): void {
    const slot: Slot<Request, Result> = { worker: options.start(), ready: false };
    slots.add(slot);
    slot.worker.unref();
    slot.worker.on('message', (message: { result: Result } | 'ready') => {
      if (message === 'ready') slot.ready = true;
      else finish(slot, message.result);
      setTimer(slot, idle, () => end(slot, 'refused'));
      dispatch();
    });
    slot.worker.on('error', (error) => {
      options.onTrouble?.(`a worker thread failed: ${error.message}`);
      end(slot, 'late');
    });
    setTimer(slot, START_TIMEOUT, () => end(slot, 'refused'));
  }

  function finish(slot: Slot<Request, Result>, result: Result): void {
    const job = slot.job;
    delete slot.job;
    job?.settle({ result });
  }

  /** Ends a worker and settles what it had; when none could be started, those who wait are not kept. */
  function end(slot: Slot<Request, Result>, outcome: 'late' | 'refused'): void {
    if (!slots.delete(slot)) return;
    clearTimeout(slot.timer);
    slot.job?.settle(outcome);
    void slot.worker.terminate();
    if (!slot.ready) for (const job of waiting.splice(0)) job.settle('refused');
    if (!closed) dispatch();
  }

  return {
    run: (body) =>
      new Promise((resolve) => {
        if (closed || waiting.length >= maxWaiting) return resolve('refused');
        waiting.push({ request: { ...body, id: nextId++ } as unknown as Request, settle: resolve });
        dispatch();
      }),
    async close() {
      closed = true;
      for (const job of waiting.splice(0)) job.settle('refused');
      const ended = [...slots].map((slot) => slot.worker);
      for (const slot of slots) end(slot, 'refused');
      await Promise.all(ended.map((worker) => worker.terminate()));
    },
  };
}

function setTimer(slot: { timer?: NodeJS.Timeout }, milliseconds: number, action: () => void): void {
  clearTimeout(slot.timer);
  slot.timer = setTimeout(action, milliseconds).unref();
}
