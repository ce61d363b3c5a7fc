// The refs that keep a pull request's commits in its base repository, whatever becomes of the branch or fork they came from.
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Oid, RepoDir } from '../../platform/git/git.types.ts';
import { moveRefs } from '../../platform/git/move-refs.ts';

/** What everybody who may read the pull request fetches. */
export function headRef(number: number): string {
  return `refs/pull/${number}/head`;
}

/** Where a head that was replaced is kept; nobody sees it. */
export function keptHeadRef(number: number, revision: number): string {
  return `refs/opencodehub/pulls/${number}/${revision}`;
}

/** How often it is looked whether somebody else has done the same, and milliseconds in between. */
const LOOKS = 10;
const LOOK_PAUSE = 20;

type Wanted = readonly (readonly [ref: string, oid: Oid])[];

/**
 * Points refs at objects that the repository has, whatever they pointed at before. All move or none; throws AppError
 * conflict when one moves elsewhere meanwhile. The caller holds a push's place, see `Git.activity`.
 */
export async function pointRefs(app: App, dir: RepoDir, wanted: Wanted): Promise<void> {
  if (await moveRefs(app.git, dir, await movesTo(app, dir, wanted))) return;
  // A request and its job do the same at the same moment; git lets one of them in.
  for (let look = 0; look < LOOKS; look++) {
    if ((await movesTo(app, dir, wanted)).length === 0) return;
    await sleep(LOOK_PAUSE);
  }
  throw new AppError('conflict', 'The pull request has changed meanwhile: look at it again, then retry.');
}

async function movesTo(app: App, dir: RepoDir, wanted: Wanted) {
  const updates: { ref: string; oldOid: Oid; newOid: Oid }[] = [];
  for (const [ref, newOid] of wanted) {
    const oldOid = (await app.git.ref(dir, ref)) ?? '0'.repeat(newOid.length);
    if (oldOid !== newOid) updates.push({ ref, oldOid, newOid });
  }
  return updates;
}

/** Runs `work` while maintenance of the repository waits, since what it adds has no ref yet. */
export async function whilePushing<T>(app: App, dir: RepoDir, work: () => Promise<T>): Promise<T> {
  const endPush = await app.git.activity.beginPush(dir);
  try {
    return await work();
  } finally {
    endPush();
  }
}
