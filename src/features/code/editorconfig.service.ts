// What `.editorconfig` files say of a path (https://spec.editorconfig.org, 0.17): parsed, matched in linear time, and
// read from a commit from the file's directory upwards.
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { PathBytes } from './code.types.ts';
import { matchesGlob } from './editorconfig-globs.service.ts';
import { joinPath, splitPath } from './paths.service.ts';
import { findEntry } from './places.service.ts';

const NAME = Buffer.from('.editorconfig');
const MAX_BYTES = 64 * 1024;
const MAX_DIRECTORIES = 64;
/** The spec's own bounds; longer ones are ignored. */
const MAX_SECTION = 1024;
const MAX_KEY = 1024;
const MAX_SECTIONS = 500;

export type Charset = 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be' | 'latin1';

/** What is asked of a file; undefined where nothing is said. */
export interface EditorSettings {
  indentStyle?: 'tab' | 'space';
  /** Columns of one step. */
  indentSize?: number;
  tabWidth?: number;
  lineEnding?: '\n' | '\r\n' | '\r';
  charset?: Charset;
  trimsTrailingSpace?: boolean;
  finalNewline?: boolean;
}

interface Section {
  glob: string;
  pairs: [key: string, value: string][];
}

export interface EditorConfigFile {
  isRoot: boolean;
  sections: Section[];
}

/** Parses one file; lines that mean nothing are skipped. */
export function parseEditorConfig(text: string): EditorConfigFile {
  const file: EditorConfigFile = { isRoot: false, sections: [] };
  let section: Section | undefined;
  for (const raw of text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const heading = line.startsWith('[') && line.endsWith(']') ? line.slice(1, -1) : undefined;
    if (heading !== undefined) {
      if (file.sections.length >= MAX_SECTIONS) break;
      section = { glob: heading, pairs: [] };
      // Pairs below a heading that is too long belong to nothing.
      if (heading !== '' && heading.length <= MAX_SECTION) file.sections.push(section);
      continue;
    }
    const equals = line.indexOf('=');
    if (equals < 1 || equals > MAX_KEY) continue;
    const pair: [string, string] = [
      line.slice(0, equals).trim().toLowerCase(),
      line
        .slice(equals + 1)
        .trim()
        .toLowerCase(),
    ];
    if (section) section.pairs.push(pair);
    else if (pair[0] === 'root') file.isRoot = pair[1] === 'true';
  }
  return file;
}

/** The settings of a path, from files in the order outermost first; `path` is relative to each file's directory. */
export function settingsFrom(files: readonly { file: EditorConfigFile; path: string }[]): EditorSettings {
  const said = new Map<string, string>();
  for (const { file, path } of files) {
    for (const { glob, pairs } of file.sections) {
      if (!matchesGlob(glob, path)) continue;
      for (const [key, value] of pairs) said.set(key, value);
    }
  }
  return settingsOf(said);
}

function settingsOf(said: ReadonlyMap<string, string>): EditorSettings {
  const one = <T extends string>(key: string, values: readonly T[]) =>
    values.find((value) => value === said.get(key));
  const yes = (key: string) => ({ true: true, false: false })[said.get(key) ?? ''];
  const width = columns(said.get('tab_width'));
  const style = one('indent_style', ['tab', 'space']);
  const asked = said.get('indent_size');
  const usesTabWidth = asked === 'tab' || (asked === undefined && style === 'tab');
  const size = usesTabWidth ? width : columns(asked);
  const tabWidth = width ?? size;
  const ending = one('end_of_line', ['lf', 'crlf', 'cr']);
  const charset = one('charset', ['utf-8', 'utf-8-bom', 'utf-16le', 'utf-16be', 'latin1']);
  const trims = yes('trim_trailing_whitespace');
  const final = yes('insert_final_newline');
  return {
    ...(style ? { indentStyle: style } : {}),
    ...(size === undefined ? {} : { indentSize: size }),
    ...(tabWidth === undefined ? {} : { tabWidth }),
    ...(ending ? { lineEnding: ({ lf: '\n', crlf: '\r\n', cr: '\r' } as const)[ending] } : {}),
    ...(charset ? { charset } : {}),
    ...(trims === undefined ? {} : { trimsTrailingSpace: trims }),
    ...(final === undefined ? {} : { finalNewline: final }),
  };
}

function columns(text: string | undefined): number | undefined {
  const number = /^\d{1,2}$/.test(text ?? '') ? Number(text) : 0;
  return number >= 1 && number <= 16 ? number : undefined;
}

/** What the `.editorconfig` files of a commit's tree say of a path. */
export async function editorSettings(
  app: App,
  open: OpenRepository,
  commit: { tree: string } | undefined,
  path: PathBytes,
): Promise<EditorSettings> {
  const parts = splitPath(path);
  const files: { file: EditorConfigFile; path: string }[] = [];
  if (!commit) return {};
  for (let depth = Math.min(parts.length - 1, MAX_DIRECTORIES); depth >= 0; depth--) {
    const entry = await findEntry(app, open, commit, joinPath(...parts.slice(0, depth), NAME));
    if (entry?.type !== 'blob' || entry.mode === '120000') continue;
    const text = await readSmallText(app, open, entry.oid);
    if (text === undefined) continue;
    const file = parseEditorConfig(text);
    files.unshift({ file, path: joinPath(...parts.slice(depth)).toString('utf8') });
    if (file.isRoot) break;
  }
  return settingsFrom(files);
}

async function readSmallText(app: App, open: OpenRepository, oid: string): Promise<string | undefined> {
  const objects = app.git.objects(open.dir);
  const info = await objects.info(oid);
  if (!info || info.size > MAX_BYTES) return undefined;
  return (await objects.read(oid, MAX_BYTES))?.data.toString('utf8');
}
