// Saving releases. A release is published in three steps, so that a crash leaves nothing half done: it is kept as a
// draft, its tag is made, and the draft is published. Whatever breaks off after the tag was made, a job finishes.
import { z } from 'zod';
import { type Actor, doneBy, SYSTEM } from '../../base/actor.ts';
import { AppError, type FieldErrors, invalid, isAppError, notFound } from '../../base/errors.ts';
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { nameProblem } from '../code/branches.service.ts';
import { findNamedCommit } from '../code/places.service.ts';
import { requireFreeTagName } from '../code/tags.service.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import { changeRefs } from '../repos/ref-changes.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { type ReadyFile, takeFiles } from './assets.service.ts';
import type { ReleaseInput } from './releases.input.ts';
import {
  findRelease,
  findReleaseByTag,
  findReleases,
  insertRelease,
  updateRelease,
} from './releases.store.ts';
import type { ReleaseRow } from './releases.types.ts';

/** The job that finishes publishing what a crash broke off. */
export const FINISH_JOB = 'releases.finish';

const finishPayload = z.object({
  releaseId: z.number().int(),
  repositoryId: z.number().int(),
  updatedAt: z.number(),
  actorId: z.number().int().optional(),
});

/**
 * Saves a new release, or changes one; `isDraft` false publishes it, with a tag made at the target where there is none.
 * `files` become its files in the same step. Throws AppError invalid with a message per field, and what `changeRefs`
 * throws where the tag is refused: then it stays a draft.
 */
export async function saveRelease(
  app: App,
  actor: Actor,
  open: OpenRepository,
  known: ReleaseRow | undefined,
  input: ReleaseInput,
  files: readonly ReadyFile[] = [],
): Promise<ReleaseRow> {
  await requireAbility(app.db.read, actor, open, 'releases:write');
  requireStillDraft(known, input);
  const tagAt = await tagToMake(app, open, input);
  const publishes = !input.isDraft;
  if (!publishes || tagAt === undefined) return keep(app, actor, open, known, input, files, publishes);
  await requireAbility(app.db.read, actor, open, 'code:write');
  if (known && !known.isDraft) {
    await makeTag(app, actor, open, input.tag, tagAt);
    return keep(app, actor, open, known, input, files, true);
  }
  const draft = await keep(app, actor, open, known, input, files, false);
  await makeTagOfDraft(app, actor, open, draft, tagAt);
  const published = await publishDraft(app, draft.id, draft.updatedAt, doneBy(actor));
  if (!published)
    throw new AppError('conflict', 'Somebody changed this release meanwhile: look at it again.');
  return published;
}

/** Throws what saving would throw for what was typed, so that nothing is done before that is in order. */
export async function checkRelease(
  app: App,
  open: OpenRepository,
  known: ReleaseRow | undefined,
  input: ReleaseInput,
): Promise<void> {
  requireStillDraft(known, input);
  await tagToMake(app, open, input);
  await requireFreeTag(app, open, known, input.tag);
}

function requireStillDraft(known: ReleaseRow | undefined, { isDraft }: ReleaseInput): void {
  if (isDraft && known && !known.isDraft)
    throw invalid({ isDraft: 'This release is published: it cannot become a draft again.' });
}

/** The commit to tag; undefined where the tag exists. Drafts may name a target that is not there yet. */
async function tagToMake(app: App, open: OpenRepository, input: ReleaseInput): Promise<Oid | undefined> {
  const problem = nameProblem(input.tag, 'tag');
  if (problem) throw invalid({ tag: problem });
  if ((await app.git.ref(open.dir, `refs/tags/${input.tag}`)) !== undefined) return undefined;
  await requireFreeTagName(app, open, input.tag, 'tag');
  if (input.isDraft) return undefined;
  const at = await findNamedCommit(app, open, input.target || open.repository.defaultBranch);
  if (!at) throw invalid({ target: 'There is no such branch or commit.' });
  return at.commit.oid;
}

/** Writes the row, its files and what happened, in one step. */
async function keep(
  app: App,
  actor: Actor,
  open: OpenRepository,
  known: ReleaseRow | undefined,
  input: ReleaseInput,
  files: readonly ReadyFile[],
  publishes: boolean,
): Promise<ReleaseRow> {
  await requireFreeTag(app, open, known, input.tag);
  try {
    return await app.db.write(async (tx) => {
      const row = await writeRow(app, tx, actor, open, known, input, publishes);
      await takeFiles(app, tx, actor, open, row, files);
      await recordSaving(app, tx, actor, known, row, input.isDraft);
      return row;
    });
  } catch (error) {
    if (isAppError(error, 'conflict') && !error.fields) throw invalid(takenTag(input.tag));
    throw error;
  }
}

async function requireFreeTag(
  app: App,
  open: OpenRepository,
  known: ReleaseRow | undefined,
  tag: string,
): Promise<void> {
  const other = await findReleaseByTag(app.db.read, open.repository.id, tag);
  if (other && other.id !== known?.id) throw invalid(takenTag(tag));
}

function takenTag(tag: string): FieldErrors {
  return { tag: `There is already a release of ${tag}.` };
}

async function writeRow(
  app: App,
  tx: Tx,
  actor: Actor,
  open: OpenRepository,
  known: ReleaseRow | undefined,
  input: ReleaseInput,
  publishes: boolean,
): Promise<ReleaseRow> {
  const now = app.clock.now();
  const { tag: tagName, target, title, body, isPrerelease } = input;
  const values = { tagName, target, title, body, isPrerelease, updatedAt: now };
  if (!known) {
    const authorId = actor.kind === 'user' ? actor.userId : null;
    const state = { isDraft: !publishes, publishedAt: publishes ? now : null };
    const row = { ...values, ...state, authorId, createdAt: now, repositoryId: open.repository.id };
    return finishLater(app, tx, actor, input, await insertRelease(tx, row));
  }
  const state = publishes ? { isDraft: false, publishedAt: known.publishedAt ?? now } : {};
  if (!(await updateRelease(tx, known.id, { ...values, ...state }))) throw notFound('release');
  return finishLater(app, tx, actor, input, { ...known, ...values, ...state });
}

/** Where a draft is about to be published, a job looks later whether that was broken off. */
async function finishLater(
  app: App,
  tx: Tx,
  actor: Actor,
  { isDraft }: ReleaseInput,
  row: ReleaseRow,
): Promise<ReleaseRow> {
  if (isDraft || !row.isDraft) return row;
  const { id: releaseId, repositoryId, updatedAt } = row;
  const by = actor.kind === 'user' ? { actorId: actor.userId } : {};
  await app.jobs.enqueue(tx, FINISH_JOB, { releaseId, repositoryId, updatedAt, ...by }, { delay: MINUTE });
  return row;
}

/** What is on its way to be published is told of once that has happened. */
async function recordSaving(
  app: App,
  tx: Tx,
  actor: Actor,
  known: ReleaseRow | undefined,
  row: ReleaseRow,
  asDraft: boolean,
): Promise<void> {
  if (row.isDraft && !asDraft) return;
  const wasPublished = known !== undefined && !known.isDraft;
  const isNews = !row.isDraft && !wasPublished;
  await app.events.record(tx, {
    kind: isNews ? 'release.published' : known ? 'release.updated' : 'release.created',
    ...doneBy(actor),
    ...told(row),
  });
}

function told(row: ReleaseRow) {
  const { repositoryId, id: releaseId, tagName: tag, isDraft } = row;
  return { repositoryId, releaseId, tag, isDraft };
}

async function makeTag(app: App, actor: Actor, open: OpenRepository, tag: string, oid: Oid): Promise<void> {
  const update = { ref: `refs/tags/${tag}`, oldOid: '0'.repeat(oid.length), newOid: oid };
  await changeRefs(app, actor, open, { updates: [update] });
}

/** Where the tag is refused, the release stays a draft with what was typed, and nothing publishes it later. */
async function makeTagOfDraft(
  app: App,
  actor: Actor,
  open: OpenRepository,
  draft: ReleaseRow,
  oid: Oid,
): Promise<void> {
  try {
    await makeTag(app, actor, open, draft.tagName, oid);
  } catch (error) {
    const isMade = (await app.git.ref(open.dir, `refs/tags/${draft.tagName}`)) === oid;
    // Made at the same time by another form of the same draft: it is there.
    if (isMade && isAppError(error, 'conflict')) return;
    if (!isMade) await app.db.write((tx) => updateRelease(tx, draft.id, { updatedAt: draft.updatedAt + 1 }));
    if (!isAppError(error)) throw error;
    throw new AppError(error.code, `${error.message} The release was kept as a draft.`);
  }
}

/** Publishes a draft that is as it was at `updatedAt`; undefined for any other. */
async function publishDraft(
  app: App,
  id: number,
  updatedAt: number,
  by: { actorId?: number },
): Promise<ReleaseRow | undefined> {
  return app.db.write(async (tx) => {
    const [row] = await findReleases(tx, [id]);
    if (!row?.isDraft || row.updatedAt !== updatedAt) return undefined;
    const published = { ...row, isDraft: false, publishedAt: app.clock.now() };
    await updateRelease(tx, id, { isDraft: false, publishedAt: published.publishedAt });
    await app.events.record(tx, { kind: 'release.published', ...by, ...told(published) });
    return published;
  });
}

/** Finishes what a crash broke off between the tag and the publication; does nothing in any other case. */
export async function finishPublishing(app: App, payload: unknown): Promise<void> {
  const { releaseId, repositoryId, updatedAt, actorId } = finishPayload.parse(payload);
  const row = await findRelease(app.db.read, repositoryId, releaseId);
  if (!row?.isDraft) return;
  try {
    const open = await openRepositoryById(app, SYSTEM, repositoryId, 'code:read');
    if ((await app.git.ref(open.dir, `refs/tags/${row.tagName}`)) === undefined) return;
  } catch (error) {
    if (isAppError(error, 'not_found')) return;
    throw error;
  }
  await publishDraft(app, releaseId, updatedAt, actorId === undefined ? {} : { actorId });
}
