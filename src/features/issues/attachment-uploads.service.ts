// Takes files that are put into texts: bounded while they come, typed by their content, without what pictures tell of people.
import { randomBytes } from 'node:crypto';
import type { Actor } from '../../base/actor.ts';
import { AppError, invalid, isAppError, notFound } from '../../base/errors.ts';
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { formatBytes } from '../../platform/render/numbers.ts';
import type { StorageKey } from '../../platform/storage/storage.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { isBlocked } from '../users/blocks.service.ts';
import { DRAWING, isUtf8, mayBeText, requireMediaType } from './attachment-types.service.ts';
import { parseAttachmentName } from './attachments.input.ts';
import { findAttachment, insertAttachment } from './attachments.store.ts';
import { requirePerson } from './changing.service.ts';
import { abilityOn, readsKind } from './issues.policy.ts';
import { findIssueById } from './issues.store.ts';
import type { AttachmentRow } from './issues.types.ts';
import { pictureSizeOf } from './picture-sizes.service.ts';
import { withoutTraces } from './picture-traces.service.ts';

/** Bytes that are looked at for a file's kind and a picture's size. */
const START = 1024 * 1024;
/** Pixels beyond which a picture would fill the memory of whoever looks at it. */
const MOST_PIXELS = 200_000_000;
const TOKEN = /^[0-9a-f]{40}$/;

/** A file as it comes; its name is the sender's. */
export interface NewFile {
  name: string;
  chunks: AsyncIterable<Uint8Array>;
}

/**
 * Keeps a file for a text that is being written. Throws AppError invalid on `files` for kinds that are not accepted,
 * too_large, rate_limited beyond `issues.attachments_per_day`, and as `requireAbility` does.
 */
export async function saveAttachment(
  app: App,
  actor: Actor,
  open: OpenRepository,
  file: NewFile,
): Promise<AttachmentRow> {
  await requireAbility(app.db.read, actor, open, 'conversations:comment');
  const uploaderId = requirePerson(actor);
  if (await isBlocked(app, open.owner.id, uploaderId))
    throw new AppError('forbidden', 'You cannot write here: you were blocked.');
  const name = parseAttachmentName(file.name);
  countUpload(app, uploaderId);
  const storageKey = newKey();
  try {
    const sizeBytes = await receive(app, storageKey, file.chunks);
    const found = await describe(app, storageKey, name);
    const repositoryId = open.repository.id;
    const token = randomBytes(20).toString('hex');
    const createdAt = app.clock.now();
    const row = { token, repositoryId, uploaderId, name, sizeBytes, storageKey, createdAt, ...found };
    return await app.db.write((tx) => insertAttachment(tx, row));
  } catch (error) {
    await app.storage.remove(storageKey);
    throw error;
  }
}

function countUpload(app: App, userId: number): void {
  const { attachments_per_day: burst } = app.config.issues;
  if (burst === 0) throw new AppError('forbidden', 'Files cannot be put into texts here.');
  app.limits.take({ key: `issues:attachments:${userId}`, burst, per: DAY });
}

function newKey(): StorageKey {
  const name = randomBytes(20).toString('hex');
  return `attachments/${name.slice(0, 2)}/${name.slice(2)}`;
}

async function receive(app: App, key: StorageKey, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  const { max_attachment_bytes: most } = app.config.issues;
  try {
    return await app.storage.append(key, 0, withoutTraces(chunks), most);
  } catch (error) {
    if (isAppError(error, 'too_large'))
      throw new AppError('too_large', `A file has at most ${formatBytes(most)} here.`);
    if (isAppError(error)) throw error;
    throw new AppError('invalid', 'The file did not arrive whole: send it again.');
  }
}

type Described = Pick<AttachmentRow, 'mediaType'> & Partial<Pick<AttachmentRow, 'width' | 'height'>>;

async function describe(app: App, key: StorageKey, name: string): Promise<Described> {
  const start = await readStart(app, key);
  const isText = mayBeText(start) && (await isUtf8(app.storage.read(key)));
  const mediaType = requireMediaType(name, start, isText);
  if (!mediaType.startsWith('image/') || mediaType === DRAWING) return { mediaType };
  const size = pictureSizeOf(mediaType, start);
  // The size of a photograph may stand behind more than was read; what has none at its very beginning is damaged.
  if (!size && mediaType !== 'image/jpeg' && mediaType !== 'image/avif')
    throw invalid({ files: `${name} is damaged.` });
  if (size && size.width * size.height > MOST_PIXELS)
    throw invalid({ files: `${name} has ${size.width} × ${size.height} pixels: make it smaller.` });
  return { mediaType, ...size };
}

async function readStart(app: App, key: StorageKey): Promise<Buffer> {
  if (!(await app.storage.size(key))) return Buffer.alloc(0);
  const parts: Buffer[] = [];
  for await (const part of app.storage.read(key, { start: 0, end: START - 1 })) parts.push(part);
  return Buffer.concat(parts);
}

/**
 * The file of an address: for whoever may read the issue or pull request once it belongs to a text, before that for its
 * uploader alone. Throws AppError not_found. Where its issue was moved to another repository, `movedTo` is that one's path.
 */
export async function requireAttachment(
  app: App,
  actor: Actor,
  open: OpenRepository,
  token: string,
): Promise<{ row: AttachmentRow; movedTo?: string }> {
  const row = TOKEN.test(token) ? await findAttachment(app.db.read, token) : undefined;
  const isTheirs = actor.kind === 'user' && row?.uploaderId === actor.userId;
  if (!row || (row.issueId === null && !isTheirs)) throw notFound('file');
  const issue = row.issueId === null ? undefined : await findIssueById(app.db.read, row.issueId);
  if (row.repositoryId === open.repository.id) {
    if (issue && !readsKind(open, issue)) throw notFound('file');
    return { row };
  }
  const ability = abilityOn({ isPull: issue?.isPull ?? false }, 'read');
  const there = await openRepositoryById(app, actor, row.repositoryId, ability).catch(hide);
  return { row, movedTo: there.path };
}

function hide(error: unknown): never {
  throw isAppError(error) ? notFound('file') : error;
}
