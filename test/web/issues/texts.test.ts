// Texts as each reader sees them: references become links only for those who may know of what they name, what was rendered
// is kept, and nobody smuggles markup or marks through any field.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Actor, ANONYMOUS, SYSTEM } from '../../../src/base/actor.ts';
import { addComment } from '../../../src/features/issues/comments.service.ts';
import { createIssue } from '../../../src/features/issues/issues.service.ts';
import { findIssueById } from '../../../src/features/issues/issues.store.ts';
import type { IssueRow } from '../../../src/features/issues/issues.types.ts';
import { mentionedPeople } from '../../../src/features/issues/references.service.ts';
import { previewText, renderTexts, type TextToRender } from '../../../src/features/issues/texts.service.ts';
import { addTeamMember } from '../../../src/features/orgs/team-members.service.ts';
import { createTeam } from '../../../src/features/orgs/teams.service.ts';
import { openRepositoryById } from '../../../src/features/repos/access.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { blockUser } from '../../../src/features/users/blocks.service.ts';
import { HOST, type TestApp, testApp } from '../../support/test-app.ts';
import { faultsOf } from '../../unit/markdown/judge-html.ts';
import { XSS_VECTORS } from '../../unit/markdown/xss-vectors.ts';
import { runGit } from '../code/import-commits.ts';
import { HEAD, makeRepository } from '../code/repositories.ts';
import { makeOrganization, makeTracker, type Tracker } from './tracker.ts';

let t: TestApp;
let open: Tracker;
let secret: Tracker;
beforeAll(async () => {
  t = await testApp();
  open = await makeTracker(t);
  secret = await makeTracker(t, { visibility: 'private' });
  await open.issue('The <b>first</b> & "quoted"');
  await secret.issue('Hidden plans');
});
afterAll(() => t.close());

const ada = () => t.actor('ada');

async function openFor(actor: Actor, place: OpenRepository = open.open): Promise<OpenRepository> {
  return openRepositoryById(t.app, actor, place.repository.id, 'issues:read');
}

async function seenBy(actor: Actor, body: string): Promise<string> {
  return previewText(t.app, await openFor(actor), body);
}

async function render(actor: Actor, issue: IssueRow): Promise<string> {
  const row = (await findIssueById(t.app.db.read, issue.id)) ?? issue;
  const text = { key: 'a', body: row.body, rendered: row.bodyRendered, of: { issueId: row.id } };
  return (await renderTexts(t.app, await openFor(actor), [text])).get('a') ?? '';
}

describe('references are links', () => {
  test('to issues, with their state and title', async () => {
    const html = await seenBy(ANONYMOUS, 'See #1, GH-1 and #99');
    const href = `${open.open.path}/issues/1`;
    const title = 'Open: The &lt;b&gt;first&lt;/b&gt; &amp; &quot;quoted&quot;';
    expect(html).toBe(
      `<p>See <a class="issue-link" href="${href}" title="${title}">#1</a>, <a class="issue-link" href="${href}" title="${title}">GH-1</a> and #99</p>\n`,
    );
  });

  test('of other repositories, by any case and by addresses shown short', async () => {
    const place = open.open.path.slice(1);
    const elsewhere = await makeTracker(t);
    const html = await previewText(
      t.app,
      await openFor(ANONYMOUS, elsewhere.open),
      `${place.toUpperCase()}#1 ${HOST}/${place}/issues/1#issuecomment-3`,
    );
    expect(html).toContain(`href="/${place}/issues/1"`);
    expect(html).toContain(`href="/${place}/issues/1#issuecomment-3"`);
    expect(html).toContain(`>${place}#1 (comment)</a>`);
  });

  test('to people and organizations that exist, and to no others', async () => {
    await makeOrganization(t, 'looms');
    const html = await seenBy(ANONYMOUS, '@ADA @looms @nobody-at-all @ada.');
    expect(html).toContain('<a class="user-mention" href="/ada">@ADA</a>');
    expect(html).toContain('<a class="user-mention" href="/looms">@looms</a>');
    expect(html).toContain(' @nobody-at-all ');
  });

  test('to commits: whole ids always, beginnings of those that exist', async () => {
    const code = await makeRepository(t, 'ada', 'coded', [{ ref: HEAD, message: 'Begin' }]);
    const oid = runGit(code.dir, 'rev-parse', HEAD);
    await t.app.db.write(async (tx) => {
      const { updateRepository } = await import('../../../src/features/repos/repos.store.ts');
      await updateRepository(tx, code.repository.id, { isEmpty: false });
    });
    const shown = await openFor(ANONYMOUS, code);
    const html = await previewText(t.app, shown, `${oid} ${oid.slice(0, 8)} deadbeef ada/coded@${oid}`);
    expect(
      html.match(new RegExp(`href="/ada/coded/commit/${oid}">${oid.slice(0, 7)}</a>`, 'g')),
    ).toHaveLength(3);
    expect(html).toContain(' deadbeef ');
  });
});

describe('nobody learns of what they may not see', () => {
  const name = () => secret.open.path.slice(1);

  test('private issues stay text as it was typed, exactly as missing ones', async () => {
    const body = `${name()}#1 ${HOST}/${name()}/issues/1 ada/nothing-there#1 ${HOST}/ada/nothing-there/issues/1`;
    for (const actor of [ANONYMOUS, await t.actor('stranger')]) {
      const html = await seenBy(actor, body);
      expect(html).not.toContain('Hidden plans');
      expect(html).not.toContain('issue-link');
      expect(html.replaceAll(name(), 'ada/nothing-there')).toBe(
        await seenBy(actor, body.replaceAll(name(), 'ada/nothing-there')),
      );
    }
    expect(await seenBy(await ada(), body)).toContain('title="Open: Hidden plans"');
  });

  test('also where an owner saw it first and the text is kept', async () => {
    const issue = await createIssue(t.app, await ada(), open.open, { title: 'x', body: `${name()}#1` });
    expect(await render(await ada(), issue)).toContain('Hidden plans');
    const kept = await findIssueById(t.app.db.read, issue.id);
    expect(JSON.stringify(kept?.bodyRendered)).not.toContain('Hidden plans');
    expect(await render(ANONYMOUS, issue)).toBe(`<p>${name()}#1</p>\n`);
  });

  test('teams are links to members alone, secret ones to their own people', async () => {
    const organizationId = await makeOrganization(t, 'guild');
    const owner = await ada();
    await createTeam(t.app, owner, organizationId, { name: 'weavers', description: '' });
    const hidden = await createTeam(t.app, owner, organizationId, {
      name: 'hidden',
      description: '',
      isSecret: true,
    });
    const body = '@guild/weavers @guild/hidden @guild/nothing';
    expect(await seenBy(ANONYMOUS, body)).toBe(`<p>${body}</p>\n`);
    expect(await seenBy(await t.actor('stranger'), body)).toBe(`<p>${body}</p>\n`);
    const member = await seenBy(await t.actor('mia'), body);
    expect(member).toContain('href="/orgs/guild/teams/weavers"');
    expect(member).not.toContain('teams/hidden');
    await addTeamMember(t.app, owner, organizationId, hidden.id, { username: 'mia', role: 'member' });
    expect(await seenBy(await t.actor('mia'), body)).toContain('teams/hidden');
  });

  test('organizations that are closed', async () => {
    const { createOrganization } = await import('../../../src/features/orgs/orgs.service.ts');
    await createOrganization(t.app, await ada(), { name: 'closed', displayName: '', visibility: 'private' });
    expect(await seenBy(await t.actor('stranger'), '@closed')).toBe('<p>@closed</p>\n');
    expect(await seenBy(await ada(), '@closed')).toContain('href="/closed"');
  });

  test('commits of code they may not read', async () => {
    const oid = 'f00dfeed'.repeat(5);
    expect(await seenBy(await t.actor('stranger'), `${name()}@${oid}`)).toBe(`<p>${name()}@${oid}</p>\n`);
    expect(await seenBy(await ada(), `${name()}@${oid}`)).toContain(`/commit/${oid}`);
  });
});

describe('what was rendered is kept', () => {
  test('and made anew for another text, whoever wrote the row', async () => {
    const issue = await createIssue(t.app, await ada(), open.open, { title: 'x', body: '**one** #1' });
    const first = await render(ANONYMOUS, issue);
    const row = await findIssueById(t.app.db.read, issue.id);
    expect(row?.bodyRendered?.html).toBe('<p><strong>one</strong> <!--ref:0--></p>\n');
    const text = (body: string) => ({
      key: 'a',
      body,
      rendered: row?.bodyRendered ?? null,
      of: { issueId: issue.id },
    });
    const again = await renderTexts(t.app, await openFor(ANONYMOUS), [text('**one** #1')]);
    expect(again.get('a')).toBe(first);
    const other = await renderTexts(t.app, await openFor(ANONYMOUS), [text('**two** #1')]);
    expect(other.get('a')).toContain('two');
  });

  test('a page of many costs the same statements as one of few', async () => {
    const issue = await open.issue('Long');
    const actor = await ada();
    const texts: TextToRender[] = [];
    for (let n = 0; n < 60; n++) {
      const body = `#1 @ada ${secret.open.path.slice(1)}#1 comment ${n}`;
      texts.push({ key: String(n), body, rendered: null, of: { issueId: issue.id } });
    }
    const few = await countReads(async () => renderTexts(t.app, await openFor(actor), texts.slice(0, 2)));
    const many = await countReads(async () => renderTexts(t.app, await openFor(actor), texts));
    expect(many.html.size).toBe(60);
    expect(many.reads).toBe(few.reads);
  });

  async function countReads(work: () => Promise<Map<string, string>>) {
    const read = t.app.db.read as unknown as Record<'select', (...args: unknown[]) => unknown>;
    const { select } = read;
    let reads = 0;
    read.select = (...args) => {
      reads += 1;
      return select.apply(read, args);
    };
    const html = await work();
    read.select = select;
    return { html, reads };
  }
});

test('XSS vectors in bodies and titles stay dead, also around references', async () => {
  const titled = await open.issue('"><img src=x onerror=hit()>');
  const body = XSS_VECTORS.map((vector) => `#${titled.number} ${vector} @ada`);
  const texts = body.map((source, n) => ({
    key: String(n),
    body: source,
    rendered: null,
    of: { issueId: titled.id },
  }));
  for (const [key, html] of await renderTexts(t.app, await openFor(await ada()), texts)) {
    const faults = faultsOf(html).filter(
      (fault) =>
        !/^(?:src|href) \/(?!\/)/.test(fault) && !/^class (?:issue-link|user-mention|sha)$/.test(fault),
    );
    expect(faults, body[Number(key)]).toEqual([]);
  }
});

describe('mentions', () => {
  test('are those who may read, by name or by their team, and not who blocked the writer', async () => {
    const organizationId = await makeOrganization(t, 'mill');
    const owner = await ada();
    const place = await makeTracker(t, { visibility: 'private', owner: 'mill' });
    const team = await createTeam(t.app, owner, organizationId, { name: 'millers', description: '' });
    await addTeamMember(t.app, owner, organizationId, team.id, { username: 'mia', role: 'member' });
    const opened = await openFor(owner, place.open);
    const ids = async (text: string) => {
      const found = await mentionedPeople(t.app, opened, text);
      return found.map(({ userId, byTeam }) => `${userId}${byTeam ? ' by team' : ''}`).sort();
    };
    const [mia, reader, writer] = [await t.actor('mia'), await t.actor('reader'), await t.actor('writer')];
    expect(await ids('@reader @stranger @nobody `@writer` @mill')).toEqual([`${reader.userId}`]);
    expect(await ids('@mill/millers @writer')).toEqual([`${mia.userId} by team`, `${writer.userId}`].sort());
    expect(await ids('@mia @mill/millers')).toEqual([`${mia.userId}`]);
    await blockUser(t.app, await t.actor('reader'), reader.userId, 'ada');
    expect(await ids('@reader')).toEqual([]);
  });

  test('of a team mention nobody when the writer may not know of it', async () => {
    const stranger = await openFor(await t.actor('stranger'));
    expect(await mentionedPeople(t.app, stranger, '@mill/millers')).toEqual([]);
  });
});

test('long titles do not make a page of any size', async () => {
  const titled = await open.issue('&'.repeat(255));
  const texts = Array.from({ length: 20 }, (_, n) => ({
    key: String(n),
    body: `#${titled.number} `.repeat(500),
    rendered: null,
    of: { issueId: titled.id },
  }));
  const html = await renderTexts(t.app, await openFor(await ada()), texts);
  expect(html.get('0')).toContain('title="Open: &amp;&amp;');
  expect(html.get('19')).toContain('class="issue-link"');
  expect([...html.values()].reduce((sum, one) => sum + one.length, 0)).toBeLessThan(4 * 1024 * 1024);
});

test('a comment that takes for ever comes out plain, and those beside it do not', async () => {
  const issue = await open.issue('Slow');
  const slow = await addComment(t.app, await ada(), open.open, issue, `${'*a **b '.repeat(9000)}`);
  const texts = [
    { key: 'slow', body: slow.body ?? '', rendered: null, of: { entryId: slow.id } },
    { key: 'quick', body: '**quick**', rendered: null, of: { issueId: issue.id } },
  ];
  const html = await renderTexts(t.app, await openFor(SYSTEM), texts);
  expect(html.get('quick')).toContain('<strong>quick</strong>');
  expect(html.get('slow')).toContain('*a **b');
}, 30_000);
