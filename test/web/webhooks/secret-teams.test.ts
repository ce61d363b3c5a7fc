// What webhooks tell of secret teams: to their organization everything, to those of a repository no more than its pages do.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HOST } from '../../support/test-app.ts';
import { type HookSite, hookSite } from './hook-site.ts';

let site: HookSite;
let token: string;

beforeAll(async () => {
  site = await hookSite();
  token = await site.token('ada');
});
afterAll(() => site.close());

async function call(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const answer = await site.web.request(`${HOST}/api/v1${path}`, {
    method,
    headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === '' ? {} : JSON.parse(text);
}

it('the webhook of a repository does not tell those who administer it of secret teams', async () => {
  const { id: ownerId } = await call('POST', '/orgs', { username: 'mill' });
  const { id: repositoryId } = await call('POST', '/orgs/mill/repos', { name: 'engine', auto_init: true });
  const team = { name: 'ghosts', description: 'Hidden doings', permission: 'write', is_secret: true };
  await call('POST', '/orgs/mill/teams', team);
  await site.settle();
  const url = (path: string) => ({ url: `${site.sink.url}/${path}` });
  await site.hook(url('repository'), { scope: 'repository', repositoryId: Number(repositoryId) });
  await site.hook(
    { ...url('github'), format: 'github' },
    { scope: 'repository', repositoryId: Number(repositoryId) },
  );
  await site.hook(url('organization'), { scope: 'organization', ownerId: Number(ownerId) });

  await call('PUT', '/repos/mill/engine/teams/ghosts');
  const file = { content: 'eA==', message: 'Add', new_branch: 'topic' };
  await call('POST', '/repos/mill/engine/contents/new.md', file);
  await call('POST', '/repos/mill/engine/pulls', { title: 'New', head: 'topic', base: 'main' });
  await call('POST', '/repos/mill/engine/pulls/1/requested_reviewers', { team_reviewers: ['ghosts'] });
  await site.settle();

  const told = (path: string) => site.sink.received.filter((one) => one.path === `/${path}`);
  const eventsOf = (path: string) =>
    told(path).map(({ headers }) => headers['x-github-event-type'] ?? headers['x-github-event']);
  const said = (path: string) =>
    told(path)
      .map(({ body }) => body.toString())
      .join('\n');
  for (const path of ['repository', 'github']) {
    expect(eventsOf(path).length).toBeGreaterThan(2);
    expect(eventsOf(path)).not.toContain('team');
    expect(said(path)).not.toContain('Hidden doings');
  }
  expect(eventsOf('organization')).toContain('team');
  expect(said('organization')).toContain('Hidden doings');
});
