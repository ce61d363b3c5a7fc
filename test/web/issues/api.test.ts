// Issues and comments by the API, in Gitea's shapes, as every role and by tokens of every scope.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { type Conversation, startConversation } from './conversation.ts';

let t: TestApp;
let s: Conversation;
const tokens = new Map<string, string>();

beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());
beforeEach(async () => {
  s = await startConversation(t);
});

async function call(who: string, method: string, path: string, body?: unknown, scopes = 'write:issue') {
  const key = `${who} ${scopes}`;
  const token = tokens.get(key) ?? (who ? await t.token(who, scopes) : '');
  tokens.set(key, token);
  const answer = await t.anonymous.request(`/api/v1/repos${s.open.path}/issues${path}`, {
    method,
    headers: {
      ...(who ? { authorization: `token ${token}` } : {}),
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, json: text === '' ? undefined : JSON.parse(text) };
}

describe('issues', () => {
  it('are opened, read, changed and deleted', async () => {
    const made = await call('stranger', 'POST', '', {
      title: 'By API',
      body: '**hi**',
      labels: [1],
      closed: false,
    });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      number: 2,
      title: 'By API',
      body: '**hi**',
      state: 'open',
      user: { login: 'stranger' },
      labels: [],
      milestone: null,
      assignees: null,
      comments: 0,
      is_locked: false,
      pull_request: null,
      repository: { full_name: s.open.path.slice(1), owner: 'ada' },
    });
    expect((await call('', 'GET', '/2')).json.html_url).toBe(`${t.app.publicUrl()}${s.open.path}/issues/2`);
    const changed = await call('stranger', 'PATCH', '/2', { title: 'Better', body: 'new', state: 'closed' });
    expect(changed.status).toBe(201);
    expect(changed.json).toMatchObject({
      title: 'Better',
      body: 'new',
      state: 'closed',
      state_reason: 'completed',
    });
    expect(changed.json.closed_at).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect((await call('writer', 'DELETE', '/2')).status).toBe(403);
    expect((await call('ada', 'DELETE', '/2')).status).toBe(204);
    expect((await call('ada', 'GET', '/2')).status).toBe(404);
    expect((await s.events()).slice(1)).toEqual([
      'issue.opened',
      'issue.text_edited',
      'issue.renamed',
      'issue.closed',
      'issue.deleted',
    ]);
  });

  it('are sorted by those who may, and by nobody else', async () => {
    const dates = { due_date: '2030-01-02T10:00:00Z', assignees: ['writer'] };
    expect((await call('stranger', 'PATCH', '/1', dates)).status).toBe(403);
    const done = await call('triager', 'PATCH', '/1', dates);
    expect(done.json).toMatchObject({ due_date: '2030-01-02T00:00:00Z', assignees: [{ login: 'writer' }] });
    expect((await call('triager', 'PATCH', '/1', { unset_due_date: true })).json.due_date).toBeNull();
    expect((await call('stranger', 'PATCH', '/1', { title: 'x' })).status).toBe(403);
    expect((await call('stranger', 'PATCH', '/1', { state: 'closed' })).status).toBe(403);
    for (const wrong of [
      { title: 7 },
      { state: 'x' },
      { labels: ['x'] },
      { assignees: [1] },
      { due_date: 'soon' },
    ])
      expect((await call('triager', 'PATCH', '/1', wrong)).status).toBe(422);
  });

  it('keep the text that was saved meanwhile when the version is named', async () => {
    await call('reader', 'PATCH', '/1', { body: 'first', content_version: 0 });
    expect((await call('writer', 'PATCH', '/1', { body: 'second', content_version: 0 })).status).toBe(409);
    expect((await call('', 'GET', '/1')).json).toMatchObject({ body: 'first', content_version: 1 });
  });

  it('are locked and pinned', async () => {
    expect((await call('triager', 'PUT', '/1/lock', {})).status).toBe(403);
    expect((await call('writer', 'PUT', '/1/lock', { lock_reason: 'Too heated' })).status).toBe(204);
    expect((await call('reader', 'POST', '/1/comments', { body: 'x' })).status).toBe(403);
    expect((await call('writer', 'DELETE', '/1/lock')).status).toBe(204);
    expect((await call('writer', 'POST', '/1/pin')).status).toBe(204);
    expect((await call('', 'GET', '/pinned')).json).toHaveLength(1);
    expect((await call('writer', 'DELETE', '/1/pin')).status).toBe(204);
    const timeline = (await call('', 'GET', '/1/timeline')).json as { type: string }[];
    expect(timeline.map(({ type }) => type)).toEqual(['lock', 'unlock', 'pin', 'unpin']);
  });

  it('have timelines whose pages by number end, and are not the first one for ever', async () => {
    for (const body of ['one', 'two', 'three']) await call('stranger', 'POST', '/1/comments', { body });
    const bodies = async (page: number) => {
      const { json, headers } = await call('', 'GET', `/1/timeline?limit=2&page=${page}`);
      return [json.map(({ body }: { body: string }) => body), headers.get('link') ?? ''];
    };
    expect(await bodies(1)).toEqual([
      ['one', 'two'],
      expect.stringMatching(/timeline\?limit=2&after=\d+>; rel="next"$/),
    ]);
    expect(await bodies(2)).toEqual([['three'], expect.not.stringContaining('rel="next"')]);
    expect((await bodies(3))[0]).toEqual([]);
    expect((await call('', 'GET', '/1/timeline?page=100000')).status).toBe(422);
    const { json } = await call('', 'GET', '/1/timeline?limit=2');
    const behind = await call('', 'GET', `/1/timeline?after=${json[1].id}`);
    expect(behind.json).toMatchObject([{ body: 'three' }]);
    expect(behind.headers.get('link')).toBeNull();
  });

  it('ask tokens for the scope of issues', async () => {
    expect((await call('reader', 'GET', '/1', undefined, 'read:issue')).status).toBe(200);
    expect((await call('reader', 'POST', '/1/comments', { body: 'x' }, 'read:issue')).status).toBe(403);
    expect((await call('reader', 'GET', '/1', undefined, 'write:repository')).status).toBe(403);
  });
});

describe('comments', () => {
  it('are written, listed, edited and deleted', async () => {
    const one = await call('stranger', 'POST', '/1/comments', { body: 'one' });
    expect(one.status).toBe(201);
    expect(one.json).toMatchObject({ body: 'one', user: { login: 'stranger' } });
    await call('reader', 'POST', '/1/comments', { body: 'two' });
    expect((await call('', 'GET', '/1/comments')).json).toHaveLength(2);
    const page = await call('', 'GET', '/1/comments?limit=1&page=2');
    expect(page.json).toMatchObject([{ body: 'two' }]);
    expect((await call('', 'GET', '/comments?limit=1')).headers.get('link')).toContain('rel="next"');
    expect((await call('', 'GET', '/comments?limit=1&page=2')).json).toMatchObject([{ body: 'two' }]);
    expect((await call('', 'GET', '/comments?since=2100-01-01T00:00:00Z')).json).toEqual([]);
    expect((await call('', 'GET', '/comments?since=2000-01-01T00:00:00Z')).json).toHaveLength(2);
    expect((await call('', 'GET', '/comments?before=2000-01-01T00:00:00Z')).json).toEqual([]);
    expect((await call('', 'GET', '/comments?since=nonsense')).status).toBe(422);
    const path = `/comments/${one.json.id}`;
    expect((await call('reader', 'PATCH', path, { body: 'x' })).status).toBe(403);
    expect((await call('stranger', 'PATCH', path, { body: 'better' })).json.body).toBe('better');
    expect((await call('stranger', 'PATCH', path, { body: 'x', content_version: 0 })).status).toBe(409);
    expect((await call('reader', 'DELETE', path)).status).toBe(403);
    expect((await call('stranger', 'DELETE', path)).status).toBe(204);
    expect((await call('', 'GET', path)).status).toBe(404);
    expect((await call('reader', 'POST', '/1/comments', { body: ' ' })).status).toBe(422);
    expect((await call('', 'POST', '/1/comments', { body: 'x' })).status).toBe(401);
  });

  it('that were edited since are told to whoever asks for what changed since', async () => {
    const clock = t.app.clock.now;
    const made = await call('stranger', 'POST', '/1/comments', { body: 'one' });
    await call('stranger', 'POST', '/1/comments', { body: 'other' });
    const edited = Date.now() + 3_600_000;
    try {
      t.app.clock.now = () => edited;
      await call('stranger', 'PATCH', `/comments/${made.json.id}`, { body: 'better' });
    } finally {
      t.app.clock.now = clock;
    }
    const since = new Date(edited - 60_000).toISOString();
    for (const path of ['/comments', '/1/comments'])
      expect((await call('', 'GET', `${path}?since=${since}`)).json).toMatchObject([{ body: 'better' }]);
    expect((await call('', 'GET', `/1/comments?before=${since}`)).json).toMatchObject([{ body: 'other' }]);
  });

  it('of another repository are not reached by their id', async () => {
    const one = await call('stranger', 'POST', '/1/comments', { body: 'one' });
    s = await startConversation(t, 'private');
    expect((await call('ada', 'GET', `/comments/${one.json.id}`)).status).toBe(404);
    expect((await call('ada', 'DELETE', `/comments/${one.json.id}`)).status).toBe(404);
    expect((await call('stranger', 'GET', '/1')).status).toBe(404);
    expect((await call('stranger', 'GET', '/comments')).status).toBe(404);
  });
});
