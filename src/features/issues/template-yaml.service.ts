// Reads YAML that strangers may have written, within bounds, and remembers the line of everything. Objects become maps,
// so that no key means anything to the program; anchors are followed a few times only, and no tag makes anything.
import type { Alias, Document, LineCounter, Node, Pair } from 'yaml';

type Library = typeof import('yaml');

export interface YamlValue {
  /** From 1. */
  line: number;
  value: string | number | boolean | null | readonly YamlValue[] | ReadonlyMap<string, YamlValue>;
  /** Of scalars: as it was written. */
  text: string;
}

/** What is wrong with a text, and in which line of it. */
export class YamlError extends Error {
  readonly line: number;
  constructor(line: number, text: string) {
    super(text);
    this.line = line;
  }
}

/** The library takes up to 4 ms for a KiB of what means harm, and nobody else is answered meanwhile. */
const LONGEST = 32 * 1024;
const MOST_VALUES = 5000;
const MOST_ALIASES = 50;
const DEEPEST = 16;

interface Walk {
  yaml: Library;
  document: Document;
  lines: LineCounter;
  values: number;
  aliases: number;
}

/** The value of one document; undefined for an empty one. Throws YamlError. */
export async function parseYaml(text: string): Promise<YamlValue | undefined> {
  if (text.length > LONGEST) throw new YamlError(1, 'It has more than 32,768 characters of YAML.');
  requireShallow(text);
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  const document = parseDocument(yaml, lines, text);
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong) throw new YamlError(lines.linePos(wrong.pos[0]).line, sentence(wrong.message));
  if (!document.contents) return undefined;
  const walk = { yaml, document, lines, values: 0, aliases: 0 };
  return readNode(walk, document.contents as Node, 0);
}

function parseDocument(yaml: Library, lineCounter: LineCounter, text: string): Document {
  try {
    return yaml.parseDocument(text, {
      version: '1.2',
      schema: 'core',
      merge: false,
      // Looked for here: the library compares every key with every other one.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
      lineCounter,
    }) as Document;
  } catch {
    // It calls itself for each level.
    throw new YamlError(1, 'It is nested too deeply.');
  }
}

/** Brackets of texts are counted too, and may be open. */
const MOST_BRACKETS = 200;
const OPENING = /^[ \t]*(?:[-?:][ \t]+)*/;

/** Refuses what nests deeper than any form does, before the library calls itself for each level. */
function requireShallow(text: string): void {
  let line = 1;
  let brackets = 0;
  let deepest = 0;
  for (const one of text.split('\n')) {
    const marks = OPENING.exec(one)?.[0].replace(/[ \t]/g, '').length ?? 0;
    for (const character of one) {
      if (character === '[' || character === '{') deepest = Math.max(deepest, ++brackets);
      else if (character === ']' || character === '}') brackets = Math.max(0, brackets - 1);
    }
    if (marks > DEEPEST || deepest > MOST_BRACKETS) throw new YamlError(line, 'It is nested too deeply.');
    line++;
  }
}

function readNode(walk: Walk, node: Node | null, depth: number): YamlValue {
  const { yaml } = walk;
  const line = lineOf(walk, node);
  if (++walk.values > MOST_VALUES) throw new YamlError(line, `It holds more than ${MOST_VALUES} values.`);
  if (depth > DEEPEST) throw new YamlError(line, 'It is nested too deeply, or refers to itself.');
  if (node === null) return { line, value: null, text: '' };
  if (yaml.isAlias(node)) return { ...readNode(walk, resolved(walk, node, line), depth + 1), line };
  if (yaml.isSeq(node)) {
    const value = node.items.map((item) => readNode(walk, item as Node | null, depth + 1));
    return { line, value, text: '' };
  }
  if (yaml.isMap(node))
    return { line, value: mapOf(walk, node.items as Pair<Node, Node | null>[], depth), text: '' };
  if (yaml.isScalar(node)) return scalarOf(line, node.value, node.source);
  throw new YamlError(line, 'This is no value.');
}

function scalarOf(line: number, value: unknown, source: string | undefined): YamlValue {
  if (value === null) return { line, value, text: '' };
  if (typeof value === 'boolean' || typeof value === 'number')
    return { line, value, text: source ?? String(value) };
  const text = cleaned(String(value));
  return { line, value: text, text };
}

/** Without what no text holds and some databases and browsers fail on. */
function cleaned(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g, '\ufffd');
}

function mapOf(walk: Walk, pairs: Pair<Node, Node | null>[], depth: number): Map<string, YamlValue> {
  const map = new Map<string, YamlValue>();
  for (const { key, value } of pairs) {
    const name = readNode(walk, key, depth + 1);
    if (typeof name.value === 'object') throw new YamlError(name.line, 'A name must be a text.');
    if (map.has(name.text)) throw new YamlError(name.line, `${quoted(name.text)} is there twice.`);
    map.set(name.text, { ...readNode(walk, value, depth + 1), line: name.line });
  }
  return map;
}

function resolved(walk: Walk, alias: Alias, line: number): Node {
  if (++walk.aliases > MOST_ALIASES)
    throw new YamlError(line, `It refers to anchors more than ${MOST_ALIASES} times.`);
  const node = alias.resolve(walk.document);
  if (!node) throw new YamlError(line, `There is no anchor ${quoted(alias.source)}.`);
  return node;
}

function lineOf(walk: Walk, node: Node | null): number {
  return node?.range ? walk.lines.linePos(node.range[0]).line : 1;
}

function quoted(text: string): string {
  return `“${text.slice(0, 60)}”`;
}

function sentence(text: string): string {
  const [first = ''] = text.split('\n');
  const cut = first.slice(0, 200);
  return /[.!?]$/.test(cut) ? cut : `${cut}.`;
}
