// Random histories of a branch and its base whose lines can be told apart: most lines occur once in a whole history, so that who
// reads a tree afterwards knows which line is which, whatever git did to it. Rebases and merges are git's own.
import { execFileSync } from 'node:child_process';
import { type Random, startRandom } from '../../../scripts/corpus/random.ts';

type Files = Map<string, string[]>;

/** Lines that occur again and again, as braces and empty lines do. */
const COMMON = ['}', '', '  return;', '  {', '    end'];

export interface Ends {
  baseOid: string;
  headOid: string;
}

export interface LineHistory {
  random: Random;
  /** What is compared now. */
  ends(): Ends;
  /** Does something to the head or the base, and says what; false where git refused it. */
  step(): string | false;
}

/** Begins a history in a repository with a work tree; the same seed gives the same. */
export function startHistory(work: string, seed: number): LineHistory {
  const random = startRandom(seed);
  const git = (args: readonly string[], input?: string) => native(work, args, input);
  const names = { next: 0 };
  const tokens = { next: 0 };
  const fresh = () =>
    random.below(4) === 0 ? random.pick(COMMON) : `line ${seed}-${tokens.next++} ${random.below(1000)}`;
  const freshName = () => `${random.pick(['src', 'lib', 'docs/deep'])}/file-${seed}-${names.next++}.txt`;
  const freshLines = (count: number) => Array.from({ length: count }, fresh);

  const begin: Files = new Map();
  for (let n = 0; n < 4 + random.below(3); n++) begin.set(freshName(), freshLines(15 + random.below(30)));
  let base = commit(git, begin, [], 'begin');
  let head = base;
  for (let n = 0; n < 1 + random.below(3); n++) head = edited(head, true);

  function edited(parent: string, isHead: boolean): string {
    const files = filesAt(git, parent);
    for (let n = 0; n < 1 + random.below(4); n++) edit(files, isHead);
    return commit(git, files, [parent], 'edit');
  }

  function edit(files: Files, isHead: boolean): void {
    const paths = [...files.keys()];
    const path = random.pick(paths);
    const what = random.below(isHead ? 12 : 10);
    if (what === 11 && paths.length > 3) files.delete(path);
    else if (what === 10) files.set(freshName(), freshLines(10 + random.below(10)));
    else if (what === 9) rename(files, path);
    else change(files.get(path) ?? []);
  }

  function rename(files: Files, path: string): void {
    files.set(freshName(), files.get(path) ?? []);
    files.delete(path);
  }

  function change(lines: string[]): void {
    const at = random.below(lines.length + 1);
    const what = random.below(3);
    if (what === 0) lines.splice(at, 0, ...freshLines(1 + random.below(4)));
    else if (what === 1 && lines.length > 8) lines.splice(at, 1 + random.below(3));
    else if (at < lines.length) lines[at] = `line ${seed}-${tokens.next++} changed`;
  }

  const parted = () => git(['merge-base', base, head]);

  const steps: Record<string, () => string | undefined> = {
    push: () => edited(head, true),
    rebase: () => {
      base = edited(base, false);
      return inWorkTree(git, head, ['rebase', '-q', '-X', 'theirs', base], ['rebase', '--abort']);
    },
    merge: () => {
      base = edited(base, false);
      return inWorkTree(git, head, ['merge', '-q', '-X', 'ours', '--no-edit', base], ['merge', '--abort']);
    },
    squash: () => {
      const tree = git(['rev-parse', `${head}^{tree}`]);
      return edited(git(['commit-tree', tree, '-p', parted(), '-m', 'squashed']), true);
    },
    drop: () => {
      const before = git(['rev-parse', `${head}~1`]);
      return git(['merge-base', before, base]) === before ? undefined : before;
    },
    restart: () => edited(edited(parted(), true), true),
    moved: () => {
      base = edited(base, false);
      return inWorkTree(
        git,
        edited(head, true),
        ['rebase', '-q', '-X', 'theirs', base],
        ['rebase', '--abort'],
      );
    },
  };

  return {
    random,
    ends: () => ({ baseOid: parted(), headOid: head }),
    step: () => {
      const name = random.pick([
        'push',
        'push',
        'rebase',
        'rebase',
        'merge',
        'squash',
        'drop',
        'restart',
        'moved',
      ]);
      const after = steps[name]?.();
      if (after === undefined || after === head || after === base) return false;
      head = after;
      return name;
    },
  };
}

type RunGit = (args: readonly string[], input?: string) => string;

const environment = {
  PATH: process.env.PATH,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_EDITOR: 'true',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@x',
  GIT_AUTHOR_DATE: '1700000000 +0000',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@x',
  GIT_COMMITTER_DATE: '1700000000 +0000',
};

/** What the native program prints, without the line feed at its end. */
export function native(work: string, args: readonly string[], input?: string): string {
  return execFileSync('git', ['-C', work, ...args], {
    env: environment,
    ...(input === undefined ? {} : { input }),
    stdio: ['pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  }).trimEnd();
}

/** A commit of these files alone. */
function commit(git: RunGit, files: Files, parents: readonly string[], message: string): string {
  const stream = [
    'commit refs/heads/made\n',
    'mark :1\ncommitter A <a@x> 1700000000 +0000\n',
    `data ${message.length}\n${message}\n`,
    ...parents.map((parent) => `from ${parent}\n`),
    'deleteall\n',
    ...[...files].map(([path, lines]) => {
      const text = lines.map((line) => `${line}\n`).join('');
      return `M 100644 inline ${path}\ndata ${text.length}\n${text}\n`;
    }),
    '\nget-mark :1\n',
  ];
  return git(['-c', 'fastimport.unpackLimit=1000', 'fast-import', '--quiet', '--force'], stream.join(''));
}

/** Every file of a commit, as lines. */
export function filesAt(git: RunGit, oid: string): Files {
  const listed = git(['ls-tree', '-r', oid]).split('\n').filter(Boolean);
  const entries = listed.map((line) => ({ oid: line.split(/\s/)[2] ?? '', path: line.split('\t')[1] ?? '' }));
  const files: Files = new Map();
  const out = git(['cat-file', '--batch'], entries.map((entry) => `${entry.oid}\n`).join(''));
  let at = 0;
  for (const { path } of entries) {
    const end = out.indexOf('\n', at);
    const size = Number(out.slice(at, end).split(' ')[2]);
    const text = out.slice(end + 1, end + 1 + size);
    at = end + 1 + size + 1;
    files.set(path, linesOf(text));
  }
  return files;
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Runs a command on a head in the work tree; its new head, or undefined where git could not go on by itself. */
function inWorkTree(
  git: RunGit,
  head: string,
  args: readonly string[],
  undo: readonly string[],
): string | undefined {
  git(['checkout', '-q', '-f', '--detach', head]);
  try {
    git(args);
    return git(['rev-parse', 'HEAD']);
  } catch {
    git(undo);
    return undefined;
  }
}
