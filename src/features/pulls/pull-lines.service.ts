// Finds pull requests by their branches and by their commits. Judges nothing: whoever shows them does.
import type { App } from '../../platform/app.types.ts';
import { tipsContaining } from '../../platform/git/containing.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { listByHeads, listNewestRanges, listShortPulls, type ShortPull } from './pull-lines.store.ts';

export type { ShortPull } from './pull-lines.store.ts';

/** Pull requests of one page of branches. */
const MOST_OF_BRANCHES = 500;
/** Pull requests whose commits are looked through for one commit, milliseconds to look, and how many are shown. */
const MOST_LOOKED_AT = 1000;
const LONGEST = 2000;
const SHOWN = 5;

/** Those that bring one of the branches anywhere, open ones first, then the newest first. */
export async function pullsByBranches(
  app: App,
  headRepositoryId: number,
  names: readonly string[],
): Promise<ShortPull[]> {
  const found = await listByHeads(app.db.read, headRepositoryId, names, MOST_OF_BRANCHES);
  const isOpen = ({ state }: ShortPull) => (state === 'open' ? 0 : 1);
  return found.sort((one, other) => isOpen(one) - isOpen(other) || other.id - one.id);
}

/** The newest pull requests of a repository that bring a commit: their heads hold it, and what they go into does not. */
export async function pullsByCommit(app: App, open: OpenRepository, oid: Oid): Promise<ShortPull[]> {
  const ranges = await listNewestRanges(app.db.read, open.repository.id, MOST_LOOKED_AT);
  if (ranges.length === 0) return [];
  const tips = new Set(ranges.flatMap(({ headOid, baseOid }) => [headOid, baseOid]));
  const source = { dir: open.dir, objects: app.git.objects(open.dir) };
  const holding = await tipsContaining(source, oid, tips, { deadline: Date.now() + LONGEST });
  const bringing = ranges.filter(
    ({ headOid, baseOid, mergedOid }) =>
      mergedOid === oid || (holding.tips.has(headOid) && !holding.tips.has(baseOid)),
  );
  return listShortPulls(
    app.db.read,
    bringing.slice(0, SHOWN).map(({ issueId }) => issueId),
  );
}
