// Branches that were deleted and can be restored: a hidden ref of each keeps its commits until it is forgotten.
import { type Actor, SYSTEM } from '../../base/actor.ts';
import { AppError, isAppError, notFound } from '../../base/errors.ts';
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { moveRefs } from '../../platform/git/move-refs.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import { changeRefs } from '../repos/ref-changes.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { namesOf } from '../users/authorship.service.ts';
import {
  type DeletedBranchRow,
  findDeletedBranch,
  insertDeletedBranch,
  listDeletedBefore,
  listDeletedBranches,
  removeDeletedBranch,
} from './deleted-branches.store.ts';

const HEADS = 'refs/heads/';
const PAGE_SIZE = 30;
/** Branches of one push that are kept. */
const MOST_OF_A_PUSH = 1000;
const AT_ONCE = 100;

export interface DeletedBranch {
  id: number;
  name: string;
  commitOid: Oid;
  deletedAt: number;
  /** Who deleted it, while they have an account. */
  by: { name: string; avatarHash: string | null } | undefined;
}

/** The ref that keeps a deleted branch's commits. */
function hiddenRef(id: number): string {
  return `refs/opencodehub/deleted/${id}`;
}

function zeroOf(open: OpenRepository): Oid {
  return '0'.repeat(open.repository.objectFormat === 'sha256' ? 64 : 40);
}

/**
 * Deletes a branch that points at `oid`, in one step with the hidden ref that keeps it. Throws what `changeRefs` throws:
 * AppError conflict when it points elsewhere by now, forbidden for the default branch.
 */
export async function deleteBranch(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { name, oid }: { name: string; oid: Oid },
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'code:write');
  const row = await app.db.write((tx) => insertDeletedBranch(tx, newRow(app, actor, open, name, oid)));
  const zero = zeroOf(open);
  try {
    await changeRefs(app, actor, open, {
      updates: [{ ref: HEADS + name, oldOid: oid, newOid: zero }],
      internal: [{ ref: hiddenRef(row.id), oldOid: zero, newOid: oid }],
    });
  } catch (error) {
    const isKept = (await app.git.ref(open.dir, hiddenRef(row.id))) !== undefined;
    if (!isKept) await app.db.write((tx) => removeDeletedBranch(tx, row.id));
    throw error;
  }
}

function newRow(
  app: App,
  actor: Actor,
  open: OpenRepository,
  name: string,
  oid: Oid,
): Omit<DeletedBranchRow, 'id'> {
  return {
    repositoryId: open.repository.id,
    name,
    commitOid: oid,
    deletedBy: actor.kind === 'user' ? actor.userId : null,
    deletedAt: app.clock.now(),
  };
}

/** Brings a deleted branch back; returns its name. Throws AppError not_found, and conflict when the name is taken. */
export async function restoreBranch(
  app: App,
  actor: Actor,
  open: OpenRepository,
  id: number,
): Promise<string> {
  await requireAbility(app.db.read, actor, open, 'code:write');
  const row = await findDeletedBranch(app.db.read, open.repository.id, id);
  if (!row || (await app.git.ref(open.dir, hiddenRef(id))) !== row.commitOid)
    throw notFound('deleted branch');
  if ((await app.git.ref(open.dir, HEADS + row.name)) !== undefined)
    throw new AppError('conflict', `There is a branch named ${row.name} again: rename or delete it first.`);
  const zero = zeroOf(open);
  await changeRefs(app, actor, open, {
    updates: [{ ref: HEADS + row.name, oldOid: zero, newOid: row.commitOid }],
    internal: [{ ref: hiddenRef(id), oldOid: row.commitOid, newOid: zero }],
  });
  await app.db.write((tx) => removeDeletedBranch(tx, id));
  return row.name;
}

/** What can be restored, the one deleted last first. */
export async function listDeleted(
  app: App,
  open: OpenRepository,
  beforeId: number | undefined,
): Promise<{ items: DeletedBranch[]; next: number | undefined }> {
  const rows = await listDeletedBranches(app.db.read, open.repository.id, {
    limit: PAGE_SIZE + 1,
    ...(beforeId === undefined ? {} : { beforeId }),
  });
  const shown = rows.slice(0, PAGE_SIZE);
  const kept = await Promise.all(shown.map((row) => app.git.ref(open.dir, hiddenRef(row.id))));
  const people = await namesOf(
    app,
    shown.flatMap((row) => row.deletedBy ?? []),
  );
  const items = shown.flatMap((row, index) => {
    const { id, name, commitOid, deletedAt } = row;
    // A deletion that a crash broke off has left a row alone.
    if (kept[index] !== commitOid) return [];
    return [{ id, name, commitOid, deletedAt, by: people.get(row.deletedBy ?? 0) }];
  });
  return { items, next: rows.length > PAGE_SIZE ? shown.at(-1)?.id : undefined };
}

interface RecordedPush {
  repositoryId: number;
  actorId?: number;
  updates: readonly RefUpdate[];
  createdAt: number;
}

/** Keeps what branches deleted by a push pointed at. Does nothing for those that were deleted here, or renamed. */
export async function keepPushedAway(app: App, push: RecordedPush): Promise<void> {
  const gone = deletionsOf(push.updates);
  if (gone.length === 0) return;
  const open = await openRepositoryById(app, SYSTEM, push.repositoryId, 'code:read').catch(ignoreMissing);
  if (!open) return;
  const known = await listDeletedBranches(app.db.read, push.repositoryId, { limit: MOST_OF_A_PUSH });
  const isKept = new Set(known.map((row) => `${row.commitOid} ${row.name}`));
  const fresh = gone.filter(({ ref, oldOid }) => !isKept.has(`${oldOid} ${ref.slice(HEADS.length)}`));
  for (let from = 0; from < fresh.length; from += AT_ONCE)
    await keep(app, open, push, await stillThere(app, open, fresh.slice(from, from + AT_ONCE)));
}

/** Those that no branch has the name of again, and whose commits are there. */
async function stillThere(app: App, { dir }: OpenRepository, gone: RefUpdate[]): Promise<RefUpdate[]> {
  const kept: RefUpdate[] = [];
  for (const update of gone) {
    const isBack = (await app.git.ref(dir, update.ref)) !== undefined;
    if (!isBack && (await app.git.objects(dir).commit(update.oldOid))) kept.push(update);
  }
  return kept;
}

/** Deleted branches whose commits no branch made by the same push points at: that would be a new name. */
function deletionsOf(updates: readonly RefUpdate[]): RefUpdate[] {
  const isZero = (oid: Oid) => /^0+$/.test(oid);
  const made = new Set(updates.filter(({ oldOid }) => isZero(oldOid)).map(({ newOid }) => newOid));
  return updates
    .filter(({ ref, newOid, oldOid }) => ref.startsWith(HEADS) && isZero(newOid) && !made.has(oldOid))
    .slice(0, MOST_OF_A_PUSH);
}

/** All in one step: a push may delete very many. */
async function keep(app: App, open: OpenRepository, push: RecordedPush, gone: RefUpdate[]): Promise<void> {
  if (gone.length === 0) return;
  const rows = await app.db.write(async (tx) => {
    const made: DeletedBranchRow[] = [];
    for (const { ref, oldOid } of gone)
      made.push(
        await insertDeletedBranch(tx, {
          repositoryId: push.repositoryId,
          name: ref.slice(HEADS.length),
          commitOid: oldOid,
          deletedBy: push.actorId ?? null,
          deletedAt: push.createdAt,
        }),
      );
    return made;
  });
  const zero = zeroOf(open);
  const updates = rows.map(({ id, commitOid }) => ({
    ref: hiddenRef(id),
    oldOid: zero,
    newOid: commitOid,
  }));
  if (await moveHidden(app, open, updates)) return;
  await app.db.write(async (tx) => {
    for (const { id } of rows) await removeDeletedBranch(tx, id);
  });
}

async function moveHidden(app: App, open: OpenRepository, updates: RefUpdate[]): Promise<boolean> {
  const end = await app.git.activity.beginPush(open.dir);
  try {
    return await moveRefs(app.git, open.dir, updates);
  } finally {
    end();
  }
}

/** Forgets branches that were deleted longer ago than they are kept: from then on their commits may go. */
export async function forgetDeletedBranches(app: App): Promise<void> {
  const before = app.clock.now() - app.config.repositories.deleted_branch_days * DAY;
  for (let afterId = 0; ; ) {
    const rows = await listDeletedBefore(app.db.read, before, { afterId, limit: AT_ONCE });
    for (const [repositoryId, ofOne] of Map.groupBy(rows, (row) => row.repositoryId))
      await forget(app, repositoryId, ofOne);
    if (rows.length < AT_ONCE) return;
    afterId = rows.at(-1)?.id ?? afterId;
  }
}

async function forget(app: App, repositoryId: number, rows: DeletedBranchRow[]): Promise<void> {
  const open = await openRepositoryById(app, SYSTEM, repositoryId, 'code:read').catch(ignoreMissing);
  if (open && !(await dropHidden(app, open, rows))) return;
  await app.db.write(async (tx) => {
    for (const { id } of rows) await removeDeletedBranch(tx, id);
  });
}

/** Says whether they are gone: one that is being restored just now keeps the others for another day. */
async function dropHidden(app: App, open: OpenRepository, rows: DeletedBranchRow[]): Promise<boolean> {
  const updates: RefUpdate[] = [];
  for (const { id } of rows) {
    const oldOid = await app.git.ref(open.dir, hiddenRef(id));
    if (oldOid !== undefined) updates.push({ ref: hiddenRef(id), oldOid, newOid: zeroOf(open) });
  }
  return updates.length === 0 || moveHidden(app, open, updates);
}

function ignoreMissing(error: unknown): undefined {
  if (!isAppError(error, 'not_found')) throw error;
  return undefined;
}
