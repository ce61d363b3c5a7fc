// Making and deleting tags, and what an annotated one says.
import type { Actor } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Oid, Signature } from '../../platform/git/git.types.ts';
import { parseTag, type Tag } from '../../platform/git/parse-tag.ts';
import { writeTag } from '../../platform/git/write-tag.ts';
import { changeRefs } from '../repos/ref-changes.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { commitEmailOf } from '../users/emails.service.ts';
import { findUserById } from '../users/users.service.ts';
import { clashOf, nameProblem } from './branches.service.ts';
import { findNamedCommit } from './places.service.ts';

const TAGS = 'refs/tags/';
/** Bytes of a tag object that are read. */
const MOST_BYTES = 1024 * 1024;
const LONGEST_MESSAGE = 65_536;

export interface NewTagInput {
  name: string;
  /** A branch, a tag or a commit's id. */
  target: string;
  /** With one the tag is annotated. */
  message: string;
}

/** Throws AppError invalid on `field` when a new tag cannot have this name. */
export async function requireFreeTagName(
  app: App,
  open: OpenRepository,
  name: string,
  field: string,
): Promise<void> {
  const problem = nameProblem(name, 'tag');
  if (problem) throw invalid({ [field]: problem });
  const clash = await clashOf(app, open, TAGS, name);
  if (clash === name) throw invalid({ [field]: `There is already a tag named ${name}.` });
  if (clash) throw invalid({ [field]: `git cannot hold ${name} beside the tag ${clash}.` });
}

/**
 * Makes a tag; returns the commit it leads to. Throws AppError invalid on `name`, `target` or `message`, and what
 * `changeRefs` throws.
 */
export async function createTag(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { name, target, message }: NewTagInput,
): Promise<Oid> {
  await requireAbility(app.db.read, actor, open, 'code:write');
  await requireFreeTagName(app, open, name, 'name');
  if (message.length > LONGEST_MESSAGE)
    throw invalid({ message: `A message has at most ${LONGEST_MESSAGE} characters.` });
  const at = await findNamedCommit(app, open, target);
  if (!at) throw invalid({ target: 'There is no such branch, tag or commit.' });
  const { oid } = at.commit;
  const newOid = message.trim() === '' ? oid : await annotate(app, actor, open, { name, message, oid });
  const update = { ref: TAGS + name, oldOid: '0'.repeat(oid.length), newOid };
  await changeRefs(app, actor, open, { updates: [update] });
  return oid;
}

async function annotate(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { name, message, oid }: { name: string; message: string; oid: Oid },
): Promise<Oid> {
  const tagger = await signatureOf(app, actor);
  const format = open.repository.objectFormat;
  return writeTag(app.git, open.dir, { format, target: oid, name, tagger, message });
}

async function signatureOf(app: App, actor: Actor): Promise<Signature> {
  const user = actor.kind === 'user' ? await findUserById(app, actor.userId) : undefined;
  if (!user) throw notFound('user');
  const name = user.displayName || user.name;
  return { name, email: commitEmailOf(app, user), time: app.clock.now(), offset: 0 };
}

/** Deletes a tag that points at `oid`, or wherever it points. Throws what `changeRefs` throws. */
export async function deleteTag(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { name, oid }: { name: string; oid?: Oid | undefined },
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'code:write');
  const now = await app.git.ref(open.dir, TAGS + name);
  if (now === undefined) throw notFound('tag');
  const oldOid = oid || now;
  const update = { ref: TAGS + name, oldOid, newOid: '0'.repeat(oldOid.length) };
  await changeRefs(app, actor, open, { updates: [update] });
}

/** The object of an annotated tag; undefined for a lightweight one. */
export async function findTagObject(app: App, open: OpenRepository, oid: Oid): Promise<Tag | undefined> {
  const objects = app.git.objects(open.dir);
  const info = await objects.info(oid);
  if (info?.type !== 'tag' || info.size > MOST_BYTES) return undefined;
  const object = await objects.read(oid, MOST_BYTES);
  return object && parseTag(oid, object.data);
}
