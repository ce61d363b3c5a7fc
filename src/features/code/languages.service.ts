// Bytes per language of a tree: counted once over all of it, then advanced by the files that a push changed. Names and
// .gitattributes decide; contents are not read.
import { isAppError } from '../../base/errors.ts';
import { readRawRecords } from '../../platform/git/diff-raw.ts';
import type { Git, Oid, RepoDir } from '../../platform/git/git.types.ts';
import {
  findLanguage,
  isDocumentation,
  isGenerated,
  isVendored,
  type Language,
  languageOfFile,
} from '../../platform/render/languages.ts';
import type { LanguageShare } from './code.types.ts';
import { type AttributesFile, type Budget, linguistRules } from './linguist-attributes.service.ts';

const MAX_LISTING_BYTES = 256 * 1024 * 1024;
/** Languages shown by name; the rest is one share. */
const MAX_SHOWN = 6;
const OTHER_COLOR = '#ededed';
/** Files of attributes that are read, and bytes of each. */
const MOST_FILES = 100;
const MAX_ATTRIBUTES = 256 * 1024;
/** Changed files up to which a count is advanced. */
const MOST_CHANGES = 5000;
/** Steps of matching patterns for one count. */
const STEPS = 100_000_000;

/** What is remembered of a tree. */
export interface MeasuredLanguages {
  version: 2;
  /** Name and bytes of each language, most bytes first. */
  bytes: [name: string, bytes: number][];
  /** The files of attributes that say something, by path (bytes as latin1). */
  attributes: [path: string, oid: Oid][];
  /** They were too costly to follow, and nothing is said. */
  ignoresAttributes: boolean;
}

/** Counts the bytes of each language in a commit's tree, leaving out what its authors did not write. */
export async function measureLanguages(git: Git, dir: RepoDir, commit: Oid): Promise<MeasuredLanguages> {
  const attributes = await findAttributes(git, dir, commit);
  const counter = await openCounter(git, dir, attributes);
  await listTree(git, dir, ['-l', commit], (record) => {
    const tab = record.indexOf('\t');
    const [mode = '', , , size] = record.slice(0, tab).split(/ +/);
    counter.add(mode, record.slice(tab + 1), Number(size) || 0);
  });
  if (counter.budget.steps > 0) return counter.result(attributes, false);
  const plain = await openCounter(git, dir, []);
  await listTree(git, dir, ['-l', commit], (record) => {
    const tab = record.indexOf('\t');
    const [mode = '', , , size] = record.slice(0, tab).split(/ +/);
    plain.add(mode, record.slice(tab + 1), Number(size) || 0);
  });
  return plain.result([], true);
}

/**
 * The count of a commit from another one's, by the files in which they differ; undefined where these are too many, or
 * where attributes changed, which may turn any file.
 */
export async function advanceLanguages(
  git: Git,
  dir: RepoDir,
  known: MeasuredLanguages,
  from: Oid,
  to: Oid,
): Promise<MeasuredLanguages | undefined> {
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-abbrev', '--no-renames', from, to];
  const listed = await git.run(args, { dir, background: true }).catch((error: unknown) => {
    if (isAppError(error, 'too_large')) return undefined;
    throw error;
  });
  const records = readRawRecords(MOST_CHANGES);
  if (!listed) return undefined;
  records.push(listed.stdout);
  if (records.count() > MOST_CHANGES) return undefined;
  const changes = records.files.map((file) => ({ ...file, path: file.newPathBytes.toString('latin1') }));
  if (changes.some(({ path }) => /(?:^|\/)\.gitattributes$/.test(path))) return undefined;
  const counter = await openCounter(git, dir, known.attributes, known.bytes);
  const objects = git.objects(dir);
  for (const { path, oldMode, newMode, oldOid, newOid } of changes) {
    const size = async (oid: Oid | undefined) => (oid && (await objects.info(oid))?.size) || 0;
    if (isFile(oldMode) && counter.counts(path)) counter.add(oldMode, path, -(await size(oldOid)));
    if (isFile(newMode) && counter.counts(path)) counter.add(newMode, path, await size(newOid));
  }
  return counter.budget.steps > 0 ? counter.result(known.attributes, known.ignoresAttributes) : undefined;
}

interface Counter {
  budget: Budget;
  counts(path: string): boolean;
  add(mode: string, path: string, bytes: number): void;
  result(attributes: MeasuredLanguages['attributes'], ignoresAttributes: boolean): MeasuredLanguages;
}

async function openCounter(
  git: Git,
  dir: RepoDir,
  attributes: MeasuredLanguages['attributes'],
  start: MeasuredLanguages['bytes'] = [],
): Promise<Counter> {
  const said = linguistRules(await readAttributes(git, dir, attributes));
  const budget = { steps: STEPS };
  const totals = new Map(start);
  const groupOf = (path: string) => languageOfPath(path, said(path, budget))?.group;
  return {
    budget,
    counts: (path) => groupOf(path) !== undefined,
    add(mode, path, bytes) {
      const group = isFile(mode) ? groupOf(path) : undefined;
      if (group !== undefined) totals.set(group, (totals.get(group) ?? 0) + bytes);
    },
    result: (files, ignoresAttributes) => ({
      version: 2,
      bytes: [...totals].filter(([, bytes]) => bytes > 0).sort(bySize),
      attributes: files,
      ignoresAttributes,
    }),
  };
}

function bySize([name, bytes]: [string, number], [otherName, otherBytes]: [string, number]): number {
  return otherBytes - bytes || (name < otherName ? -1 : 1);
}

/** What a file counts as, or undefined; attributes win over what its path says. */
function languageOfPath(
  path: string,
  said: ReturnType<ReturnType<typeof linguistRules>>,
): Language | undefined {
  if (said.vendored ?? isVendored(path)) return undefined;
  if (said.generated ?? isGenerated(path)) return undefined;
  if (said.documentation ?? isDocumentation(path)) return undefined;
  const named = said.language === undefined ? undefined : findLanguage(said.language);
  const language = named ?? languageOfFile(path.slice(path.lastIndexOf('/') + 1));
  const isCode = language?.type === 'programming' || language?.type === 'markup';
  return (said.detectable ?? isCode) ? language : undefined;
}

function isFile(mode: string): boolean {
  return mode.startsWith('100');
}

async function findAttributes(git: Git, dir: RepoDir, commit: Oid): Promise<MeasuredLanguages['attributes']> {
  const found: MeasuredLanguages['attributes'] = [];
  await listTree(git, dir, [commit], (record) => {
    if (!record.endsWith('.gitattributes') || found.length >= MOST_FILES) return;
    const tab = record.indexOf('\t');
    const [mode = '', , oid = ''] = record.slice(0, tab).split(' ');
    const path = record.slice(tab + 1);
    if (isFile(mode) && /(?:^|\/)\.gitattributes$/.test(path)) found.push([path, oid]);
  });
  const files = await readAttributes(git, dir, found);
  const speaking = new Set(files.filter(({ text }) => text.includes('linguist-')).map(({ path }) => path));
  return found.filter(([path]) => speaking.has(path));
}

async function readAttributes(
  git: Git,
  dir: RepoDir,
  attributes: MeasuredLanguages['attributes'],
): Promise<AttributesFile[]> {
  const objects = git.objects(dir);
  const files: AttributesFile[] = [];
  for (const [path, oid] of attributes) {
    const size = (await objects.info(oid))?.size ?? 0;
    if (size > MAX_ATTRIBUTES) continue;
    files.push({ path, text: (await objects.read(oid, MAX_ATTRIBUTES))?.data.toString('latin1') ?? '' });
  }
  return files;
}

/** Each record of `ls-tree -r -z`: names are bytes; as latin1 none is lost, and the rules look at ASCII only. */
async function listTree(
  git: Git,
  dir: RepoDir,
  args: string[],
  onRecord: (record: string) => void,
): Promise<void> {
  const process = await git.spawn(['ls-tree', '-r', '-z', '--full-tree', ...args], { dir, background: true });
  process.stdin.end();
  let rest = '';
  let seen = 0;
  for await (const chunk of process.stdout as AsyncIterable<Buffer>) {
    seen += chunk.length;
    if (seen > MAX_LISTING_BYTES) process.kill();
    const records = (rest + chunk.toString('latin1')).split('\0');
    rest = records.pop() ?? '';
    for (const record of records) onRecord(record);
  }
  const { code, stderr } = await process.exited;
  if (code !== 0 && seen <= MAX_LISTING_BYTES) throw new Error(`git ls-tree ended with ${code}: ${stderr}`);
}

/** Shares for the page: the largest by name, everything else as Other. */
export function sharesOf({ bytes: measured }: MeasuredLanguages): LanguageShare[] {
  const sum = measured.reduce((total, [, bytes]) => total + bytes, 0);
  if (sum === 0) return [];
  const share = (name: string, color: string, bytes: number): LanguageShare => ({
    name,
    color: color === '' ? OTHER_COLOR : color,
    bytes,
    percent: Math.round((bytes / sum) * 1000) / 10,
  });
  const named = measured
    .slice(0, MAX_SHOWN)
    .map(([name, bytes]) => share(name, findLanguage(name)?.color ?? '', bytes));
  const shown = named.filter((one) => one.percent >= 0.1);
  const other = sum - shown.reduce((total, one) => total + one.bytes, 0);
  return other / sum >= 0.001 ? [...shown, share('Other', OTHER_COLOR, other)] : shown;
}
