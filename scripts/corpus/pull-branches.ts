// Branches for pull requests on top of a corpus: wide ones of very many commits and files, and small ones.
import { execFileSync } from 'node:child_process';

export interface WideSize {
  commits: number;
  files: number;
}

export interface PullBranches {
  /** The bare repository they go into. */
  repository: string;
  /** All of one long line of commits; each ends in a commit of its own. */
  wide: { names: readonly string[]; size: WideSize };
  /** Of three commits each, no two of which change the same file. */
  small: readonly string[];
  /** One commit ahead of `main`, in a file that no other branch changes. */
  bases: readonly string[];
}

const MOST_READ = 512 * 1024 ** 2;
/** Of this many files in a row the wide branches change all but the first, which are for the small ones. */
const PER_ROW = 5;
const SMALL_COMMITS = 3;
const TRUNK = 'refs/heads/wide-trunk';

type Git = (args: string[], input?: string) => string;

/** Writes them by git-fast-import(1), the same each time. */
export function makePullBranches(branches: PullBranches): void {
  const { repository, wide, small } = branches;
  const git: Git = (args, input) =>
    execFileSync('git', ['-C', repository, ...args], {
      ...{ maxBuffer: MOST_READ, encoding: 'latin1', stdio: ['pipe', 'pipe', 'inherit'] },
      ...(input === undefined ? {} : { input }),
    });
  const main = git(['rev-parse', 'refs/heads/main']).trim();
  const paths = git(['ls-tree', '-r', '--name-only', main]).trim().split('\n');
  const forWide = paths.filter((_, index) => index % PER_ROW !== 0).slice(0, wide.size.files);
  const forSmall = paths.filter((_, index) => index % PER_ROW === 0).slice(0, small.length * SMALL_COMMITS);
  if (forWide.length < wide.size.files || forSmall.length < small.length * SMALL_COMMITS)
    throw new Error(`The corpus has too few files (${paths.length}).`);
  const files = { wide: readFiles(git, main, forWide), small: readFiles(git, main, forSmall) };
  git(
    ['fast-import', '--quiet', '--done', '--force'],
    [...streamOf(branches, main, files), 'done\n'].join(''),
  );
  git(['update-ref', '-d', TRUNK]);
}

interface Content {
  path: string;
  text: string;
}

function readFiles(git: Git, main: string, paths: readonly string[]): Content[] {
  const out = git(['cat-file', '--batch'], paths.map((path) => `${main}:${path}\n`).join(''));
  let at = 0;
  return paths.map((path) => {
    const head = out.slice(at, out.indexOf('\n', at));
    const start = at + head.length + 1;
    const end = start + Number(head.split(' ')[2]);
    at = end + 1;
    return { path, text: out.slice(start, end) };
  });
}

function* streamOf(
  { wide, small, bases }: PullBranches,
  main: string,
  files: { wide: Content[]; small: Content[] },
): Generator<string> {
  yield* wideStream(wide, main, files.wide);
  for (const [index, name] of small.entries())
    for (let step = 0; step < SMALL_COMMITS; step++) {
      const from = step === 0 ? main : undefined;
      yield commit(`refs/heads/${name}`, `Step ${step} of ${name}`, index * SMALL_COMMITS + step, from);
      yield edit(files.small[index * SMALL_COMMITS + step], index);
    }
  for (const [index, name] of bases.entries()) {
    yield commit(`refs/heads/${name}`, `Begin ${name}`, index, main);
    yield file(`bases/${index}.txt`, `${name}\n`);
  }
}

function* wideStream(
  { names, size }: PullBranches['wide'],
  main: string,
  files: Content[],
): Generator<string> {
  const perCommit = Math.ceil(size.files / (size.commits - 1));
  for (let index = 0; index < size.commits - 1; index++) {
    const own = files.slice(index * perCommit, (index + 1) * perCommit);
    // Where there are fewer files than commits, some are changed again.
    const [again] = own.length > 0 ? [] : [files[index % files.length]];
    yield commit(TRUNK, `Change part ${index}`, index, index === 0 ? main : undefined);
    for (const one of again ? [again] : own) yield edit(one, index);
  }
  for (const [index, name] of names.entries()) {
    yield commit(`refs/heads/${name}`, `End ${name}`, size.commits + index, TRUNK);
    yield edit(files[0], size.commits + index);
  }
}

/** A file with a line more in its middle. */
function edit(content: Content | undefined, number: number): string {
  const { path, text } = content ?? { path: 'none.txt', text: '' };
  const lines = text.split('\n');
  lines.splice(Math.floor(lines.length / 2), 0, `const changed_${number} = ${number};`);
  return file(path, lines.join('\n'));
}

function commit(ref: string, message: string, second: number, from?: string): string {
  const who = `committer Ada Lovelace <ada@example.org> ${1_800_000_000 + second} +0000`;
  const start = from === undefined ? '' : `from ${from}\n`;
  return `commit ${ref}\n${who}\ndata ${message.length}\n${message}\n${start}`;
}

function file(path: string, text: string): string {
  return `M 100644 inline ${path}\ndata ${text.length}\n${text}\n`;
}
