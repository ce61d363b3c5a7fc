// The branches and tags whose history holds a commit.
import type { App } from '../../platform/app.types.ts';
import { tipsContaining } from '../../platform/git/containing.ts';
import type { Oid, Ref } from '../../platform/git/git.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';

/** Milliseconds to look; what is not found by then is left out, and said so. */
const LONGEST = 4000;
/** Names shown of each kind. */
const SHOWN = 20;
/** Annotated tags that are read because nothing else tells their commit. */
const MOST_READ = 2000;

export interface ContainingRefs {
  branches: string[];
  tags: string[];
  moreBranches: number;
  moreTags: number;
  isComplete: boolean;
}

/** The first names of branches (the default one before all) and tags (by name) that hold a commit. */
export async function refsContaining(
  app: App,
  open: OpenRepository,
  commit: Oid,
  signal?: AbortSignal,
): Promise<ContainingRefs> {
  const [heads, tags] = await Promise.all([
    app.git.refs(open.dir, 'refs/heads/'),
    app.git.refs(open.dir, 'refs/tags/'),
  ]);
  const objects = app.git.objects(open.dir);
  const peeled = await peel(app, open, tags);
  const all = new Set([...heads.map((ref) => ref.oid), ...peeled.commits.values()]);
  const limits = { deadline: Date.now() + LONGEST, ...(signal ? { signal } : {}) };
  const { tips, isComplete } = await tipsContaining({ dir: open.dir, objects }, commit, all, limits);
  const branches = heads
    .filter((ref) => tips.has(ref.oid))
    .map((ref) => ref.name.slice('refs/heads/'.length));
  const holding = tags.filter((ref) => tips.has(peeled.commits.get(ref.name) ?? ''));
  const { defaultBranch } = open.repository;
  const ordered = branches.includes(defaultBranch)
    ? [defaultBranch, ...branches.filter((name) => name !== defaultBranch)]
    : branches;
  return {
    branches: ordered.slice(0, SHOWN),
    tags: holding.slice(0, SHOWN).map((ref) => ref.name.slice('refs/tags/'.length)),
    moreBranches: Math.max(0, ordered.length - SHOWN),
    moreTags: Math.max(0, holding.length - SHOWN),
    isComplete: isComplete && peeled.isComplete,
  };
}

/** The commits of tags, by the tag's full name. */
async function peel(
  app: App,
  open: OpenRepository,
  tags: readonly Ref[],
): Promise<{ commits: Map<string, Oid>; isComplete: boolean }> {
  const commits = new Map<string, Oid>();
  const unknown: Ref[] = [];
  for (const ref of tags) {
    if (ref.peeled !== undefined) commits.set(ref.name, ref.peeled);
    else unknown.push(ref);
  }
  const read = unknown.slice(0, MOST_READ);
  const found = await Promise.all(read.map((ref) => app.git.objects(open.dir).commit(ref.oid)));
  read.forEach((ref, index) => {
    const commit = found[index];
    if (commit) commits.set(ref.name, commit.oid);
  });
  // Lightweight tags are commits already: asking about them costs nothing.
  for (const ref of unknown.slice(MOST_READ)) commits.set(ref.name, ref.oid);
  return { commits, isComplete: unknown.length <= MOST_READ };
}
