// Colours and documents from worker threads, remembered by blob: the same blob is coloured once, wherever it lies.
import { setTimeout as wait } from 'node:timers/promises';
import type { SafeHtml } from '../../base/html.ts';
import { SECOND } from '../../base/time.ts';
import type { BoundedCache, Caches } from '../cache/cache.ts';
import { openWorkerPool, type WorkerPool } from '../runtime/worker-pool.ts';
import { startWorker } from '../runtime/workers.ts';
import type { CodeToHighlight, Highlighter, WorkerAnswer, WorkerRequest } from './highlight.types.ts';
import { hasColourableLines, isHighlightable, plainLines } from './highlight-lines.ts';
import { MAX_MARKDOWN_LENGTH, sourceAsHtml } from './markdown-limits.ts';
import type { MarkedHtml } from './reference-marks.ts';

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

/** Milliseconds that a file beyond the size of ordinary ones may take. */
const BIG_TIMEOUT = 20 * SECOND;
const LINES_CACHE_BYTES = 24 * 1024 * 1024;
const DOCUMENTS_CACHE_BYTES = 8 * 1024 * 1024;

type Pool = WorkerPool<WorkerRequest, WorkerAnswer['result']>;

/** Opens the highlighter; no thread is started before the first job. */
export function openHighlighter(options: HighlighterOptions): Highlighter {
  const pool = openHighlightPool(options);
  // Files of many megabytes keep a thread busy for seconds: pages of other files must not wait behind them.
  const bigPool = openHighlightPool({ ...options, workers: 1, timeout: BIG_TIMEOUT, maxWaiting: 4 });
  const lineCache = options.caches.create<readonly SafeHtml[]>('highlighted-lines', LINES_CACHE_BYTES);
  const documentCache = options.caches.create<{ html: SafeHtml | MarkedHtml }>(
    'markdown',
    DOCUMENTS_CACHE_BYTES,
  );
  const running = new Map<string, Promise<readonly SafeHtml[]>>();

  async function coloured(code: CodeToHighlight): Promise<readonly SafeHtml[]> {
    const { text, languages } = code;
    const key = keyOf(code);
    const outcome = await pool.run({ kind: 'lines', text, languages });
    const result = typeof outcome === 'object' ? outcome.result : undefined;
    const lines = Array.isArray(result) ? (result as SafeHtml[]) : plainLines(text);
    if (key !== undefined && outcome !== 'refused') lineCache.set(key, lines, sizeOf(lines));
    if (key !== undefined && outcome === 'late') void colourAgain(code, key).catch(() => undefined);
    return lines;
  }

  /** What a busy machine made late is coloured once more, with time and where nobody waits, and remembered then. */
  async function colourAgain({ text, languages }: CodeToHighlight, key: string): Promise<void> {
    const outcome = await bigPool.run({ kind: 'lines', text, languages });
    if (typeof outcome !== 'object' || !Array.isArray(outcome.result)) return;
    const lines = outcome.result as SafeHtml[];
    lineCache.set(key, lines, sizeOf(lines));
  }

  /** Known lines, or those of a job that is under way or begins; many who ask for one blob share it. */
  function linesOf(code: CodeToHighlight): Promise<readonly SafeHtml[]> | readonly SafeHtml[] {
    const key = keyOf(code);
    if (key === undefined) return coloured(code);
    const found = lineCache.get(key) ?? running.get(key);
    if (found) return found;
    const job = coloured(code).finally(() => running.delete(key));
    running.set(key, job);
    return job;
  }

  return {
    async lines(code) {
      return isColoured(code) ? linesOf(code) : plainLines(code.text);
    },
    async linesWithin(code, budget) {
      if (!isColoured(code)) return { lines: plainLines(code.text), isPending: false };
      const found = linesOf(code);
      const lines = await Promise.race([found, wait(budget, undefined, { ref: false })]);
      return lines ? { lines, isPending: false } : { lines: plainLines(code.text), isPending: true };
    },
    async blocks({ text, languages, size }) {
      if (languages.length === 0 || !hasColourableLines(text)) return 'never';
      const outcome = await bigPool.run({ kind: 'blocks', text, languages, size });
      if (outcome === 'refused') return 'later';
      return outcome === 'late' || !Array.isArray(outcome.result) ? 'never' : (outcome.result as SafeHtml[]);
    },
    async markdown({ source, place, oid }) {
      if (source.length > MAX_MARKDOWN_LENGTH) return sourceAsHtml(source);
      const key = oid && ['markdown', oid, place.repository, place.revision, place.directory].join('\0');
      return document(pool, documentCache, key, { kind: 'markdown', source, place }, () =>
        sourceAsHtml(source),
      );
    },
    async markedDocument({ source, place, oid, origin }) {
      const instead = () => ({ html: sourceAsHtml(source), references: [] });
      if (source.length > MAX_MARKDOWN_LENGTH) return instead();
      const about = [place.repository, place.revision, place.directory, origin];
      const key = oid && ['marked', oid, ...about].join('\0');
      return document<MarkedHtml>(
        pool,
        documentCache,
        key,
        { kind: 'marked', source, place, origin },
        instead,
      );
    },
    async comments(comments, place) {
      const outcome = await pool.run({ kind: 'comments', comments, place });
      if (typeof outcome !== 'object') return outcome;
      return outcome.result as MarkedHtml[];
    },
    async notebook({ source, place, oid }) {
      const key = ['notebook', oid, place.repository, place.revision, place.directory].join('\0');
      return document(pool, documentCache, key, { kind: 'notebook', source, place }, () => undefined);
    },
    close: async () => {
      await Promise.all([pool.close(), bigPool.close()]);
    },
  };
}

async function document<T extends SafeHtml | MarkedHtml | undefined>(
  pool: Pool,
  cache: BoundedCache<{ html: SafeHtml | MarkedHtml }>,
  key: string | undefined,
  request: Parameters<Pool['run']>[0],
  instead: () => T,
): Promise<T> {
  const known = key === undefined ? undefined : cache.get(key);
  if (known) return known.html as T;
  const outcome = await pool.run(request);
  const result = typeof outcome === 'object' ? (outcome.result as T | undefined) : undefined;
  const html = result ?? instead();
  if (key !== undefined && html !== undefined && outcome !== 'refused')
    cache.set(key, { html }, sizeOfDocument(html));
  return html;
}

function sizeOfDocument(made: SafeHtml | MarkedHtml): number {
  if (typeof made === 'string') return 2 * made.length;
  return 2 * made.html.length + 100 * made.references.length;
}

function openHighlightPool(options: HighlighterOptions): Pool {
  const { caches: _, onTrouble, ...rest } = options;
  return openWorkerPool<WorkerRequest, WorkerAnswer['result']>({
    start: () => startWorker('highlight', undefined, { heapMegabytes: 192 }),
    nameOf: ({ kind }) => `A job of the kind ${kind}, which comes out plain,`,
    ...(onTrouble ? { onTrouble } : {}),
    ...rest,
  });
}

function isColoured(code: CodeToHighlight): boolean {
  return code.languages.length > 0 && isHighlightable(code.text);
}

function keyOf(code: CodeToHighlight): string | undefined {
  return code.oid === undefined ? undefined : `${code.oid}\0${code.languages.join('\0')}`;
}

function sizeOf(lines: readonly SafeHtml[]): number {
  return lines.reduce((sum, line) => sum + 2 * line.length + 32, 0);
}
