// Brings the commits of a head into the base repository, where every page finds them from then on.
import type { App } from '../../platform/app.types.ts';
import type { Oid, RepoDir } from '../../platform/git/git.types.ts';
import { copyObjects, sharedRefs } from '../../platform/git/object-pools.ts';

/**
 * Copies what a commit of another repository reaches into the base repository; nothing within the same one. `known` are
 * commits that the base has besides those of its branches and tags. The caller holds a push's place.
 */
export async function bringHead(
  app: App,
  { from, to, oid, known = [] }: { from: RepoDir; to: RepoDir; oid: Oid; known?: readonly Oid[] },
): Promise<void> {
  if (from === to) return;
  const have = (await sharedRefs(app.git, to)).map((ref) => ref.oid);
  await copyObjects(app.git, { from, to, want: [oid], have: [...have, ...known] });
}
