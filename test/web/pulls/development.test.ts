// Development: what a pull request closes stands beside both, as each reader may see it; and what a second reaction leaves alone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reopenIssue } from '../../../src/features/issues/closing.service.ts';
import { closeMerged } from '../../../src/features/issues/closings.service.ts';
import { createIssue, requireIssue } from '../../../src/features/issues/issues.service.ts';
import { mergePull } from '../../../src/features/pulls/merging.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { makeWorkshop, type Workshop } from './proposals.ts';

let t: TestApp;
let shop: Workshop;
let other: Workshop;

beforeAll(async () => {
  t = await testApp();
  shop = await makeWorkshop(t);
  other = await makeWorkshop(t, { visibility: 'private' });
}, 60_000);
afterAll(() => t.close());

async function issueIn({ open }: Workshop, title: string): Promise<number> {
  return (await createIssue(t.app, await t.actor('ada'), open, { title, body: '' })).number;
}

async function stateOf({ open }: Workshop, number: number): Promise<string> {
  return (await requireIssue(t.app, open, number)).state;
}

async function as(name: string, path: string): Promise<OpenRepository> {
  const [, owner = '', repository = ''] = path.split('/');
  return openRepository(t.app, await t.actor(name), owner, repository, 'pulls:read');
}

async function merge(name: string, number: number): Promise<void> {
  const open = await as(name, shop.open.path);
  const { requirePull } = await import('../../../src/features/pulls/pulls.service.ts');
  const pull = await requirePull(t.app, open, number);
  await mergePull(t.app, await t.actor(name), open, pull, { style: 'merge' });
  await t.app.jobs.drain();
}

describe('a pull request that says what it fixes', () => {
  test('shows it beside both, and closes it once it is merged', async () => {
    const issue = await issueIn(shop, 'The mill stops');
    const named = await issueIn(shop, 'Only named');
    await shop.commit('fix', { 'a.txt': 'a\n' });
    const { issue: pull } = await shop.propose('fix', { body: `Fixes #${issue}, see #${named}` });
    const page = await (await t.anonymous.get(`${shop.open.path}/pull/${pull.number}`)).text();
    const development = page.slice(page.indexOf('sidebar-development'));
    expect(development).toContain(`${shop.open.path}/issues/${issue}"`);
    expect(development.split('</section>')[0]).not.toContain(`${shop.open.path}/issues/${named}"`);
    const beside = await (await t.anonymous.get(`${shop.open.path}/issues/${issue}`)).text();
    expect(beside.slice(beside.indexOf('sidebar-development'))).toContain(`/pull/${pull.number}"`);
    expect(await stateOf(shop, issue)).toBe('open');
    await merge('writer', pull.number);
    expect(await stateOf(shop, issue)).toBe('closed');
    expect(await stateOf(shop, named)).toBe('open');
  });

  test('does so no more after an edit that takes it back', async () => {
    const issue = await issueIn(shop, 'Not by this');
    await shop.commit('taken-back', { 'b.txt': 'b\n' });
    const { issue: pull } = await shop.propose('taken-back', { body: `Fixes #${issue}` });
    const { ada } = shop.people;
    const answer = await ada.post(`${shop.open.path}/pull/${pull.number}/text`, {
      body: 'Nothing',
      version: '0',
    });
    expect(answer.status).toBe(303);
    await t.app.jobs.drain();
    await merge('writer', pull.number);
    expect(await stateOf(shop, issue)).toBe('open');
  });

  test('closes nothing that whoever merges may not close, and tells nobody of what they may not see', async () => {
    const hidden = await issueIn(other, 'A secret of theirs');
    await shop.commit('elsewhere', { 'c.txt': 'c\n' });
    const body = `Fixes ${other.open.path.slice(1)}#${hidden}`;
    const { issue: pull } = await shop.propose('elsewhere', { body });
    const seen = await (await t.anonymous.get(`${shop.open.path}/pull/${pull.number}`)).text();
    expect(seen).not.toContain('A secret of theirs');
    expect(seen).not.toContain('sidebar-development');
    // Reads it there, and may not sort issues.
    const { giveAccess } = await import('../../../src/features/repos/collaborators.service.ts');
    await giveAccess(t.app, await t.actor('ada'), other.open, { username: 'writer', permission: 'read' });
    await merge('writer', pull.number);
    expect(await stateOf(other, hidden)).toBe('open');
  });

  test('closes nothing when it is merged into another branch than the default one', async () => {
    const issue = await issueIn(shop, 'Later');
    await shop.commit('release', { 'r.txt': 'r\n' });
    await shop.commit('to-release', { 'd.txt': 'd\n' });
    const { issue: pull } = await shop.propose('to-release', { base: 'release', body: `closes #${issue}` });
    await merge('writer', pull.number);
    expect(await stateOf(shop, issue)).toBe('open');
  });

  test('does not close again what was opened again, when its reaction runs twice', async () => {
    const issue = await issueIn(shop, 'Again and again');
    await shop.commit('twice', { 'e.txt': 'e\n' });
    const { issue: pull } = await shop.propose('twice', { body: `resolves #${issue}` });
    await merge('writer', pull.number);
    const closed = await requireIssue(t.app, shop.open, issue);
    expect(closed.state).toBe('closed');
    await reopenIssue(t.app, await t.actor('ada'), shop.open, closed);
    const events = await t.app.events.recent({ repositoryId: shop.open.repository.id, limit: 200 });
    const merged = events.find((event) => event.kind === 'pull.merged' && event.issueId === pull.id);
    if (merged?.kind !== 'pull.merged') throw new Error('no merge was recorded');
    await closeMerged(t.app, merged);
    expect(await stateOf(shop, issue)).toBe('open');
  });
});
