// Moving issues between repositories: what follows, who may, and that nobody learns of what they may not see.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { findIssue } from '../../../src/features/issues/issues.service.ts';
import { createLabel } from '../../../src/features/issues/labels.service.ts';
import { setMetadata } from '../../../src/features/issues/metadata.service.ts';
import { createMilestone } from '../../../src/features/issues/milestones.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { type Conversation, issueEvents, newRepository, startConversation } from './conversation.ts';

let t: TestApp;
let s: Conversation;
let target: OpenRepository;
let number = 0;

beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());
beforeEach(async () => {
  s = await startConversation(t);
  number += 1;
  target = await newRepository(t, `target${number}`);
});

const move = (visitor: Visitor, form: Record<string, string>) => visitor.post(`${s.href}/transfer`, form);
const to = () => ({ to: target.path.slice(1) });

it('keeps the conversation, and labels, milestone and people as far as they are there', async () => {
  const ada = await t.actor('ada');
  const ids: number[] = [];
  for (const name of ['shared', 'only here'])
    ids.push(
      (await createLabel(t.app, ada, s.open, { name, color: 'd73a4a', description: '', isExclusive: false }))
        .id,
    );
  const same = await createLabel(t.app, ada, target, {
    name: 'Shared',
    color: '00ff00',
    description: '',
    isExclusive: false,
  });
  const milestone = { title: 'v1', description: '', dueOn: null };
  const old = await createMilestone(t.app, ada, s.open, milestone);
  const there = await createMilestone(t.app, ada, target, milestone);
  const metadata = { labelIds: ids, milestoneId: old.id, assigneeIds: [(await t.actor('reader')).userId] };
  await setMetadata(t.app, ada, s.open, await s.issue(), metadata);
  await s.reader.post(`${s.href}/comments`, { action: 'comment', body: 'It comes along' });
  await s.writer.post(`${s.href}/pin`);
  await newIssueIn(target);
  const answer = await move(s.writer, to());
  expect(answer.headers.get('location')).toBe(`${target.path}/issues/2`);
  const moved = await findIssue(t.app, target, 2);
  expect(moved).toMatchObject({ milestoneId: there.id, pinnedAt: null, commentCount: 1 });
  const page = await (await t.anonymous.get(`${target.path}/issues/2`)).text();
  expect(page).toContain('It comes along');
  expect(page).toContain(`transferred this issue from <strong>${s.open.path.slice(1)}#1</strong>`);
  const { listLabelsOf } = await import('../../../src/features/issues/labels.store.ts');
  const labels = await listLabelsOf(t.app.db.read, [moved?.id ?? 0]);
  expect(labels.map(({ label }) => label.id)).toEqual([same.id]);
  const { listAssigneesOf } = await import('../../../src/features/issues/metadata.store.ts');
  expect(await listAssigneesOf(t.app.db.read, [moved?.id ?? 0])).toHaveLength(1);
  expect(await issueEvents(t, target)).toEqual(['issue.opened', 'issue.transferred']);
});

async function newIssueIn(open: OpenRepository): Promise<void> {
  await s.reader.post(`${open.path}/issues`, { title: 'There already' });
}

it('counts it there, and leads from the old number to it, also from one that moved twice', async () => {
  await move(s.writer, to());
  const redirect = await t.anonymous.get(`${s.href}?comment=7`);
  expect(redirect.status).toBe(301);
  expect(redirect.headers.get('location')).toBe(`${target.path}/issues/1?comment=7`);
  const { findCounters } = await import('../../../src/features/issues/issues.store.ts');
  expect(await findCounters(t.app.db.read, s.open.repository.id)).toMatchObject({ openIssues: 0 });
  expect(await findCounters(t.app.db.read, target.repository.id)).toMatchObject({ openIssues: 1 });
  await s.writer.post(`${target.path}/issues/1/transfer`, { to: s.open.path.slice(1) });
  expect((await t.anonymous.get(s.href)).headers.get('location')).toBe(`${s.open.path}/issues/2`);
  expect((await t.anonymous.get(`${target.path}/issues/1`)).headers.get('location')).toBe(
    `${s.open.path}/issues/2`,
  );
  expect((await t.anonymous.get(`${s.open.path}/issues/2`)).status).toBe(200);
});

it('is for those who write on both sides, within one owner', async () => {
  expect((await move(s.reader, to())).status).toBe(403);
  expect((await move(s.triager, to())).status).toBe(403);
  const foreign = await t.as('other');
  const { createRepository } = await import('../../../src/features/repos/repos.service.ts');
  const { parseNewRepository } = await import('../../../src/features/repos/repos.input.ts');
  const input = parseNewRepository({ name: `secret${number}`, visibility: 'private' });
  await createRepository(t.app, await t.actor('other'), input);
  const hidden = await move(s.writer, { to: `other/secret${number}` });
  const missing = await move(s.writer, { to: 'other/nothing-here' });
  expect([hidden.status, missing.status]).toEqual([422, 422]);
  const message = (text: string) => /id="field-to-error">[^<]*<svg[\s\S]*?<\/svg>([^<]+)/.exec(text)?.[1];
  expect(message(await hidden.text())).toBe(message(await missing.text()));
  expect(foreign.name).toBe('other');
  expect((await move(s.writer, { to: s.open.path.slice(1) })).status).toBe(422);
});

it('takes nothing to where more people read it unless that is confirmed', async () => {
  s = await startConversation(t, 'private', { title: 'Secret plans', body: 'hush' });
  const asked = await move(s.writer, to());
  expect(asked.status).toBe(422);
  expect(await asked.text()).toContain('confirm that more people may see this issue');
  expect((await t.anonymous.get(`${target.path}/issues/1`)).status).toBe(404);
  const done = await move(s.writer, { ...to(), confirmed: 'on' });
  expect(done.status).toBe(303);
  const page = await (await t.anonymous.get(`${target.path}/issues/1`)).text();
  expect(page).toContain('Secret plans');
  // Where it came from stays unknown to whoever may not see that.
  expect(page).toContain('transferred this issue from another repository');
  expect(page).not.toContain(s.open.repository.name);
  expect(await (await s.reader.get(`${target.path}/issues/1`)).text()).toContain(s.open.path.slice(1));
});

it('leads nobody from an old number to a repository they may not see', async () => {
  const hidden = await newRepository(t, `hidden${number}`, 'private');
  await s.writer.post(`${s.href}/transfer`, { to: hidden.path.slice(1) });
  expect((await s.reader.get(s.href)).status).toBe(301);
  const answer = await t.anonymous.get(s.href);
  expect(answer.status).toBe(404);
  expect((await t.anonymous.get(`${s.open.path}/pull/1`)).status).toBe(404);
  expect(await answer.text()).not.toContain(hidden.repository.name);
});

it('takes away assignees who may not read it there', async () => {
  const hidden = await newRepository(t, `closed${number}`, 'private');
  const stranger = await t.actor('stranger');
  const { giveAccess, takeAccess } = await import('../../../src/features/repos/collaborators.service.ts');
  await giveAccess(t.app, await t.actor('ada'), s.open, { username: 'stranger', permission: 'write' });
  await setMetadata(t.app, await t.actor('ada'), s.open, await s.issue(), { assigneeIds: [stranger.userId] });
  const { id } = await s.issue();
  await s.writer.post(`${s.href}/transfer`, { to: hidden.path.slice(1) });
  const { listAssigneesOf } = await import('../../../src/features/issues/metadata.store.ts');
  expect(await listAssigneesOf(t.app.db.read, [id])).toEqual([]);
  await takeAccess(t.app, await t.actor('ada'), s.open, stranger.userId).catch(() => undefined);
});
