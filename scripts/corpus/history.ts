// The corpus's history as a stream for git-fast-import(1): a main line, topics merged into it, tags, branches.
import { type CorpusFile, editFile, makePaths, newFile, textOf, wordAt } from './files.ts';
import { type Random, startRandom } from './random.ts';

const AUTHORS = 60;
const START = 1_262_304_000;
/** Bytes of stream yielded at a time. */
const CHUNK = 1024 * 1024;

export interface CorpusSize {
  commits: number;
  files: number;
  seed: number;
}

interface History {
  random: Random;
  size: CorpusSize;
  paths: string[];
  files: CorpusFile[];
  /** Marks of commits are 1, 2, 3…; 0 is none. */
  commits: number;
  time: number;
  main: number;
  out: string[];
  bytes: number;
}

/** One commit's parents; files changed on side lines are given again to the merge by their text. */
interface Step {
  ref: string;
  from: number;
  merge?: number[];
  message: string;
  changed: Iterable<CorpusFile>;
  removed?: CorpusFile[];
}

/** The stream, in pieces of about a megabyte. */
export function* historyStream(size: CorpusSize): Generator<string> {
  const random = startRandom(size.seed);
  const paths = makePaths(size.files, random);
  const history: History = {
    ...{ random, size, paths, files: [], commits: 0, time: START, main: 0, out: [], bytes: 0 },
  };
  while (history.commits < size.commits) {
    const left = size.commits - history.commits;
    const dice = random.next();
    if (history.commits > 20 && left > 12 && dice < 0.06) mergeTopics(history, dice < 0.002 ? 3 : 1);
    else commitOnMain(history);
    if (history.commits % 2500 < 2 && history.commits > 100) addTag(history);
    if (history.bytes > CHUNK) yield flush(history);
  }
  for (let i = 0; i < 30; i++) addBranch(history, i);
  yield `${flush(history)}done\n`;
}

function flush(history: History): string {
  const text = history.out.join('');
  history.out = [];
  history.bytes = 0;
  return text;
}

function write(history: History, text: string): void {
  history.out.push(text);
  history.bytes += text.length;
}

function commitOnMain(history: History): void {
  const changed = changeFiles(history);
  const removed =
    history.random.next() < 0.01 && history.files.length > 500 ? [removeFile(history, changed)] : [];
  history.main = commit(history, {
    ref: 'refs/heads/main',
    from: history.main,
    message: messageOf(history),
    changed,
    removed,
  });
}

/** Topics that left the main line earlier and come back together, mostly one. */
function mergeTopics(history: History, count: number): void {
  const changed = new Set<CorpusFile>();
  const tips = Array.from({ length: count }, () => {
    let tip = history.main;
    for (let left = 1 + history.random.below(6 / count + 1); left > 0; left--) {
      const files = changeFiles(history);
      for (const file of files) changed.add(file);
      tip = commit(history, {
        ref: 'refs/heads/topic',
        from: tip,
        message: messageOf(history),
        changed: files,
      });
    }
    return tip;
  });
  if (history.random.next() < 0.5) commitOnMain(history);
  history.main = commit(history, {
    ref: 'refs/heads/main',
    from: history.main,
    merge: tips,
    message: `Merge topic ${history.commits}\n`,
    changed,
  });
}

/** Adds files until history has as many as it should by now, and edits a few others, recent ones more often. */
function changeFiles(history: History): Set<CorpusFile> {
  const { random, files, size, paths } = history;
  const changed = new Set<CorpusFile>();
  const due = Math.ceil((size.files * (history.commits + 1)) / size.commits);
  const first = history.commits === 0 ? 10 : 0;
  while (files.length < Math.max(first, Math.min(due, paths.length)) && changed.size < 40) {
    const path = paths[files.length];
    if (path === undefined) break;
    const file = newFile(path, random);
    files.push(file);
    changed.add(file);
  }
  for (let edits = 1 + Math.floor(random.next() ** 3 * 6); edits > 0; edits--) {
    const near = random.next() < 0.5 ? random.next() ** 3 : random.next();
    const file = files[files.length - 1 - Math.floor(near * files.length)];
    if (!file) continue;
    if (file.lines.length === 0) file.lines.push(1);
    editFile(file, random);
    changed.add(file);
  }
  return changed;
}

/** A removed file comes back with its next edit, as files do in real histories. */
function removeFile(history: History, changed: Set<CorpusFile>): CorpusFile {
  const removed = history.random.pick(history.files.slice(100));
  changed.delete(removed);
  return removed;
}

function commit(history: History, step: Step): number {
  const mark = ++history.commits;
  history.time += 60 + history.random.below(7000);
  const author = authorAt(history.random.below(AUTHORS));
  const who = `${author} ${history.time} +0${history.random.below(10)}00`;
  write(
    history,
    `commit ${step.ref}\nmark :${mark}\nauthor ${who}\ncommitter ${who}\n${dataOf(step.message)}`,
  );
  if (step.from > 0) write(history, `from :${step.from}\n`);
  for (const other of step.merge ?? []) write(history, `merge :${other}\n`);
  for (const file of step.changed) write(history, `M 100644 inline ${file.path}\n${dataOf(textOf(file))}`);
  for (const file of step.removed ?? []) write(history, `D ${file.path}\n`);
  return mark;
}

function addTag(history: History): void {
  const name = `v${Math.floor(history.commits / 2500)}.${history.commits % 2500}`;
  const tagger = `${authorAt(1)} ${history.time} +0000`;
  write(history, `tag ${name}\nfrom :${history.main}\ntagger ${tagger}\n${dataOf(`Release ${name}\n`)}`);
}

/** Branches of a few commits that left the main line at its end or long ago. */
function addBranch(history: History, index: number): void {
  const ref = `refs/heads/feature/${wordAt(index * 3)}-${index}`;
  let tip = index % 3 === 0 ? history.main : Math.max(1, history.main - index * 40);
  for (let left = 1 + (index % 4); left > 0; left--) {
    const changed = new Set([history.random.pick(history.files)]);
    for (const file of changed) editFile(file, history.random);
    tip = commit(history, { ref, from: tip, message: messageOf(history), changed });
  }
}

function messageOf({ random }: History): string {
  const words = Array.from({ length: 3 + random.below(5) }, () => wordAt(random.below(2 ** 20)));
  const body = random.next() < 0.3 ? `\nThe ${words[1]} was a ${words[2]} of the ${words[0]}.\n` : '';
  const subject = words.join(' ');
  return `${subject.charAt(0).toUpperCase()}${subject.slice(1)}\n${body}`;
}

function authorAt(index: number): string {
  return `Author ${wordAt(index * 5)} <author${index}@example.org>`;
}

function dataOf(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
