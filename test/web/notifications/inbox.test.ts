// The inbox: what is shown, counted and marked, and that nothing of it is seen by who may not read it any more.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import type { IssueRow } from '../../../src/features/issues/issues.types.ts';
import { deleteIssue } from '../../../src/features/issues/transfer.service.ts';
import { hasUnread } from '../../../src/features/notifications/inbox.service.ts';
import { takeAccess } from '../../../src/features/repos/collaborators.service.ts';
import { changeRepository } from '../../../src/features/repos/repos.service.ts';
import { notifications } from '../../../src/platform/db/tables/notifications.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { type Site, siteOf } from './site.ts';

let t: TestApp;
let site: Site;
let bob: Visitor;
beforeEach(async () => {
  t = await testApp();
  site = siteOf(t);
  await site.makeRepository('ada', 'open');
  await site.makeRepository('ada', 'secret', 'private');
  await site.give('ada/secret', 'bob', 'write');
  await site.watch('ada/open', 'bob', 'all');
  await t.app.jobs.drain();
  bob = await t.as('bob');
});
afterEach(() => t.close());

async function issues(path: string, ...titles: string[]): Promise<IssueRow[]> {
  const made: IssueRow[] = [];
  for (const title of titles) made.push(await site.issue(path, 'ada', title));
  await t.app.jobs.drain();
  return made;
}

async function inbox(query = '', visitor = bob): Promise<string> {
  const answer = await visitor.get(`/notifications?${new URLSearchParams({ q: query })}`);
  expect(answer.status).toBe(200);
  return answer.text();
}

/** The thread as its row names it, e.g. `3-17`. */
function seenOf(html: string, title: string): string {
  const found = html.match(new RegExp(`value="(\\d+-\\d+)" aria-label="Select ${title}"`));
  if (!found?.[1]) throw new Error(`No thread ${title}`);
  return found[1];
}

const titlesIn = (html: string) =>
  [...html.matchAll(/class="thread-title"[^>]*>([^<]*)</g)].map(([, title]) => title);

test('threads come newest first, once each, and are found by state, reason and repository', async () => {
  const [first] = await issues('ada/open', 'One', 'Two');
  await issues('ada/secret', 'Hidden one');
  if (!first) throw new Error();
  await site.comment('ada/open', 'ada', first, 'For @bob.');
  await t.app.jobs.drain();
  expect(titlesIn(await inbox())).toEqual(['One', 'Hidden one', 'Two']);
  expect(titlesIn(await inbox('reason:mention'))).toEqual(['One']);
  expect(titlesIn(await inbox('repo:ada/secret is:unread'))).toEqual(['Hidden one']);
  expect(titlesIn(await inbox('repo:ada/nothing'))).toEqual([]);
  const odd = await inbox('is:unread what: nonsense');
  expect(odd).toContain('<code>what:</code>');
  expect(titlesIn(odd)).toHaveLength(3);
  expect(await inbox('is:saved')).toContain('Nothing is saved');
});

test('one marks threads done, read, unread and saved, chosen or one alone, and nobody else’s', async () => {
  await issues('ada/open', 'One', 'Two', 'Three');
  const html = await inbox();
  const [one, two] = [seenOf(html, 'One'), seenOf(html, 'Two')];
  const mark = (fields: Record<string, string>) =>
    bob.post('/notifications', { back: '/notifications', ...fields });
  expect((await mark({ do: `done:${one}` })).status).toBe(303);
  expect(titlesIn(await inbox())).toEqual(['Three', 'Two']);
  expect(titlesIn(await inbox('is:done'))).toEqual(['One']);
  await mark({ do: 'read', thread: two });
  expect(titlesIn(await inbox('is:unread'))).toEqual(['Three']);
  await mark({ do: 'unread', thread: two });
  await mark({ do: 'save', thread: two });
  await mark({ do: 'done', thread: two });
  expect(titlesIn(await inbox('is:saved'))).toEqual(['Two']);
  await mark({ do: `undone:${one}` });
  expect(titlesIn(await inbox())).toEqual(['Three', 'One']);
  const eve = await t.as('eve');
  await eve.post('/notifications', { do: `done:${one}` });
  expect(titlesIn(await inbox())).toEqual(['Three', 'One']);
  expect((await mark({ do: 'explode', thread: two })).status).toBe(422);
  expect((await mark({ do: 'done', back: 'https://evil.example' })).headers.get('location')).toBe(
    '/notifications',
  );
});

test('what came after the page was made is not lost by marking all, nor by marking one', async () => {
  const [one, two] = await issues('ada/open', 'One', 'Two');
  if (!one || !two) throw new Error();
  const html = await inbox();
  const shown = seenOf(html, 'Two');
  const until = /name="until" value="(\d+)"/.exec(html)?.[1] ?? '';
  await site.comment('ada/open', 'ada', one, 'Later.');
  await site.comment('ada/open', 'ada', two, 'Later.');
  await issues('ada/open', 'Three');
  await bob.post('/notifications', { do: `done:${shown}` });
  await bob.post('/notifications', { do: 'all:done', until, shown, q: '' });
  expect(titlesIn(await inbox())).toEqual(['Three', 'Two', 'One']);
  const after = await inbox();
  await bob.post('/notifications', {
    do: 'all:done',
    until: String(Date.now() + 5000),
    q: 'repo:ada/secret',
  });
  expect(titlesIn(await inbox())).toHaveLength(3);
  await bob.post('/notifications', { do: 'all:done', until: String(Date.now() + 5000), q: '' });
  expect(await inbox()).toContain('All caught up');
  expect(after).toContain('Three');
});

test('a link of the inbox leads to the issue and marks it read, unless a browser only fetches ahead', async () => {
  await issues('ada/open', 'One');
  const id = /href="\/notifications\/(\d+)"/.exec(await inbox())?.[1];
  const ahead = await bob.get(`/notifications/${id}`, { 'x-sec-purpose': 'prefetch' });
  expect(ahead.headers.get('location')).toBe('/ada/open/issues/1');
  expect(titlesIn(await inbox('is:unread'))).toEqual(['One']);
  await bob.get(`/notifications/${id}`);
  expect(titlesIn(await inbox('is:unread'))).toEqual([]);
  const eve = await t.as('eve');
  expect((await eve.get(`/notifications/${id}`)).status).toBe(404);
});

test('unsubscribing from a thread mutes the issue and takes it out of the inbox', async () => {
  const [one] = await issues('ada/open', 'One');
  if (!one) throw new Error();
  await bob.post('/notifications', { do: `unsubscribe:${seenOf(await inbox(), 'One')}` });
  expect(titlesIn(await inbox())).toEqual([]);
  await site.comment('ada/open', 'ada', one, '@bob, listen.');
  await t.app.jobs.drain();
  expect(titlesIn(await inbox())).toEqual([]);
});

test('what one may no longer read is not shown, counted, linked, marked by the bell, nor told by its title', async () => {
  await issues('ada/secret', 'Hidden one');
  const before = await inbox();
  expect(before).toContain('Notifications, some unread');
  expect(before).toContain('ada/secret');
  const id = /href="\/notifications\/(\d+)"/.exec(before)?.[1];
  await takeAccess(t.app, SYSTEM, await site.open('ada/secret'), (await t.actor('bob')).userId);
  for (const query of ['', 'is:unread', 'repo:ada/secret', 'reason:subscribed']) {
    const html = await inbox(query);
    expect(html).not.toContain('Hidden one');
    expect(titlesIn(html)).toEqual([]);
    expect(html).not.toContain('some unread');
    expect(html).not.toMatch(/class="counter"/);
  }
  expect(await inbox()).not.toContain('ada/secret');
  expect((await bob.get(`/notifications/${id}`)).status).toBe(404);
  expect(await hasUnread(t.app, await t.actor('bob'))).toBe(false);
});

test('issues that are switched off are not shown, and deleted ones vanish', async () => {
  const [one] = await issues('ada/open', 'One', 'Two');
  if (!one) throw new Error();
  const open = await site.open('ada/open');
  await deleteIssue(t.app, await t.actor('ada'), open, one);
  expect(titlesIn(await inbox())).toEqual(['Two']);
  await t.app.jobs.drain();
  expect((await t.app.db.read.select().from(notifications)).map(({ subjectId }) => subjectId)).not.toContain(
    one.id,
  );
  await changeRepository(t.app, SYSTEM, open, { disabledUnits: 'issues' });
  expect(titlesIn(await inbox())).toEqual([]);
  expect(await hasUnread(t.app, await t.actor('bob'))).toBe(false);
});

test('the inbox goes on by pages, and asks strangers to sign in', async () => {
  await issues('ada/open', ...Array.from({ length: 27 }, (_, index) => `Issue ${index}`));
  const first = await inbox();
  expect(titlesIn(first)).toHaveLength(25);
  const next = /href="(\/notifications\?after=[^"]+)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const second = await (await bob.get(next)).text();
  expect(titlesIn(second)).toEqual(['Issue 1', 'Issue 0']);
  expect((await bob.get('/notifications?after=x')).status).toBe(422);
  expect((await t.anonymous.get('/notifications')).headers.get('location')).toContain('/login');
});
