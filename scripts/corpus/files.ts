// The corpus's files: a root of about a hundred entries, directories of uneven size and depth, source-like text.
import type { Random } from './random.ts';

const WORDS =
  'account branch cache commit config context copy count cursor delta depth digest entry error event field file filter \
fetch flag format graph handle hash header index input issue item key label layer length limit line list lock log map merge \
mode name node object offset option order output owner pack page parent parse path peer pool queue range reader ref result \
review row scan schema scope search size source stage state stream string table tag target task text time token tree type \
unit update user value view watch window worker write'.split(/\s+/);
const EXTENSIONS = ['.ts', '.ts', '.ts', '.js', '.go', '.c', '.h', '.py', '.md', '.json', '.css'];
const ROOT_FILES = [
  'README.md',
  'LICENSE',
  '.gitignore',
  '.editorconfig',
  'package.json',
  'Makefile',
  'CHANGELOG.md',
];

export interface CorpusFile {
  path: string;
  /** One number a line: the text is made from it. */
  lines: number[];
}

/** Paths of the corpus in the order in which history adds them. */
export function makePaths(count: number, random: Random): string[] {
  const rootFiles = [
    ...ROOT_FILES,
    ...Array.from({ length: 48 }, (_, i) => `${wordAt(i * 7)}-${i}${extensionAt(i)}`),
  ];
  const folders = makeFolders(Math.max(46, Math.round(count / 14)), random);
  const rest = Array.from({ length: Math.max(0, count - rootFiles.length) }, (_, i) => {
    // Squared: some folders hold hundreds of files, many a handful.
    const folder = folders[Math.floor(random.next() ** 2 * folders.length)] ?? 'src';
    return `${folder}/${random.pick(WORDS)}-${i.toString(36)}${random.pick(EXTENSIONS)}`;
  });
  return [...rootFiles.slice(0, 10), ...mix(rootFiles.slice(10), rest, random)];
}

function makeFolders(count: number, random: Random): string[] {
  const folders = Array.from({ length: 45 }, (_, i) =>
    i === 0 ? 'src' : `${wordAt(i * 2)}${i > 30 ? i : ''}`,
  );
  while (folders.length < count) {
    const parent = random.pick(folders);
    if (parent.split('/').length < 7) folders.push(`${parent}/${random.pick(WORDS)}${folders.length % 10}`);
  }
  return [...new Set(folders)];
}

function mix(few: string[], many: string[], random: Random): string[] {
  const mixed = [...many];
  for (const path of few) mixed.splice(random.below(Math.min(mixed.length, 2000) + 1), 0, path);
  return mixed;
}

/** A new file of 5 to about 90 lines. */
export function newFile(path: string, random: Random): CorpusFile {
  const length = 5 + Math.floor(random.next() ** 2 * 85);
  return { path, lines: Array.from({ length }, () => random.below(2 ** 31)) };
}

/** Changes, adds or removes a few lines close to each other. */
export function editFile(file: CorpusFile, random: Random): void {
  const at = random.below(file.lines.length + 1);
  const removed = Math.min(random.below(4), file.lines.length - at);
  const added = Array.from({ length: random.below(4) + (removed === 0 ? 1 : 0) }, () =>
    random.below(2 ** 31),
  );
  file.lines.splice(at, file.lines.length > 12 ? removed : 0, ...added);
}

/** The text of a file. */
export function textOf(file: CorpusFile): string {
  return `${file.lines.map(lineOf).join('\n')}\n`;
}

function lineOf(number: number): string {
  const [a, b, c] = [wordAt(number), wordAt(number >>> 7), wordAt(number >>> 14)];
  const indent = ' '.repeat((number % 4) * 2);
  switch (number % 7) {
    case 0:
      return '';
    case 1:
      return `${indent}const ${a} = ${b}.${c}(${number % 1000});`;
    case 2:
      return `${indent}if (${a}.${b} > ${number % 100}) return ${c};`;
    case 3:
      return `${indent}// The ${a} of a ${b} is its ${c}.`;
    case 4:
      return `${indent}export function ${a}${c}(${b}: ${c}): ${a} {`;
    case 5:
      return `${indent}${a}.${b}('${c}', { ${b}: ${number % 5000} });`;
    default:
      return `${indent}}`;
  }
}

/** One of the corpus's words. */
export function wordAt(number: number): string {
  return WORDS[number % WORDS.length] ?? 'word';
}

function extensionAt(number: number): string {
  return EXTENSIONS[number % EXTENSIONS.length] ?? '.ts';
}
