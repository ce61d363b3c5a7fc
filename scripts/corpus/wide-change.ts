// A change of very many files, the same each time: for measuring and proving that pages of changes bear it.
import { startRandom } from './random.ts';

export interface WideChange {
  files: number;
  /** Lines that the change adds and removes, about; half of each. */
  lines: number;
  seed: number;
}

const WORDS = ['value', 'result', 'index', 'request', 'answer', 'tree', 'blob', 'commit', 'reader', 'branch'];
const KEYWORDS = ['const', 'let', 'return', 'await', 'if', 'for'];

/** The input of git-fast-import(1) for two commits: `main`, and `wide` on top of it, which changes every file. */
export function* wideChange({ files, lines, seed }: WideChange): Generator<string> {
  const random = startRandom(seed);
  const perFile = Math.max(1, Math.round(lines / files / 2));
  const line = () =>
    `  ${random.pick(KEYWORDS)} ${random.pick(WORDS)}${random.below(1000)} = ${random.pick(WORDS)}(${random.below(100)});\n`;
  const before = Array.from({ length: files }, () => Array.from({ length: perFile * 2 + 20 }, line));
  const pathOf = (index: number) =>
    `src/area-${index % 40}/part-${Math.floor(index / 40) % 25}/module-${String(index).padStart(5, '0')}.ts`;
  yield commitHead('main', 'Begin', 1_700_000_000);
  for (const [index, content] of before.entries()) yield file(pathOf(index), content);
  yield `\n${commitHead('wide', 'Change everything', 1_700_000_100)}from refs/heads/main\n`;
  for (const [index, content] of before.entries()) {
    const after = [...content];
    const from = random.below(20);
    for (let at = from; at < from + perFile; at++) after[at] = line();
    yield file(pathOf(index), after);
  }
  yield '\n';
}

function commitHead(branch: string, message: string, time: number): string {
  const who = `committer Ada Lovelace <ada@example.org> ${time} +0000`;
  return `commit refs/heads/${branch}\n${who}\ndata ${message.length}\n${message}\n`;
}

function file(path: string, lines: readonly string[]): string {
  const content = lines.join('');
  return `M 100644 inline ${path}\ndata ${content.length}\n${content}\n`;
}
