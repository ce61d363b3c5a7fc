// The pool of highlight workers: started when needed, stopped when idle, ended and replaced when a job is late.
import type { Worker } from 'node:worker_threads';
import type { SafeHtml } from '../../base/html.ts';
import { MINUTE, SECOND } from '../../base/time.ts';
import type { Caches } from '../cache/cache.ts';
import { startWorker } from '../runtime/workers.ts';
import type { CodeToHighlight, Highlighter, WorkerAnswer, WorkerRequest } from './highlight.types.ts';
import { isHighlightable, plainLines } from './highlight-lines.ts';
import { MAX_MARKDOWN_LENGTH, sourceAsHtml } from './markdown-limits.ts';

export interface HighlighterOptions {
  caches: Caches;
  /** Told when a job was late or a worker failed. */
  onTrouble?(message: string): void;
  workers?: number;
  /** Milliseconds one job may run. */
  timeout?: number;
  /** Milliseconds after which a worker without work is stopped. */
  idle?: number;
  /** Jobs that may wait; more come out plain at once. */
  maxWaiting?: number;
}

interface Job {
  request: WorkerRequest;
  /** `late` and `refused` are answered in plain. */
  settle(outcome: { result: WorkerAnswer['result'] } | 'late' | 'refused'): void;
}

interface Slot {
  worker: Worker;
  ready: boolean;
  job?: Job;
  timer?: NodeJS.Timeout;
}

const START_TIMEOUT = 15 * SECOND;
const LINES_CACHE_BYTES = 24 * 1024 * 1024;
const DOCUMENTS_CACHE_BYTES = 8 * 1024 * 1024;

/** Opens the highlighter; no thread is started before the first job. */
export function openHighlighter(options: HighlighterOptions): Highlighter {
  const pool = openPool(options);
  const lineCache = options.caches.create<readonly SafeHtml[]>('highlighted-lines', LINES_CACHE_BYTES);
  const documentCache = options.caches.create<{ html: SafeHtml }>('markdown', DOCUMENTS_CACHE_BYTES);

  return {
    async lines(code) {
      if (code.languages.length === 0 || !isHighlightable(code.text)) return plainLines(code.text);
      const key = keyOf(code);
      const known = key === undefined ? undefined : lineCache.get(key);
      if (known) return known;
      const { text, languages } = code;
      const outcome = await pool.run({ kind: 'lines', text, languages });
      const lines = Array.isArray(outcome.result) ? (outcome.result as SafeHtml[]) : plainLines(text);
      if (key !== undefined && outcome.final) lineCache.set(key, lines, sizeOf(lines));
      return lines;
    },
    async markdown({ source, place, oid }) {
      if (source.length > MAX_MARKDOWN_LENGTH) return sourceAsHtml(source);
      const key = oid && [oid, place.repository, place.revision, place.directory].join('\0');
      const known = key === undefined ? undefined : documentCache.get(key);
      if (known) return known.html;
      const outcome = await pool.run({ kind: 'markdown', source, place });
      const html = typeof outcome.result === 'string' ? (outcome.result as SafeHtml) : sourceAsHtml(source);
      if (key !== undefined && outcome.final) documentCache.set(key, { html }, 2 * html.length);
      return html;
    },
    close: () => pool.close(),
  };
}

function keyOf(code: CodeToHighlight): string | undefined {
  return code.oid === undefined ? undefined : `${code.oid}\0${code.languages.join('\0')}`;
}

function sizeOf(lines: readonly SafeHtml[]): number {
  return lines.reduce((sum, line) => sum + 2 * line.length + 32, 0);
}

type RequestBody<R = WorkerRequest> = R extends WorkerRequest ? Omit<R, 'id'> : never;

interface Pool {
  /** `final` tells that asking again would give the same. */
  run(body: RequestBody): Promise<{ result: WorkerAnswer['result']; final: boolean }>;
  close(): Promise<void>;
}

function openPool(options: HighlighterOptions): Pool {
  const { workers = 2, timeout = 2 * SECOND, idle = 2 * MINUTE, maxWaiting = 100 } = options;
  const slots = new Set<Slot>();
  const waiting: Job[] = [];
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

  function give(slot: Slot, job: Job | undefined): void {
    if (!job) return;
    slot.job = job;
    setTimer(slot, timeout, () => {
      options.onTrouble?.(`A ${job.request.kind} job took longer than ${timeout} ms; shown plain`);
      end(slot, 'late');
    });
    slot.worker.postMessage(job.request);
  }

  function start(): void {
    const slot: Slot = { worker: startWorker('highlight', undefined, { heapMegabytes: 128 }), ready: false };
    slots.add(slot);
    slot.worker.unref();
    slot.worker.on('message', (message: WorkerAnswer | 'ready') => {
      if (message === 'ready') slot.ready = true;
      else finish(slot, message);
      setTimer(slot, idle, () => end(slot, 'refused'));
      dispatch();
    });
    slot.worker.on('error', (error) => {
      options.onTrouble?.(`A highlight worker failed: ${error.message}`);
      end(slot, 'late');
    });
    setTimer(slot, START_TIMEOUT, () => end(slot, 'refused'));
  }

  function finish(slot: Slot, answer: WorkerAnswer): void {
    const job = slot.job;
    delete slot.job;
    job?.settle({ result: answer.result });
  }

  /** Ends a worker and settles what it had; when none could be started, those who wait are not kept. */
  function end(slot: Slot, outcome: 'late' | 'refused'): void {
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
        if (closed || waiting.length >= maxWaiting) return resolve({ result: undefined, final: false });
        waiting.push({
          request: { ...body, id: nextId++ },
          settle: (outcome) => {
            if (typeof outcome === 'object') resolve({ result: outcome.result, final: true });
            else resolve({ result: undefined, final: outcome === 'late' });
          },
        });
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

function setTimer(slot: Slot, milliseconds: number, action: () => void): void {
  clearTimeout(slot.timer);
  slot.timer = setTimeout(action, milliseconds).unref();
}
