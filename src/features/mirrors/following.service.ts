// Makes a repository of ours what another server's is: objects, branches, tags, notes, the default branch, large files.
// Refs are fetched into a hidden place first and then moved as a push moves them, so that whatever reacts to pushes does.
import { randomBytes } from 'node:crypto';
import { SYSTEM } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import type { Oid, Ref } from '../../platform/git/git.types.ts';
import { moveRefs } from '../../platform/git/move-refs.ts';
import {
  fetchRemote,
  listRemote,
  type Progress,
  type RemoteRefs,
  tookTooLong,
} from '../../platform/git/remote.ts';
import { rewriteSettings } from '../../platform/git/repository.ts';
import { INTERNAL_REFS } from '../../platform/git/transport-config.ts';
import type { GatewaySession } from '../../platform/net/git-gateway.ts';
import { readSpareBytes } from '../../platform/observability/disk.ts';
import { findLfsObjects } from '../lfs/lfs-objects.service.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import { followDefaultBranch, followObjectFormat } from '../repos/following.service.ts';
import { changeRefs } from '../repos/ref-changes.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { isAcceptableRef } from '../repos/transport.service.ts';
import { downloadObjects, LFS_BATCH } from './lfs-client.service.ts';
import type { Remote } from './mirrors.types.ts';
import { pointersIn } from './pointers.service.ts';

export interface Following {
  remote: Remote;
  /** Whether large files come along. */
  lfs: boolean;
  signal: AbortSignal;
  onProgress(progress: Progress): void;
}

/** What a run did, for whoever asked. */
export interface Followed {
  /** Refs that moved. */
  changed: number;
  /** Names that are not possible here. */
  skipped: number;
  /** Large files that the other server could not give. */
  missing: number;
}

const INCOMING = `${INTERNAL_REFS}/incoming`;
/** Refs moved in one step, which is one event. */
const REFS_AT_ONCE = 2000;

/** Follows another repository. What is not there any more goes here, too. Throws AppError with the reason in words. */
export async function followRemote(app: App, repositoryId: number, following: Following): Promise<Followed> {
  const { remote } = following;
  const timeout = app.config.repositories.import_timeout_minutes * MINUTE;
  const tooLate = AbortSignal.timeout(timeout);
  // Of the run as a whole: a server that gives a byte now and then must not keep others waiting for ever.
  const signal = AbortSignal.any([following.signal, tooLate]);
  const maxBytes = Math.min(app.config.git.max_push_bytes, await readSpareBytes(app.paths.repositories));
  const session = await app.gateway.open({ ...remote, service: 'upload-pack', signal, maxBytes });
  try {
    return await follow(app, repositoryId, { ...following, signal }, session, timeout);
  } catch (error) {
    if (tooLate.aborted && !following.signal.aborted) throw tookTooLong();
    throw error;
  } finally {
    session.close();
  }
}

async function follow(
  app: App,
  repositoryId: number,
  following: Following,
  session: GatewaySession,
  timeout: number,
): Promise<Followed> {
  const { signal, onProgress } = following;
  const theirs = await listRemote(app.git, { session, signal, timeout });
  const open = await sameFormat(
    app,
    await openRepositoryById(app, SYSTEM, repositoryId, 'code:write'),
    theirs,
  );
  const ours = await followedRefs(app, open);
  const skipped = [...theirs.refs.keys()].filter((name) => !isAcceptableRef(name));
  for (const name of skipped) theirs.refs.delete(name);
  const wanted = [...theirs.refs].filter(([name, oid]) => ours.get(name) !== oid).map(([name]) => name);
  const incoming = `${INCOMING}/${randomBytes(8).toString('hex')}`;
  try {
    await fetchInto(app, open, incoming, wanted, { session, signal, timeout, onProgress });
    const fetched = await app.git.refs(open.dir, `${incoming}/`);
    const missing = following.lfs ? await fetchLargeFiles(app, open, fetched, ours, following) : 0;
    signal.throwIfAborted();
    const changed = await settle(app, open, theirs, ours, fetched, incoming);
    return { changed, skipped: skipped.length, missing };
  } finally {
    await removeIncoming(app, open, incoming);
  }
}

/** An empty repository takes on the other's way of naming objects. */
async function sameFormat(
  app: App,
  open: OpenRepository,
  { refs, format }: RemoteRefs,
): Promise<OpenRepository> {
  if (refs.size === 0 || open.repository.objectFormat === format) return open;
  if (!open.repository.isEmpty)
    throw new AppError('invalid', `The other repository names objects by ${format}, this one does not.`);
  await app.git.forget(open.dir);
  await rewriteSettings(open.dir, format);
  await followObjectFormat(app, open, format);
  return openRepositoryById(app, SYSTEM, open.repository.id, 'code:write');
}

async function followedRefs(app: App, { dir }: OpenRepository): Promise<Map<string, Oid>> {
  const found = new Map<string, Oid>();
  for (const prefix of ['refs/heads/', 'refs/tags/', 'refs/notes/'])
    for (const { name, oid } of await app.git.refs(dir, prefix)) found.set(name, oid);
  return found;
}

async function fetchInto(
  app: App,
  open: OpenRepository,
  incoming: string,
  names: string[],
  options: Parameters<typeof fetchRemote>[3],
): Promise<void> {
  if (names.length === 0) return;
  // Maintenance must not take for unused what has just come.
  const endPush = await app.git.activity.beginPush(open.dir, options.signal);
  try {
    const pairs = names.map((name) => [name, `${incoming}/${name.slice('refs/'.length)}`] as const);
    await fetchRemote(app.git, open.dir, pairs, options);
  } finally {
    endPush();
  }
}

async function fetchLargeFiles(
  app: App,
  open: OpenRepository,
  fetched: readonly Ref[],
  ours: ReadonlyMap<string, Oid>,
  { remote, signal, onProgress }: Following,
): Promise<number> {
  const tips = fetched.map(({ oid }) => oid);
  const pointers = await pointersIn(app, open.dir, tips, [...ours.values()], signal);
  const held = await findLfsObjects(
    app,
    open,
    pointers.map(({ oid }) => oid),
  );
  const wanted = pointers.filter(({ oid }) => !held.has(oid));
  let missing = 0;
  for (let from = 0; from < wanted.length; from += LFS_BATCH) {
    onProgress({ stage: 'Fetching large files', percent: Math.floor((100 * from) / wanted.length) });
    missing += await downloadObjects(app, open, remote, wanted.slice(from, from + LFS_BATCH), signal);
  }
  return missing;
}

/** Moves the visible refs: the default branch first, then what is gone, then what is new. */
async function settle(
  app: App,
  open: OpenRepository,
  theirs: RemoteRefs,
  ours: ReadonlyMap<string, Oid>,
  fetched: readonly Ref[],
  incoming: string,
): Promise<number> {
  const zero = '0'.repeat(open.repository.objectFormat === 'sha256' ? 64 : 40);
  const updates = fetched.map(({ name, oid }): RefUpdate => {
    const ref = `refs/${name.slice(incoming.length + 1)}`;
    return { ref, oldOid: ours.get(ref) ?? zero, newOid: oid };
  });
  const there = new Set([...theirs.refs.keys()]);
  const branch = defaultBranchOf(open, theirs);
  if (branch !== undefined) await followDefaultBranch(app, open, branch);
  const current = await openRepositoryById(app, SYSTEM, open.repository.id, 'code:write');
  const main = `refs/heads/${current.repository.defaultBranch}`;
  const gone = [...ours]
    .filter(([ref]) => !there.has(ref) && ref !== main)
    .map(([ref, oid]): RefUpdate => ({ ref, oldOid: oid, newOid: zero }));
  // A name may make room for names below it.
  const moved = updates.filter(({ oldOid, newOid }) => oldOid !== newOid);
  const ordered = [...gone, ...moved.toSorted((a, b) => Number(b.ref === main) - Number(a.ref === main))];
  for (const group of [gone, ordered.slice(gone.length)])
    for (let from = 0; from < group.length; from += REFS_AT_ONCE)
      await changeRefs(app, SYSTEM, current, { updates: group.slice(from, from + REFS_AT_ONCE) });
  return ordered.length;
}

/** Where their HEAD points, if that exists; else the branch of now, else a likely one. */
function defaultBranchOf({ repository }: OpenRepository, { head, refs }: RemoteRefs): string | undefined {
  const likely = [head, `refs/heads/${repository.defaultBranch}`, 'refs/heads/main', 'refs/heads/master'];
  const found = likely.find((ref) => ref !== undefined && refs.has(ref));
  const first = found ?? [...refs.keys()].find((ref) => ref.startsWith('refs/heads/'));
  return first?.startsWith('refs/heads/') ? first.slice('refs/heads/'.length) : undefined;
}

async function removeIncoming(app: App, open: OpenRepository, incoming: string): Promise<void> {
  const left = await app.git.refs(open.dir, `${incoming}/`);
  if (left.length === 0) return;
  const zero = '0'.repeat(left[0]?.oid.length ?? 40);
  const endPush = await app.git.activity.beginPush(open.dir);
  try {
    await moveRefs(
      app.git,
      open.dir,
      left.map(({ name, oid }) => ({ ref: name, oldOid: oid, newOid: zero })),
    );
  } finally {
    endPush();
  }
}

/** Removes what runs that were interrupted left in a repository. */
export function forgetIncoming(app: App, open: OpenRepository): Promise<void> {
  return removeIncoming(app, open, INCOMING);
}
