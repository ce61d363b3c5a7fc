// Texts of reviews are texts like others: edited, reacted to, hidden, deleted, searched, and what they name is told.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIssue } from '../../../src/features/issues/issues.service.ts';
import { readTimeline } from '../../../src/features/issues/timeline.service.ts';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { threadsOf, withComments } from '../../../src/features/pulls/threads.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { makeWorkshop, type Workshop } from './proposals.ts';

let t: TestApp;
let shop: Workshop;
let pull: Pull;
let href: string;

beforeAll(async () => {
  t = await testApp();
  shop = await makeWorkshop(t);
  await shop.commit('feature', { 'a.txt': 'one\ntwo\n' });
  pull = await shop.propose('feature');
  href = `${shop.open.path}/pull/${pull.issue.number}`;
});
afterAll(() => t.close());

async function comments() {
  const threads = await withComments(t.app, await threadsOf(t.app, pull));
  return threads.flatMap(({ comments }) => comments.map(({ entry }) => entry));
}

const place = { path: 'a.txt', subject: 'line', side: 'head', line: '1', action: 'single' };

test('a comment on code refers to issues and mentions people', async () => {
  const ada = await t.actor('ada');
  const issue = await createIssue(t.app, ada, shop.open, { title: 'Named below', body: '' });
  const body = `As in #${issue.number}, says @triager`;
  await shop.people.writer.post(`${href}/review/comments`, { ...place, body });
  await t.app.jobs.drain();
  const { entries } = await readTimeline(t.app, issue.id, {});
  expect(entries.map(({ kind, sourceIssueId }) => [kind, sourceIssueId])).toEqual([
    ['referenced', pull.issue.id],
  ]);
});

test('it is edited by its writer and by who manages, and its history kept', async () => {
  const [entry] = await comments();
  const edit = { comment: String(entry?.id), version: String(entry?.bodyVersion) };
  expect((await shop.people.stranger.post(`${href}/text`, { ...edit, body: 'Stolen' })).status).toBe(403);
  expect((await shop.people.writer.post(`${href}/text`, { ...edit, body: 'Better words' })).status).toBe(303);
  const html = await (await shop.people.reader.get(`${href}/files`)).text();
  expect(html).toContain('Better words');
  expect(html).toContain(`/edits?comment=${entry?.id}`);
});

test('it is reacted to and hidden', async () => {
  const [entry] = await comments();
  const { reader, stranger, maintainer } = shop.people;
  const reaction = { comment: String(entry?.id), add: 'heart' };
  expect((await stranger.post(`${href}/reactions`, reaction)).status).toBe(303);
  expect(await (await reader.get(`${href}/files`)).text()).toContain('stranger reacted with');
  const hiding = `${href}/comments/${entry?.id}/hiding`;
  expect((await reader.post(hiding, { reason: 'outdated' })).status).toBe(403);
  expect((await maintainer.post(hiding, { reason: 'outdated' })).status).toBe(303);
  expect(await (await reader.get(`${href}/files`)).text()).toContain('This comment was hidden');
});

test('a thread goes with its last comment', async () => {
  const [entry] = await comments();
  const deletion = `${href}/comments/${entry?.id}/deletion`;
  expect((await shop.people.reader.post(deletion)).status).toBe(403);
  expect((await shop.people.writer.post(deletion)).status).toBe(303);
  expect(await comments()).toEqual([]);
  await t.app.jobs.drain();
  expect(await threadsOf(t.app, pull)).toEqual([]);
});

test('of a review the text goes, and what it said stays', async () => {
  await shop.people.writer.post(`${href}/reviews`, { state: 'changes_requested', body: 'Hasty words' });
  const all = (await readTimeline(t.app, pull.issue.id, {})).entries.filter(({ kind }) => kind === 'review');
  const last = all.at(-1);
  expect(last?.body).toBe('Hasty words');
  expect((await shop.people.writer.post(`${href}/comments/${last?.id}/deletion`)).status).toBe(303);
  const html = await (await shop.people.reader.get(href)).text();
  expect(html).not.toContain('Hasty words');
  expect(html).toContain('requested changes');
});

test('files of a pending comment wait for it', async () => {
  const { saveAttachment } = await import('../../../src/features/issues/attachment-uploads.service.ts');
  const { removeUnclaimedAttachments } = await import(
    '../../../src/features/issues/attachment-upkeep.service.ts'
  );
  const { standsInDraft } = await import('../../../src/features/issues/attachments.store.ts');
  const writer = await t.actor('writer');
  async function* chunks() {
    yield Buffer.from('notes');
  }
  const file = await saveAttachment(t.app, writer, shop.open, { name: 'notes.txt', chunks: chunks() });
  const body = `See ${shop.open.path}/attachments/${file.token}/notes.txt`;
  await shop.people.writer.post(`${href}/review/comments`, { ...place, action: 'pending', body });
  expect(await standsInDraft(t.app.db.read, writer.userId, file.token)).toBe(true);
  await removeUnclaimedAttachments(t.app, AbortSignal.timeout(5000));
  await shop.people.writer.post(`${href}/reviews`, { state: 'commented', body: '' });
  const address = `${shop.open.path}/attachments/${file.token}`;
  expect((await shop.people.reader.get(address)).status).toBe(200);
});
