// JSON (RFC 8259) as a tree that can be folded. Read by hand: a document may be nested as deep as it is long, numbers are
// shown as they were written, and nothing is read beyond what is shown.

const MAX_NODES = 5000;
const MAX_DEPTH = 60;
const MAX_TEXT = 2000;

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'word';

export interface JsonNode {
  key?: string;
  kind: JsonKind;
  /** A value as it was written; of objects and arrays nothing. */
  text?: string;
  children?: JsonNode[];
}

export interface JsonTree {
  root: JsonNode;
  /** Whether values are left out. */
  isCut: boolean;
}

const TOKEN =
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)|(true|false|null))/y;

/** The tree of a document, or the number of the line where it stops being JSON. */
export function jsonTree(text: string): JsonTree | { line: number } {
  const reader = new RegExp(TOKEN);
  reader.lastIndex = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const open: JsonNode[] = [];
  let root: JsonNode | undefined;
  let key: string | undefined;
  let expects: Expects = 'value';
  for (let count = 0; count < MAX_NODES; ) {
    const at = reader.lastIndex;
    const token = reader.exec(text);
    if (!token)
      return root && open.length === 0 && text.slice(at).trim() === ''
        ? { root, isCut: false }
        : wrong(text, at);
    const [, mark, string, number, word] = token;
    const parent = open.at(-1);
    if (mark === ':' && expects === 'colon') expects = 'value';
    else if (mark === ',' && expects === 'comma') expects = parent?.kind === 'object' ? 'key' : 'value';
    else if ((mark === '}' || mark === ']') && closes(mark, parent, expects)) {
      open.pop();
      expects = open.length > 0 ? 'comma' : 'end';
    } else if (string !== undefined && (expects === 'key' || expects === 'first-key')) {
      key = readString(string);
      expects = 'colon';
    } else if (takesValue(expects) && (mark === '{' || mark === '[' || mark === undefined)) {
      const node = newNode(mark, string, number ?? word, number !== undefined, key);
      key = undefined;
      count++;
      if (parent) parent.children?.push(node);
      root ??= node;
      if (node.children && open.length >= MAX_DEPTH) return { root, isCut: true };
      if (node.children) open.push(node);
      expects = node.children
        ? node.kind === 'object'
          ? 'first-key'
          : 'first-value'
        : open.length > 0
          ? 'comma'
          : 'end';
    } else return wrong(text, at);
  }
  return root ? { root, isCut: true } : wrong(text, 0);
}

type Expects = 'value' | 'first-value' | 'key' | 'first-key' | 'colon' | 'comma' | 'end';

function takesValue(expects: Expects): boolean {
  return expects === 'value' || expects === 'first-value';
}

function closes(mark: string, parent: JsonNode | undefined, expects: Expects): boolean {
  const kind = mark === '}' ? 'object' : 'array';
  return (
    parent?.kind === kind &&
    (expects === 'comma' || expects === (kind === 'object' ? 'first-key' : 'first-value'))
  );
}

function newNode(
  mark: string | undefined,
  string: string | undefined,
  other: string | undefined,
  isNumber: boolean,
  key: string | undefined,
): JsonNode {
  const named = key === undefined ? {} : { key };
  if (mark) return { ...named, kind: mark === '{' ? 'object' : 'array', children: [] };
  if (string !== undefined) return { ...named, kind: 'string', text: cut(string) };
  return { ...named, kind: isNumber ? 'number' : 'word', text: cut(other ?? '') };
}

function readString(written: string): string {
  return cut(written.length > 10 * MAX_TEXT ? written : (JSON.parse(written) as string));
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT).toWellFormed()}…`;
}

function wrong(text: string, at: number): { line: number } {
  const before = text.slice(0, at);
  const skipped = /^[ \t\n\r]*/.exec(text.slice(at))?.[0] ?? '';
  return { line: (before + skipped).split('\n').length };
}
