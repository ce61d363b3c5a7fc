// Texts that somebody keeps to answer with again, for their own eyes only.
import type { Actor } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import { requirePerson } from './changing.service.ts';
import type { SavedReplyRow } from './issues.types.ts';
import { parseReply } from './saved-replies.input.ts';
import {
  countReplies,
  findReply,
  insertReply,
  listReplies,
  removeReply,
  updateReply,
} from './saved-replies.store.ts';

const MOST = 100;

/** The actor's own replies. */
export async function savedRepliesOf(app: App, actor: Actor): Promise<SavedReplyRow[]> {
  return listReplies(app.db.read, requireKeeper(actor));
}

/** One of the actor's own; throws AppError not_found for anybody else's as for none. */
export async function requireReply(app: App, actor: Actor, id: number): Promise<SavedReplyRow> {
  const row = await findReply(app.db.read, requireKeeper(actor), id);
  if (!row) throw notFound('saved reply');
  return row;
}

/** Keeps a reply. Throws AppError invalid on `title` or `body`. */
export async function saveReply(app: App, actor: Actor, raw: Record<string, string>): Promise<void> {
  const userId = requireKeeper(actor);
  const { title, body } = parseReply(raw);
  await app.db.write(async (tx) => {
    if ((await countReplies(tx, userId)) >= MOST)
      throw invalid({ title: `You have ${MOST} saved replies: delete one first.` });
    await insertReply(tx, { userId, title, body, createdAt: app.clock.now() });
  });
}

/** Changes one of the actor's own. Throws as `saveReply` and `requireReply`. */
export async function changeReply(
  app: App,
  actor: Actor,
  id: number,
  raw: Record<string, string>,
): Promise<void> {
  const userId = requireKeeper(actor);
  const input = parseReply(raw);
  await app.db.write(async (tx) => {
    if (!(await findReply(tx, userId, id))) throw notFound('saved reply');
    await updateReply(tx, userId, id, input);
  });
}

/** Deletes one of the actor's own. Throws as `requireReply`. */
export async function deleteReply(app: App, actor: Actor, id: number): Promise<void> {
  const userId = requireKeeper(actor);
  if (!(await app.db.write((tx) => removeReply(tx, userId, id)))) throw notFound('saved reply');
}

function requireKeeper(actor: Actor): number {
  const userId = requirePerson(actor);
  requireAccountAbility(actor, userId, 'replies:manage');
  return userId;
}
