// References where no issue is: in messages of commits and in notes of releases. They become links only for who may know.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saveRelease } from '../../../src/features/releases/publishing.service.ts';
import { parseRelease } from '../../../src/features/releases/releases.input.ts';
import { updateRepository } from '../../../src/features/repos/repos.store.ts';
import { HOST, type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { importCommits, runGit } from '../code/import-commits.ts';
import { HEAD } from '../code/repositories.ts';
import { makeTracker, type Tracker } from './tracker.ts';

let t: TestApp;
let place: Tracker;
let secret: Tracker;
let oid: string;
beforeAll(async () => {
  t = await testApp();
  place = await makeTracker(t);
  secret = await makeTracker(t, { visibility: 'private' });
  await place.issue('Open <plans>');
  await secret.issue('Hidden plans');
  const hidden = `${secret.open.path.slice(1)}#1`;
  const message = `Mend #1 <b>now</b>\n\nFixes #1 by @ada, like ${hidden}.\nSee ${HOST}${place.open.path}/issues/1 and https://example.org/x#1 <script>hit()</script>`;
  importCommits(place.open.dir, [{ ref: HEAD, message, files: [{ path: 'a', data: 'b' }] }]);
  oid = runGit(place.open.dir, 'rev-parse', HEAD);
  await t.app.db.write((tx) => updateRepository(tx, place.open.repository.id, { isEmpty: false }));
  for (const tag of ['v1', 'v2']) {
    const body = `Closes #1, thanks @reader, like ${hidden}; \`#1\` <img src=x onerror=hit()> <!--ref:0-->`;
    const release = parseRelease({
      tag,
      target: 'main',
      title: tag,
      body,
      isDraft: false,
      isPrerelease: false,
    });
    await saveRelease(t.app, await t.actor('ada'), place.open, undefined, release);
  }
});
afterAll(() => t.close());

const issueLink = () =>
  `<a class="issue-link" href="${place.open.path}/issues/1" title="Open: Open &lt;plans&gt;">#1</a>`;
const read = async (visitor: Visitor, path: string) =>
  (await visitor.get(`${place.open.path}${path}`)).text();

describe('a commit’s page', () => {
  test('links what its message refers to, escaped as ever', async () => {
    const html = await read(t.anonymous, `/commit/${oid}`);
    expect(html).toContain(`<h2 class="commit-heading">Mend ${issueLink()} &lt;b&gt;now&lt;/b&gt;</h2>`);
    expect(html).toContain(`Fixes ${issueLink()} by <a class="user-mention" href="/ada">@ada</a>`);
    expect(html).toContain(`See ${issueLink()} and <a href="https://example.org/x#1"`);
    expect(html).toContain('&lt;script&gt;hit()&lt;/script&gt;');
  });

  test('tells nobody of private issues but those who may see them', async () => {
    for (const visitor of [t.anonymous, place.people.stranger]) {
      const html = await read(visitor, `/commit/${oid}`);
      expect(html).toContain(`like ${secret.open.path.slice(1)}#1.`);
      expect(html).not.toContain('Hidden plans');
    }
    expect(await read(place.people.ada, `/commit/${oid}`)).toContain('title="Open: Hidden plans"');
  });
});

describe('notes of releases', () => {
  test.each(['/releases', '/releases/tag/v1', '/releases.atom'])('on %s', async (path) => {
    const html = (await read(t.anonymous, path)).replaceAll('&lt;', '<').replaceAll('&gt;', '>');
    const link = path.endsWith('.atom') ? 'class=&quot;issue-link&quot;' : 'class="issue-link"';
    expect(html.replaceAll('&#34;', '&quot;')).toContain(link);
    expect(html).toContain('<code>#1</code>');
    expect(html).not.toContain('Hidden plans');
    expect(html).not.toContain('<!--ref');
    expect(html).not.toContain('onerror');
  });

  test('show a private issue’s title to those who may see it', async () => {
    expect(await read(place.people.ada, '/releases')).toContain('Hidden plans');
    expect(await read(place.people.ada, '/releases')).toContain('Hidden plans');
    expect(await read(t.anonymous, '/releases')).not.toContain('Hidden plans');
  });
});
