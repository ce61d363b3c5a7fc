// The files of a repository that is made from a template: the template's own, with variables filled in where its list
// `.gitea/template` says so. Links, submodules and binary files stay as they are; the list itself is left out.
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Oid, RepoDir } from '../../platform/git/git.types.ts';
import { pathProblem } from '../../platform/git/path-names.ts';
import { matchesPath, type PathPattern, parsePatterns } from '../../platform/git/path-patterns.ts';
import { takeTurns } from '../../platform/git/turns.ts';
import type { FileMode, TreeChange } from '../../platform/git/write-commit.ts';
import { fillPath, fillText, type TemplateVariables } from './template-variables.service.ts';

const LIST = Buffer.from('.gitea/template');
const LARGEST_LIST = 64 * 1024;
/** Files larger than this are copied as they are. */
const LARGEST_FILE = 1024 * 1024;
/** Of all files together that variables are filled into, before and after. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_FILES = 10_000;
/** Characters of patterns times characters of paths: seconds of work at most. */
const MOST_STEPS = 1_000_000_000;
const LISTING_BYTES = 64 * 1024 * 1024;

interface Listed {
  mode: FileMode;
  oid: Oid;
  size: number;
  path: Buffer;
}

/** What to change in a tree of a template, whose objects lie in `dir`. */
export async function templateChanges(
  app: App,
  dir: RepoDir,
  tree: Oid,
  variables: TemplateVariables,
): Promise<TreeChange[]> {
  const objects = app.git.objects(dir);
  const list = await objects.entry(tree, LIST);
  if (list?.type !== 'blob' || list.mode === '120000') return [];
  const text = await objects.read(list.oid, LARGEST_LIST).catch(() => undefined);
  const patterns = parsePatterns(text?.data.toString('latin1') ?? '');
  const changes: TreeChange[] = [{ path: LIST, delete: true }];
  let bytes = 0;
  for (const file of await listedFiles(app, dir, tree, patterns)) {
    const found = await objects.read(file.oid, LARGEST_FILE);
    const made = found ? changesOf(file, found.data, variables) : [];
    // What is put in may be much longer than the variable's name.
    bytes += file.size + lengthOf(made);
    if (bytes > MOST_BYTES) throw tooLarge();
    changes.push(...made);
  }
  return changes;
}

function lengthOf(changes: readonly TreeChange[]): number {
  return changes.reduce(
    (sum, change) =>
      sum + ('content' in change && Buffer.isBuffer(change.content) ? change.content.length : 0),
    0,
  );
}

function changesOf({ path, mode }: Listed, data: Buffer, variables: TemplateVariables): TreeChange[] {
  const filled = isText(data) ? Buffer.from(fillText(data.toString('utf8'), variables), 'utf8') : data;
  const moved = movedPath(path, variables);
  if (moved.equals(path)) return filled.equals(data) ? [] : [{ path, mode, content: filled }];
  return [
    { path, delete: true },
    { path: moved, mode, content: filled },
  ];
}

/** Where a file goes; where it is when its name would become one that git refuses. */
function movedPath(path: Buffer, variables: TemplateVariables): Buffer {
  const text = path.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(path)) return path;
  const moved = Buffer.from(fillPath(text, variables), 'utf8');
  return pathProblem(moved) === undefined ? moved : path;
}

function isText(data: Buffer): boolean {
  return !data.subarray(0, 8000).includes(0) && Buffer.from(data.toString('utf8'), 'utf8').equals(data);
}

async function listedFiles(
  app: App,
  dir: RepoDir,
  tree: Oid,
  patterns: readonly PathPattern[],
): Promise<Listed[]> {
  const { stdout } = await app.git.run(['ls-tree', '-r', '-z', '-l', '--full-tree', tree], {
    dir,
    maxBytes: LISTING_BYTES,
  });
  const found: Listed[] = [];
  const turns = takeTurns();
  const isMeant = matcherOf(patterns, turns);
  for (let at = 0; at < stdout.length; ) {
    const end = stdout.indexOf(0, at);
    const file = fileOf(stdout.subarray(at, end));
    at = end + 1;
    if (turns.isOver) await turns.pass();
    if (!file || !(await isMeant(file.path.toString('latin1')))) continue;
    found.push(file);
    if (found.length > MOST_FILES) throw tooLarge();
  }
  return found;
}

/** Says of one path after the other whether the list names it; long lists of long paths end with AppError too_large. */
function matcherOf(patterns: readonly PathPattern[], turns: ReturnType<typeof takeTurns>) {
  let steps = 0;
  return async (path: string): Promise<boolean> => {
    for (const pattern of patterns) {
      steps += pattern.length * path.length;
      if (steps > MOST_STEPS) throw tooLarge();
      if (turns.isOver) await turns.pass();
      if (matchesPath(pattern, path)) return true;
    }
    return false;
  };
}

/** `mode type oid size TAB path`; undefined for what nothing is filled into. */
function fileOf(line: Buffer): Listed | undefined {
  const tab = line.indexOf(9);
  const [mode = '', , oid = '', size = ''] = line.toString('latin1', 0, tab).split(/ +/);
  if (mode !== '100644' && mode !== '100755') return undefined;
  if (Number(size) > LARGEST_FILE) return undefined;
  const path = Buffer.from(line.subarray(tab + 1));
  return path.equals(LIST) ? undefined : { mode, oid, size: Number(size), path };
}

function tooLarge(): AppError {
  return new AppError('too_large', 'The list .gitea/template of this template names too many files.');
}
