// The last commit of each entry of a directory: remembered by commit and directory, advanced from an ancestor's answer,
// and never waited for longer than the page can afford.
import { sha256Hex } from '../../base/crypto.ts';
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { walkLastCommits } from '../../platform/git/last-commit/last-commit.ts';
import type { LastCommitAnswer, LastCommitQuery } from '../../platform/git/last-commit/last-commit.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { withinBudget } from './background.service.ts';
import type { LastCommits, PathBytes } from './code.types.ts';
import { commitsWithHistory, findHistory, type HistoryKey, putHistory } from './directory-histories.store.ts';

/** Larger answers are computed again rather than stored. */
const MAX_STORED_BYTES = 4 * 1024 * 1024;
const LONGEST_WALK = 60_000;
/** Commits looked back for an earlier answer to start from. */
const LOOK_BACK = 50;

type Opened = Pick<OpenRepository, 'dir'> & { repository: Pick<OpenRepository['repository'], 'id'> };

/**
 * The last commits of a directory's entries, or undefined when they are not known within `budget` milliseconds; they
 * are then being computed, for the next request.
 */
export async function lastCommits(
  app: App,
  open: Opened,
  commit: Oid,
  path: PathBytes,
  budget: number,
): Promise<LastCommits | undefined> {
  const key = { repositoryId: open.repository.id, commitOid: commit, pathHash: sha256Hex(path) };
  const known = await findHistory(app.db.read, key);
  if (known) return decode(known);
  return withinBudget(app, `last-commits:${Object.values(key).join(':')}`, budget, () =>
    compute(app, open, key, path),
  );
}

async function compute(app: App, open: Opened, key: HistoryKey, path: PathBytes): Promise<LastCommits> {
  const known = await earlierAnswer(app, open, key);
  const query: LastCommitQuery = {
    commit: key.commitOid,
    path,
    deadline: Date.now() + LONGEST_WALK,
    ...(known ? { known } : {}),
  };
  const source = { dir: open.dir, objects: app.git.objects(open.dir) };
  const answer: LastCommitAnswer = await walkLastCommits(source, query);
  const bytes = encode(answer.entries);
  if (answer.complete && bytes.length <= MAX_STORED_BYTES)
    await app.db.write((tx) => putHistory(tx, key, bytes, app.clock.now()));
  return answer.entries;
}

/** What is remembered for the same directory at the nearest of the commits before this one. */
async function earlierAnswer(
  app: App,
  open: Opened,
  key: HistoryKey,
): Promise<LastCommitQuery['known'] | undefined> {
  const before = await firstParents(app, open, key.commitOid);
  if (before.length === 0) return undefined;
  const known = new Set(await commitsWithHistory(app.db.read, key.repositoryId, before, key.pathHash));
  const nearest = before.find((oid) => known.has(oid));
  const bytes = nearest && (await findHistory(app.db.read, { ...key, commitOid: nearest }));
  return bytes ? { commit: nearest, entries: decode(bytes) } : undefined;
}

/** Ancestors along first parents, nearest first, as many as one push usually brings. */
export async function firstParents(app: App, open: Pick<Opened, 'dir'>, commit: Oid): Promise<Oid[]> {
  const objects = app.git.objects(open.dir);
  const ancestors: Oid[] = [];
  let parent = (await objects.commit(commit))?.parents[0];
  while (parent !== undefined && ancestors.length < LOOK_BACK) {
    ancestors.push(parent);
    parent = (await objects.commit(parent))?.parents[0];
  }
  return ancestors;
}

/** JSON of the distinct commits, and of each name with the index of its commit. */
function encode(entries: LastCommits): Buffer<ArrayBuffer> {
  const oids = [...new Set(entries.values())];
  const indexOf = new Map(oids.map((oid, index) => [oid, index]));
  const names = [...entries].map(([name, oid]) => [name, indexOf.get(oid)]);
  return Buffer.from(JSON.stringify([oids, names]));
}

function decode(bytes: Uint8Array): Map<string, Oid> {
  const [oids, names] = JSON.parse(Buffer.from(bytes).toString('utf8')) as [Oid[], [string, number][]];
  return new Map(names.map(([name, index]) => [name, oids[index] ?? '']));
}
