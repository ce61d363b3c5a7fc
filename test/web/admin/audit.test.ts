// Reading the audit log: filters, pages, export, and who may.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOrganization } from '../../../src/features/orgs/orgs.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { changeRepository, createRepository } from '../../../src/features/repos/repos.service.ts';
import { acceptTransfer, transferRepository } from '../../../src/features/repos/transfers.service.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';

let t: TestApp;
let olga: Visitor;

beforeAll(async () => {
  t = await testApp();
  olga = await t.as('olga', { isAdmin: true });
  const { userId } = await t.actor('bob');
  const { suspendUser, unsuspendUser } = await import('../../../src/features/users/standing.service.ts');
  const admin = { ...(await t.actor('olga')), address: '192.0.2.7' };
  await suspendUser(t.app, admin, userId);
  await unsuspendUser(t.app, { ...admin, address: '2001:db8::9' }, userId);
});
afterAll(() => t.close());

const shown = async (query: string) => (await olga.get(`/admin/audit${query}`)).text();
const exported = async (query: string): Promise<Record<string, unknown>[]> =>
  (await (await olga.get(`/admin/audit/export${query}`)).text())
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

test('an entry names who did what to whom, from where', async () => {
  expect(await exported('?kind=user.suspended')).toMatchObject([
    { kind: 'user.suspended', actor: 'olga', user: 'bob', via: 'session', address: '192.0.2.7', data: {} },
  ]);
  const text = await shown('?kind=user.suspended');
  for (const part of ['olga', 'bob', '192.0.2.7', 'user.suspended']) expect(text).toContain(part);
});

test('what an act says of teams and people is read by their names, not by numbers and keys', async () => {
  const owner = await t.actor('olga');
  const { createOrganization } = await import('../../../src/features/orgs/orgs.service.ts');
  const { createTeam } = await import('../../../src/features/orgs/teams.service.ts');
  const { addMember } = await import('../../../src/features/orgs/members.service.ts');
  const { addTeamMember } = await import('../../../src/features/orgs/team-members.service.ts');
  const { id } = await createOrganization(t.app, owner, { name: 'mill', visibility: 'private' });
  const team = await createTeam(t.app, owner, id, { name: 'crank' });
  await addMember(t.app, owner, id, (await t.actor('tess')).userId, 'member');
  await addTeamMember(t.app, owner, id, team.id, { username: 'tess', role: 'maintainer' });
  const text = await shown('?kind=team_member.added');
  expect(text).toContain(
    'team: <span class="mono">crank</span> · role: <span class="mono">maintainer</span>',
  );
  expect(text).not.toContain('teamId');
  expect(await exported('?kind=team_member.added')).toMatchObject([
    { data: { teamId: team.id, role: 'maintainer' } },
  ]);
});

test('the filters narrow, alone and together', async () => {
  const kinds = async (query: string) => (await exported(query)).map((entry) => entry.kind);
  expect(await kinds('?address=192.0.2.')).toEqual(['user.suspended']);
  expect(await kinds('?address=2001:db8::9&person=BOB')).toEqual(['user.unsuspended']);
  expect(await kinds('?person=bob')).toEqual(['user.unsuspended', 'user.suspended', 'user.created']);
  expect(await kinds('?person=nobody')).toEqual([]);
  expect(await kinds('?kind=user.suspended&address=192.0.2.7&person=olga')).toEqual(['user.suspended']);
  expect(await kinds('?address=%25')).toEqual([]);
  expect(await kinds('?organization=nobody')).toEqual([]);
  const today = new Date(t.app.clock.now()).toISOString().slice(0, 10);
  expect((await kinds(`?from=${today}&to=${today}`)).length).toBeGreaterThan(2);
  expect(await kinds('?to=2001-01-01')).toEqual([]);
  expect((await olga.get('/admin/audit?from=yesterday')).status).toBe(422);
});

test('long logs are read page by page, and exported whole', async () => {
  const { appendAudit } = await import('../../../src/platform/events/audit.ts');
  await t.app.db.write(async (tx) => {
    for (let number = 0; number < 620; number += 1) {
      await appendAudit(
        tx,
        t.app.secrets,
        { kind: 'mail.tested', to: `${number}@example.org` },
        1_000_000_000_000,
      );
    }
  });
  const first = await shown('?kind=mail.tested');
  expect(first.match(/mail\.tested<\/strong>/g)).toHaveLength(50);
  const next = /href="(\/admin\/audit\?[^"]*before=[^"]*)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const second = await (await olga.get(next)).text();
  expect(second).toContain('569@example.org');
  expect(second).not.toContain('570@example.org');
  const all = await exported('?kind=mail.tested');
  expect(all).toHaveLength(620);
  expect(new Set(all.map((entry) => entry.sequence)).size).toBe(620);
});

test('the export is a download that nobody keeps', async () => {
  const answer = await olga.get('/admin/audit/export?kind=user.suspended');
  expect(answer.headers.get('content-type')).toContain('application/jsonl');
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="audit.jsonl"');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  await answer.text();
});

test('what others wrote is shown as text', async () => {
  await t.app.db.write((tx) =>
    t.app.events.record(tx, { kind: 'mail.tested', to: '<script>alert(1)</script>' }),
  );
  expect(await shown('?kind=mail.tested')).toContain('&lt;script&gt;alert(1)');
});

test('owners read the part of their organization and nobody else’s', async () => {
  const { createOrganization } = await import('../../../src/features/orgs/orgs.service.ts');
  const owner = await t.actor('owen');
  const made = await createOrganization(t.app, owner, { name: 'engines', visibility: 'private' });
  await createOrganization(t.app, await t.actor('olga'), { name: 'others', visibility: 'public' });
  const { addMember } = await import('../../../src/features/orgs/members.service.ts');
  await addMember(t.app, { kind: 'system' }, made.id, (await t.actor('mia')).userId, 'member');
  const [owen, mia, mallory] = [await t.as('owen'), await t.as('mia'), await t.as('mallory')];
  const path = '/orgs/engines/settings/audit';
  const lines = (await (await owen.get(`${path}/export`)).text()).split('\n').filter(Boolean);
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(entries.length).toBeGreaterThan(1);
  expect(new Set(entries.map((entry) => entry.organization))).toEqual(new Set(['engines']));
  expect(entries.map((entry) => entry.kind)).toContain('organization.created');
  const shownPage = await (await owen.get(path)).text();
  expect(shownPage).toContain('organization.created');
  expect(shownPage).not.toContain('user.suspended</strong>');
  // A filter of one's own does not widen the part.
  expect(await (await owen.get(`${path}/export?organization=others`)).text()).not.toContain('others');
  expect((await olga.get(path)).status).toBe(200);
  expect((await mia.get(path)).status).toBe(403);
  expect((await mallory.get(path)).status).toBe(404);
  expect((await mallory.get(`${path}/export`)).status).toBe(404);
  expect((await t.anonymous.get(`${path}/export`)).status).not.toBe(200);
});

test('owners are not told how a repository that left their organization is named and owned today', async () => {
  const owner = await t.actor('lena');
  await createOrganization(t.app, owner, { name: 'left-behind', visibility: 'public' });
  const input = { visibility: 'private', owner: 'left-behind' };
  for (const name of ['kept', 'moved'])
    await createRepository(t.app, owner, parseNewRepository({ ...input, name }));
  const taker = await t.actor('taker');
  const open = await openRepository(t.app, owner, 'left-behind', 'moved', 'repository:own');
  await transferRepository(t.app, owner, open, 'taker');
  await acceptTransfer(t.app, taker, open.repository.id);
  const theirs = await openRepository(t.app, taker, 'taker', 'moved', 'repository:own');
  await changeRepository(t.app, taker, theirs, { name: 'quiet-startup' });
  const lena = await t.as('lena');
  for (const path of ['', '/export']) {
    const text = await (await lena.get(`/orgs/left-behind/settings/audit${path}`)).text();
    expect(text).toContain('left-behind/kept');
    expect(text).toContain('repository.transferred');
    expect(text).not.toContain('quiet-startup');
  }
  expect(await shown('?person=taker')).toContain('taker/quiet-startup');
});
