// The symbols of a file: found in a worker once per blob, remembered by its id.
import { setTimeout as wait } from 'node:timers/promises';
import type { App } from '../../platform/app.types.ts';
import type { BoundedCache } from '../../platform/cache/cache.ts';
import { grammarOf, SYMBOLS_VERSION } from '../../platform/symbols/grammars.ts';
import type { CodeSymbol } from '../../platform/symbols/symbols.types.ts';

const CACHE_BYTES = 8 * 1024 * 1024;
/** Milliseconds that the page of a file waits for its symbols. */
const BUDGET = 50;

export interface SourceText {
  key: string;
  /** The file's name without directories. */
  name: string;
  text: string;
}

interface Outline {
  symbols: CodeSymbol[];
}

const caches = new WeakMap<App, BoundedCache<Outline>>();
const running = new WeakMap<App, Map<string, Promise<CodeSymbol[] | undefined>>>();

/** Whether symbols are looked for in a file of this name. */
export function hasSymbols(name: string, text: string): boolean {
  return grammarOf(name, firstLineOf(text)) !== undefined;
}

/**
 * The symbols of a file, first line first; none for what could not be parsed in time. Undefined when too many files are
 * being parsed: asking again helps.
 */
export function symbolsOf(app: App, source: SourceText): Promise<CodeSymbol[] | undefined> {
  const grammar = grammarOf(source.name, firstLineOf(source.text));
  if (grammar === undefined) return Promise.resolve([]);
  const key = `${SYMBOLS_VERSION}:${grammar}:${source.key}`;
  const known = cacheOf(app).get(key);
  if (known) return Promise.resolve(known.symbols);
  const jobs = running.get(app) ?? new Map<string, Promise<CodeSymbol[] | undefined>>();
  running.set(app, jobs);
  const job = jobs.get(key) ?? parse(app, key, source.text, grammar).finally(() => jobs.delete(key));
  jobs.set(key, job);
  return job;
}

/** As `symbolsOf`, and undefined as well when they are not known soon enough for a page. */
export async function symbolsSoon(app: App, source: SourceText): Promise<CodeSymbol[] | undefined> {
  return Promise.race([symbolsOf(app, source), wait(BUDGET, undefined, { ref: false })]);
}

async function parse(
  app: App,
  key: string,
  text: string,
  grammar: string,
): Promise<CodeSymbol[] | undefined> {
  const found = await app.symbols.parse({ text, grammar });
  if (found === 'busy') return undefined;
  const symbols = found === 'late' ? [] : found;
  const bytes = symbols.reduce((sum, { name }) => sum + 2 * name.length + 80, 2 * key.length + 64);
  cacheOf(app).set(key, { symbols }, bytes);
  return symbols;
}

function cacheOf(app: App): BoundedCache<Outline> {
  const known = caches.get(app) ?? app.caches.create<Outline>('symbols', CACHE_BYTES);
  caches.set(app, known);
  return known;
}

function firstLineOf(text: string): string {
  return text.slice(0, 200).split('\n')[0] ?? '';
}
