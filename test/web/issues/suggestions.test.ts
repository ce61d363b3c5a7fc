// Completion in composers leaks nothing: people and teams of an organization to its own alone, issues to readers alone.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createIssue } from '../../../src/features/issues/issues.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { makeSite, type Site } from '../orgs/site.ts';

let t: TestApp;
let site: Site;

beforeAll(async () => {
  t = await testApp();
  site = await makeSite(t);
  const owner = await t.actor('the-owner');
  for (const visibility of ['public', 'private'] as const) {
    await createRepository(t.app, owner, parseNewRepository({ name: visibility, visibility, owner: 'acme' }));
    const open = await openRepository(t.app, owner, 'acme', visibility, 'issues:create');
    await createIssue(t.app, owner, open, { title: `A ${visibility} <b>title</b>`, body: '' });
  }
});
afterAll(() => t.close());

async function offered(visitor: Visitor, path: string): Promise<string[]> {
  const answer = await visitor.get(path);
  expect(answer.status).toBe(200);
  return [...(await answer.text()).matchAll(/data-value="([^"]+)"/g)].map(([, value = '']) => value);
}

const people = (visitor: Visitor, typed: string) =>
  offered(visitor, `/acme/public/suggestions/people?${new URLSearchParams({ q: typed })}`);

it('names members and teams to members, and secret teams to those who know of them', async () => {
  expect(await people(site.as('member'), 'the-')).toEqual(
    expect.arrayContaining(['@the-member', '@the-maintainer', '@the-owner']),
  );
  expect(await people(site.as('member'), 'eng')).toEqual(['@acme/engine']);
  expect(await people(site.as('member'), 'acme/')).toEqual(['@acme/engine']);
  expect(await people(site.as('owner'), 'vault')).toEqual(['@acme/vault']);
});

it('names to a stranger those alone who write in public here, and whom they name in full', async () => {
  expect(await people(site.as('stranger'), 'the-')).toEqual(['@the-owner']);
  expect(await people(site.as('stranger'), 'the-member')).toEqual(['@the-member']);
  expect(await people(site.as('stranger'), 'eng')).toEqual([]);
  expect(await people(site.as('stranger'), 'acme/')).toEqual([]);
});

it('is for people who are signed in, and of what they may see', async () => {
  for (const kind of ['people', 'issues']) {
    expect([303, 401]).toContain((await t.anonymous.get(`/acme/public/suggestions/${kind}?q=a`)).status);
    expect((await site.as('stranger').get(`/acme/private/suggestions/${kind}?q=a`)).status).toBe(404);
  }
});

it('escapes the titles of issues', async () => {
  const answer = await site.as('stranger').get('/acme/public/suggestions/issues?q=title');
  const text = await answer.text();
  expect(text).toContain('A public &lt;b&gt;title&lt;/b&gt;');
  expect(text).toContain('data-value="#1"');
});

it('lists emoji with their names, for browsers to keep', async () => {
  const answer = await t.anonymous.get('/-/emoji.json?v=1');
  expect(answer.headers.get('cache-control')).toContain('immutable');
  const rows = (await answer.json()) as string[][];
  expect(rows.length).toBeGreaterThan(1500);
  expect(rows.find((row) => row.includes('tada'))?.[0]).toBe('🎉');
});
