// Closing keywords in the text of a pull request: what it closes when it is merged, and what it does not.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listClosings } from '../../../src/features/issues/closings.store.ts';
import { createIssue, requireIssue } from '../../../src/features/issues/issues.service.ts';
import { mergePull } from '../../../src/features/pulls/merging.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { makeWorkshop, type Workshop } from './proposals.ts';

let t: TestApp;
let w: Workshop;

beforeAll(async () => {
  t = await testApp();
  w = await makeWorkshop(t);
}, 120_000);
afterAll(() => t.close());

async function issue(title: string): Promise<{ id: number; number: number }> {
  return createIssue(t.app, await t.actor('ada'), w.open, { title, body: '' });
}

async function stateOf(number: number): Promise<string> {
  return (await requireIssue(t.app, w.open, number)).state;
}

async function merge(pull: Awaited<ReturnType<Workshop['propose']>>): Promise<void> {
  const ada = await t.actor('ada');
  await mergePull(t.app, ada, w.open, await w.again(pull), { style: 'merge' });
  await t.app.jobs.drain();
}

it('closes what the text names once it is merged into the default branch, and nothing before', async () => {
  const [fixed, named, inCode] = [await issue('Fixed'), await issue('Named'), await issue('In code')];
  await w.commit('one', { 'one.txt': '1' });
  const body = `Fixes #${fixed.number}, see #${named.number}.\n\n\`closes #${inCode.number}\``;
  const pull = await w.propose('one', { body });
  expect(await listClosings(t.app.db.read, pull.issue.id)).toEqual([fixed.id]);
  expect(await stateOf(fixed.number)).toBe('open');
  await merge(pull);
  expect(await stateOf(fixed.number)).toBe('closed');
  expect([await stateOf(named.number), await stateOf(inCode.number)]).toEqual(['open', 'open']);
});

it('closes nothing by a merge into another branch', async () => {
  const kept = await issue('Kept');
  await w.commit('other', { 'other.txt': '1' });
  await w.commit('two', { 'two.txt': '1' });
  await merge(await w.propose('two', { base: 'other', body: `Closes #${kept.number}` }));
  expect(await stateOf(kept.number)).toBe('open');
});

it('closes nothing elsewhere that the author may not see', async () => {
  const hidden = await makeWorkshop(t, { visibility: 'private' });
  const secret = await createIssue(t.app, await t.actor('ada'), hidden.open, { title: 'Secret', body: '' });
  const stranger = await t.actor('stranger');
  await openRepository(t.app, stranger, 'ada', w.open.repository.name, 'pulls:create');
  await w.commit('three', { 'three.txt': '1' });
  const name = hidden.open.path.slice(1);
  const pull = await w.propose('three', { by: 'stranger', body: `Closes ${name}#${secret.number}` });
  expect(await listClosings(t.app.db.read, pull.issue.id)).toEqual([]);
});
