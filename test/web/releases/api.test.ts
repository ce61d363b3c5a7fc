// Releases and their files through the API, in Gitea's shapes, and resumable uploads by token.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { makeScenario, type Scenario } from './scenario.ts';

let t: TestApp;
let s: Scenario;
let token: string;

beforeAll(async () => {
  t = await testApp({ server: { max_body_bytes: 100_000 } });
  s = await makeScenario(t);
  token = await t.token('writer', 'write:repository');
});
afterAll(() => t.close());

async function api(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const isJson = body !== undefined && !(body instanceof FormData) && !(body instanceof Uint8Array);
  const init = {
    method,
    headers: {
      authorization: `token ${token}`,
      ...(isJson ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    body: isJson ? JSON.stringify(body) : (body as BodyInit | undefined),
  };
  const answer = await t.anonymous.request(`/api/v1/repos${s.open.path}${path}`, init as RequestInit);
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text,
  };
}

it('releases are made, read, changed and deleted', async () => {
  const made = await api('POST', '/releases', {
    tag_name: 'v1',
    target_commitish: 'main',
    name: 'One',
    body: 'Notes',
  });
  expect(made).toMatchObject({
    status: 201,
    body: {
      tag_name: 'v1',
      name: 'One',
      body: 'Notes',
      draft: false,
      prerelease: false,
      author: { login: 'writer' },
      assets: [],
      target_commitish: 'main',
    },
  });
  const { id } = made.body;
  expect((await api('POST', '/releases', { tag_name: 'v1' })).status).toBe(409);
  expect((await api('GET', '/releases/latest')).body.id).toBe(id);
  expect((await api('GET', '/releases/tags/v1')).body.id).toBe(id);
  expect((await api('PATCH', `/releases/${id}`, { prerelease: true, name: null })).body).toMatchObject({
    prerelease: true,
    name: 'One',
  });
  expect((await api('GET', '/releases/latest')).status).toBe(404);
  const draft = await api('POST', '/releases', { tag_name: 'v2', draft: true });
  expect(draft.body).toMatchObject({ draft: true });
  expect((await api('GET', '/releases')).body.map((one: { tag_name: string }) => one.tag_name)).toEqual([
    'v2',
    'v1',
  ]);
  const first = await api('GET', '/releases?limit=1');
  expect(first.headers.get('link')).toContain('limit=1&page=2>; rel="next"');
  expect((await api('GET', '/releases?limit=1&page=2')).body).toMatchObject([{ tag_name: 'v1' }]);
  expect((await api('PATCH', `/releases/${draft.body.id}`, { draft: false })).body).toMatchObject({
    draft: false,
  });
  expect((await api('GET', '/tags/v2')).status).toBe(200);
  expect((await api('DELETE', '/releases/tags/v2')).status).toBe(204);
  expect((await api('DELETE', `/releases/${id}`)).status).toBe(204);
  expect((await api('GET', `/releases/${id}`)).status).toBe(404);
  expect((await api('POST', '/releases', { tag_name: 'v3', draft: 'yes' })).status).toBe(422);
});

it('files are added by a form or as they are, renamed and deleted', async () => {
  const { id } = (await api('POST', '/releases', { tag_name: 'v5' })).body;
  const form = new FormData();
  form.append('attachment', new File(['form'], 'form.txt'));
  expect((await api('POST', `/releases/${id}/assets`, form)).body).toMatchObject({
    name: 'form.txt',
    size: 4,
  });
  const large = new Uint8Array(1_000_000).fill(7);
  const bytes = { 'content-type': 'application/octet-stream' };
  const added = await api('POST', `/releases/${id}/assets?name=large.bin`, large, bytes);
  expect(added).toMatchObject({ status: 201, body: { name: 'large.bin', size: 1_000_000 } });
  expect((await api('POST', `/releases/${id}/assets?name=large.bin`, large, bytes)).status).toBe(422);
  const renamed = await api('PATCH', `/releases/${id}/assets/${added.body.id}`, { name: 'b.bin' });
  expect(renamed.body.browser_download_url).toBe(
    `http://127.0.0.1:3000${s.open.path}/releases/download/v5/b.bin`,
  );
  expect((await api('PATCH', `/releases/${id}/assets/${added.body.id}`, { name: 'form.txt' })).status).toBe(
    422,
  );
  expect((await api('DELETE', `/releases/${id}/assets/${added.body.id}`)).status).toBe(204);
  expect((await api('GET', `/releases/${id}/assets`)).body).toHaveLength(1);
  const other = (await api('POST', '/releases', { tag_name: 'v6' })).body.id;
  const [kept] = (await api('GET', `/releases/${id}/assets`)).body;
  expect((await api('GET', `/releases/${other}/assets/${kept.id}`)).status).toBe(404);
});

it('uploads are resumable by token, and closed to tokens that only read', async () => {
  const { id } = (await api('POST', '/releases', { tag_name: 'v7' })).body;
  const metadata = {
    'upload-length': '6',
    'upload-metadata': `filename ${Buffer.from('t.bin').toString('base64')}`,
  };
  const begun = await api('POST', `/releases/${id}/uploads`, undefined, metadata);
  expect(begun.status).toBe(201);
  const at = (begun.headers.get('location') ?? '').slice(`/api/v1/repos${s.open.path}`.length);
  const part = (offset: number, text: string) =>
    api('PATCH', at, new Uint8Array(Buffer.from(text)), {
      'upload-offset': String(offset),
      'content-type': 'application/offset+octet-stream',
    });
  expect((await part(0, 'abc')).status).toBe(204);
  expect((await api('HEAD', at)).headers.get('upload-offset')).toBe('3');
  const writing = token;
  token = await t.token('writer', 'read:repository');
  expect((await part(3, 'def')).status).toBe(403);
  token = writing;
  expect((await part(3, 'def')).status).toBe(204);
  expect((await api('GET', `/releases/${id}/assets`)).body).toMatchObject([{ name: 't.bin', size: 6 }]);
});

it('a body that calls itself another kind of multipart is no way round the limit of forms', async () => {
  const { body: release } = await api('POST', '/releases', {
    tag_name: 'multipart',
    target_commitish: 'main',
  });
  let sent = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        sent += 64 * 1024;
        if (sent > 8 * 1024 * 1024) return controller.close();
        controller.enqueue(new Uint8Array(64 * 1024));
      },
    },
    { highWaterMark: 0 },
  );
  const answer = await t.anonymous.request(
    `/api/v1/repos${s.open.path}/releases/${release.id}/assets?name=x`,
    {
      method: 'POST',
      headers: { authorization: `token ${token}`, 'content-type': 'multipart/mixed; boundary=b' },
      body,
      duplex: 'half',
    } as RequestInit,
  );
  // It is a file like any other then: streamed to the disk, never held whole.
  expect(answer.status).toBe(201);
  expect(await answer.json()).toMatchObject({ name: 'x', size: 8 * 1024 * 1024 });
});
