// A second repository for measuring: a file of 3,000 lines with a long past, a commit of 500 files, a tree of 100,000.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { startRandom } from '../corpus/random.ts';

export const LARGE = {
  /** 3,000 lines, changed by each of the first commits. */
  file: 'src/large.c',
  /** Changes 500 files. */
  wideCommit: 'refs/tags/wide-change',
  /** Holds 100,000 files. */
  manyFiles: 'many-files',
  changes: 400,
} as const;

const LINES = 3000;
const PERSON = (index: number) =>
  `Person ${index % 25} <person${index % 25}@example.org> ${1_500_000_000 + index * 3600} +0000`;

/** Writes it into a new bare repository. */
export async function makeLarge(out: string): Promise<void> {
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', out]);
  const importing = spawn('git', ['-C', out, 'fast-import', '--quiet', '--done', '--date-format=raw'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = once(importing, 'exit');
  await pipeline(Readable.from(stream()), importing.stdin);
  const [code] = await ended;
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
}

function* stream(): Generator<string> {
  yield `blob\nmark :1\n${data('x\n')}`;
  yield* growLargeFile();
  yield commit('refs/heads/main', LARGE.changes, 'Add 500 files');
  yield* wideFiles(0);
  yield commit('refs/heads/main', LARGE.changes + 1, 'Change 500 files');
  yield* wideFiles(1);
  yield `reset ${LARGE.wideCommit}\nfrom refs/heads/main\n\n`;
  yield commit(`refs/heads/${LARGE.manyFiles}`, LARGE.changes + 2, 'Add 100,000 files', 'refs/heads/main');
  for (let file = 0; file < 100_000; file++)
    yield `M 100644 :1 packages/${WORDS[file % 97]}/src/${WORDS[(file * 7) % 89]}/${WORDS[(file * 3) % 83]}-${file}.ts\n`;
  yield '\ndone\n';
}

const WORDS = Array.from(
  { length: 97 },
  (_, i) => `${'account branch cache commit index'.split(' ')[i % 5]}${i}`,
);

function* growLargeFile(): Generator<string> {
  const random = startRandom(7);
  const lines = Array.from({ length: LINES }, (_, i) => `int value_${i} = ${i};`);
  for (let index = 0; index < LARGE.changes; index++) {
    const at = random.below(LINES - 20);
    for (let line = at; line < at + 12; line++) lines[line] = `int value_${line} = ${index * LINES + line};`;
    yield commit('refs/heads/main', index, `Change ${index}`);
    yield `M 100644 inline ${LARGE.file}\n${data(`${lines.join('\n')}\n`)}`;
  }
}

function* wideFiles(version: number): Generator<string> {
  for (let file = 0; file < 500; file++)
    yield `M 100644 inline wide/file-${file}.js\n${data(textOf(file, version))}`;
}

function textOf(file: number, version: number): string {
  return Array.from({ length: 60 }, (_, line) =>
    line % 15 === 7
      ? `const changed${line} = ${file * version};`
      : `export function f${line}() { return ${file}; }`,
  ).join('\n');
}

function commit(ref: string, index: number, message: string, from?: string): string {
  const start = from === undefined ? '' : `from ${from}\n`;
  return `commit ${ref}\nauthor ${PERSON(index)}\ncommitter ${PERSON(index)}\n${data(message)}${start}`;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
