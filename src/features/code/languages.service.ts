// Bytes per language over a whole tree, by one process; names decide, contents are not read.
import type { Git, Oid, RepoDir } from '../../platform/git/git.types.ts';
import { isOwnCode, languageOfFile } from '../../platform/render/languages.ts';
import type { LanguageShare } from './code.types.ts';

const MAX_LISTING_BYTES = 256 * 1024 * 1024;
const MAX_LANGUAGES = 50;
/** Languages shown by name; the rest is one share. */
const MAX_SHOWN = 6;
const OTHER_COLOR = '#ededed';

/** Name, colour and bytes of each language, most bytes first. */
export type MeasuredLanguages = [name: string, color: string, bytes: number][];

/** Counts the bytes of each language in a commit's tree, leaving out what its authors did not write. */
export async function measureLanguages(git: Git, dir: RepoDir, commit: Oid): Promise<MeasuredLanguages> {
  const process = await git.spawn(['ls-tree', '-r', '-l', '-z', '--full-tree', commit], {
    dir,
    background: true,
  });
  process.stdin.end();
  const totals = new Map<string, { color: string; bytes: number }>();
  let rest = '';
  let seen = 0;
  // Names are bytes; as latin1 none is lost, and the rules look at ASCII only.
  for await (const chunk of process.stdout as AsyncIterable<Buffer>) {
    seen += chunk.length;
    if (seen > MAX_LISTING_BYTES) process.kill();
    const records = (rest + chunk.toString('latin1')).split('\0');
    rest = records.pop() ?? '';
    for (const record of records) count(totals, record);
  }
  const { code, stderr } = await process.exited;
  if (code !== 0 && seen <= MAX_LISTING_BYTES) throw new Error(`git ls-tree ended with ${code}: ${stderr}`);
  return [...totals]
    .map(([name, { color, bytes }]): [string, string, number] => [name, color, bytes])
    .sort((one, other) => other[2] - one[2])
    .slice(0, MAX_LANGUAGES);
}

/** One record of `ls-tree -l -z`: `<mode> <type> <oid> <size, padded>\t<path>`. */
function count(totals: Map<string, { color: string; bytes: number }>, record: string): void {
  const tab = record.indexOf('\t');
  const [mode, type, , size] = record.slice(0, tab).split(/ +/);
  const path = record.slice(tab + 1);
  if (type !== 'blob' || mode === '120000' || !isOwnCode(path)) return;
  const language = languageOfFile(path.slice(path.lastIndexOf('/') + 1));
  if (!language || (language.type !== 'programming' && language.type !== 'markup')) return;
  const total = totals.get(language.group) ?? { color: language.color, bytes: 0 };
  if (language.name === language.group) total.color = language.color;
  total.bytes += Number(size);
  totals.set(language.group, total);
}

/** Shares for the page: the largest by name, everything else as Other. */
export function sharesOf(measured: MeasuredLanguages): LanguageShare[] {
  const sum = measured.reduce((total, [, , bytes]) => total + bytes, 0);
  if (sum === 0) return [];
  const share = (name: string, color: string, bytes: number): LanguageShare => ({
    name,
    color: color === '' ? OTHER_COLOR : color,
    bytes,
    percent: Math.round((bytes / sum) * 1000) / 10,
  });
  const named = measured.slice(0, MAX_SHOWN).map(([name, color, bytes]) => share(name, color, bytes));
  const shown = named.filter((one) => one.percent >= 0.1);
  const other = sum - shown.reduce((total, one) => total + one.bytes, 0);
  return other / sum >= 0.001 ? [...shown, share('Other', OTHER_COLOR, other)] : shown;
}
