// Reactions to events run at least once, and not always in order: whatever was done is not done twice, and nothing comes back.
import { asc } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeIssue, reopenIssue } from '../../src/features/issues/closing.service.ts';
import { addComment, deleteComment } from '../../src/features/issues/comments.service.ts';
import { followText } from '../../src/features/issues/cross-references.service.ts';
import { editText } from '../../src/features/issues/edits.service.ts';
import { createIssue } from '../../src/features/issues/issues.service.ts';
import { changeAssignees } from '../../src/features/issues/metadata.service.ts';
import { searchAfter } from '../../src/features/issues/search-upkeep.service.ts';
import { textsAmong } from '../../src/features/issues/text-search.store.ts';
import { deleteIssue, transferIssue } from '../../src/features/issues/transfer.service.ts';
import { tellOf } from '../../src/features/notifications/delivery.service.ts';
import { isTold } from '../../src/features/notifications/occurrences.service.ts';
import { openRepository } from '../../src/features/repos/access.service.ts';
import { giveAccess } from '../../src/features/repos/collaborators.service.ts';
import { parseNewRepository } from '../../src/features/repos/repos.input.ts';
import { createRepository } from '../../src/features/repos/repos.service.ts';
import {
  issueEntries,
  issuePeople,
  issueSubscriptions,
  issues,
} from '../../src/platform/db/tables/issues.ts';
import { notificationMails, notifications } from '../../src/platform/db/tables/notifications.ts';
import { events, jobs } from '../../src/platform/db/tables/platform.ts';
import type { RecordedEvent } from '../../src/platform/events/events.types.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { mailSettings, openSmtp, type TestSmtp } from '../support/smtp.ts';
import { type TestApp, testApp } from '../support/test-app.ts';

let place: TestDatabase;
let t: TestApp;
let smtp: TestSmtp;
beforeAll(async () => {
  place = await openTestDb();
  smtp = await openSmtp();
  t = await testApp({
    database: place.config,
    mail: mailSettings(smtp),
    accounts: { verify_email: false },
  });
}, 60_000);
afterAll(async () => {
  await t.close();
  await smtp.close();
  await place.close();
});

/** Everything that reactions write, without when they ran. */
async function written(): Promise<unknown> {
  const { read } = t.app.db;
  const threads = await read.select().from(notifications).orderBy(asc(notifications.id));
  const ids = (await read.select().from(issues)).map(({ id }) => id);
  const entries = await read.select().from(issueEntries).orderBy(asc(issueEntries.id));
  const entryIds = entries.map(({ id }) => id);
  return {
    entries: entries.map(({ id, kind, issueId, body }) => ({ id, kind, issueId, body })),
    people: (await read.select().from(issuePeople)).map((row) => Object.values(row).join(' ')).sort(),
    subscriptions: (await read.select().from(issueSubscriptions))
      .map(({ issueId, userId, state, reason }) => [issueId, userId, state, reason].join(' '))
      .sort(),
    threads: threads.map(({ updatedAt, ...row }) => row),
    mails: (await read.select().from(notificationMails))
      .map(({ eventId, userId }) => `${eventId} ${userId}`)
      .sort(),
    jobs: (await read.select().from(jobs)).filter(({ kind }) => kind === 'notifications.mail').length,
    events: (await read.select({ id: events.id }).from(events)).length,
    texts: [...(await textsAmong(read, 'text', ids))].sort(),
    comments: [...(await textsAmong(read, 'comment', entryIds))].sort(),
  };
}

async function reactTo(event: RecordedEvent): Promise<void> {
  await searchAfter(t.app, event);
  if (event.kind === 'issue.opened' || event.kind === 'issue.commented' || event.kind === 'issue.text_edited')
    await followText(t.app, event);
  if (isTold(event)) await tellOf(t.app, event);
}

test('events that are reacted to again, backwards and at once, change nothing', async () => {
  const ada = await t.actor('ada');
  for (const name of ['here', 'there'])
    await createRepository(t.app, ada, parseNewRepository({ name, visibility: 'public' }));
  const here = await openRepository(t.app, ada, 'ada', 'here', 'issues:read');
  for (const username of ['bob', 'cyd']) {
    await t.actor(username);
    await giveAccess(t.app, ada, here, { username, permission: 'write' });
  }
  const bob = await t.actor('bob');
  const asBob = await openRepository(t.app, bob, 'ada', 'here', 'issues:read');
  const one = await createIssue(t.app, ada, here, { title: 'One', body: 'First, @cyd' });
  const two = await createIssue(t.app, bob, asBob, { title: 'Two', body: 'See #1, ada/here#1 and @ada' });
  const comment = await addComment(t.app, bob, asBob, one, 'As in #2, @cyd @ada');
  const gone = await addComment(t.app, bob, asBob, one, 'Never mind @cyd');
  await changeAssignees(t.app, ada, here, one, { add: [bob.userId] });
  await t.app.jobs.drain();
  await closeIssue(t.app, ada, here, one, { reason: 'completed' });
  await reopenIssue(t.app, ada, here, one);
  await editText(t.app, bob, asBob, one, comment.id, { body: 'As in #3', version: 0 });
  await deleteComment(t.app, bob, asBob, one, gone);
  const three = await createIssue(t.app, ada, here, { title: 'Three', body: 'With #1' });
  await transferIssue(t.app, ada, here, two, { to: 'ada/there', isConfirmed: true });
  await deleteIssue(t.app, ada, here, three);
  await t.app.jobs.drain();
  const before = await written();
  const rows = await t.app.db.read.select({ id: events.id }).from(events);
  const all = await t.app.events.byIds(rows.map(({ id }) => id));
  expect(all.length).toBeGreaterThan(12);
  for (const event of [...all].reverse()) await reactTo(event);
  expect(await written()).toEqual(before);
  await Promise.all([...all, ...all].map(reactTo));
  expect(await written()).toEqual(before);
}, 120_000);
