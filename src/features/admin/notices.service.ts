// Notices to everybody, above every page.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, invalid, notFound } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { forgetNotices } from '../../platform/web/notices.ts';
import { deleteNotice, insertNotice, listNotices, type NoticeRow } from './notices.store.ts';

const LONGEST = 2000;
/** What is shown above every page at most; beyond it nobody reads any. */
const MOST = 5;
const ENDED_LISTED = 20;

export interface NewNotice {
  kind: string;
  /** Markdown. */
  text: string;
  /** `2026-11-27T18:00`, UTC; empty until it is removed. */
  ends: string;
}

/** Every notice, the newest first, ended ones included. */
export async function listAllNotices(app: App, actor: Actor): Promise<NoticeRow[]> {
  requireSiteAbility(actor, 'site:administer');
  return listNotices(app.db.read, MOST + ENDED_LISTED);
}

/** Shows a notice to everybody from now on. Throws AppError invalid on `kind`, `text` or `ends`. */
export async function publishNotice(app: App, actor: Actor, input: NewNotice): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  const now = app.clock.now();
  const checked = checkNotice(input, now);
  await app.db.write(async (tx) => {
    const all = await listNotices(tx, MOST + ENDED_LISTED);
    const live = all.filter(({ endsAt }) => endsAt === null || endsAt > now);
    if (live.length >= MOST)
      throw new AppError('conflict', `There are ${MOST} notices already: remove one first.`);
    const { id: noticeId } = await insertNotice(tx, { ...checked, createdAt: now });
    // What has ended is kept for a while, so that it can be seen; then it goes.
    for (const old of all.filter((notice) => !live.includes(notice)).slice(ENDED_LISTED - 1))
      await deleteNotice(tx, old.id);
    await app.events.record(tx, { kind: 'notice.published', ...doneBy(actor), noticeId });
    app.db.afterCommit(tx, () => forgetNotices(app));
  });
}

/** Takes a notice away. */
export async function removeNotice(app: App, actor: Actor, noticeId: number): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  await app.db.write(async (tx) => {
    if (!(await deleteNotice(tx, noticeId))) throw notFound('notice');
    await app.events.record(tx, { kind: 'notice.removed', ...doneBy(actor), noticeId });
    app.db.afterCommit(tx, () => forgetNotices(app));
  });
}

function checkNotice(input: NewNotice, now: number): Pick<NoticeRow, 'kind' | 'text' | 'endsAt'> {
  const text = input.text.trim();
  if (text === '') throw invalid({ text: 'Write what everybody should know.' });
  if (text.length > LONGEST) throw invalid({ text: `A notice has at most ${LONGEST} characters.` });
  if (input.kind !== 'info' && input.kind !== 'warn')
    throw invalid({ kind: 'Choose between information and warning.' });
  return { kind: input.kind, text, endsAt: endOf(input.ends, now) };
}

function endOf(ends: string, now: number): number | null {
  if (ends === '') return null;
  const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(ends) ? Date.parse(`${ends}Z`) : Number.NaN;
  if (Number.isNaN(instant)) throw invalid({ ends: 'An end is written like 2026-11-27T18:00.' });
  if (instant <= now) throw invalid({ ends: 'Choose an end in the future.' });
  return instant;
}
