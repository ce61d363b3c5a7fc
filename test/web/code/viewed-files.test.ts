// Marks of files that somebody has looked at in a comparison.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { importCommits } from './import-commits.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;

beforeAll(async () => {
  t = await testApp();
  const open = await makeRepository(t, 'ada', 'marks', [
    {
      ref: HEAD,
      files: [
        { path: 'a', data: '1\n' },
        { path: 'b', data: '1\n' },
      ],
    },
    {
      ref: 'refs/heads/topic',
      from: HEAD,
      files: [
        { path: 'a', data: '2\n' },
        { path: 'b', data: '2\n' },
      ],
    },
  ]);
  await makeRepository(t, 'ada', 'secret', [{ ref: HEAD, files: [{ path: 'a', data: '1\n' }] }], {
    visibility: 'private',
  });
  change = () =>
    importCommits(open.dir, [
      { ref: 'refs/heads/topic', from: 'refs/heads/topic', files: [{ path: 'a', data: '3\n' }] },
    ]);
}, 60_000);
afterAll(() => t.close());

let change: () => void;
const PAGE = '/ada/marks/compare/main...topic';
const ACTION = '/ada/marks/viewed-files';

async function formsOf(who: { get(path: string): Promise<Response> }) {
  const text = await (await who.get(PAGE)).text();
  const fields = (name: string) =>
    [...text.matchAll(new RegExp(`name="${name}" value="([^"]*)"`, 'g'))].map(([, value]) => value ?? '');
  const csrf = fields('csrf')[0] ?? '';
  return { text, csrf, marks: fields('mark'), viewed: fields('viewed') };
}

describe('viewed marks', () => {
  it('are kept per person, fold the file, and are counted', async () => {
    const bob = await t.as('bob');
    const { marks, csrf, text } = await formsOf(bob);
    expect(marks).toHaveLength(2);
    expect(text).toContain('<span data-viewed-count>0</span> / 2 files viewed');
    const sent = await bob.post(ACTION, { csrf, mark: marks[0] ?? '', viewed: '1', back: PAGE });
    expect([sent.status, sent.headers.get('location')]).toEqual([303, PAGE]);
    const after = await formsOf(bob);
    expect(after.text).toContain('<span data-viewed-count>1</span> / 2 files viewed');
    expect(after.viewed).toEqual(['0', '1']);
    expect(after.text.split('<details open>')).toHaveLength(text.split('<details open>').length - 1);
    expect((await formsOf(await t.as('carol'))).viewed).toEqual(['1', '1']);
    expect((await formsOf(t.anonymous)).marks).toEqual([]);
  });

  it('are answered shortly to scripts, and taken back', async () => {
    const bob = await t.as('bob');
    const { marks, csrf } = await formsOf(bob);
    const headers = { accept: 'application/json' };
    expect((await bob.post(ACTION, { csrf, mark: marks[0] ?? '', viewed: '0' }, headers)).status).toBe(204);
    expect((await formsOf(bob)).viewed).toEqual(['1', '1']);
    await bob.post(ACTION, { csrf, mark: marks[0] ?? '', viewed: '1' }, headers);
    await bob.post(ACTION, { csrf, mark: marks[1] ?? '', viewed: '1' }, headers);
  });

  it('go when the file changes, and only then', async () => {
    change();
    const bob = await t.as('bob');
    expect((await formsOf(bob)).viewed).toEqual(['1', '0']);
  });

  it('are set by nobody who may not read, and on nothing that is no mark', async () => {
    const bob = await t.as('bob');
    const { csrf, marks } = await formsOf(bob);
    const mark = marks[0] ?? '';
    expect((await bob.post('/ada/secret/viewed-files', { csrf, mark, viewed: '1' })).status).toBe(404);
    expect((await t.anonymous.post(ACTION, { mark, viewed: '1' })).status).toBeGreaterThanOrEqual(300);
    expect((await bob.post(ACTION, { csrf, mark: 'x', viewed: '1' })).status).toBe(422);
    const away = await bob.post(ACTION, { csrf, mark, viewed: '1', back: 'https://evil.example/' });
    expect(away.headers.get('location')).toBe('/');
  });
});
