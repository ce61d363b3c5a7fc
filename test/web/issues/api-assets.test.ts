// Files of issues and comments by the API: as every role, with what becomes of the texts they are named in.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { HOST, type TestApp, testApp } from '../../support/test-app.ts';
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

async function send(who: string, method: string, path: string, body?: object | FormData) {
  if (who && !tokens.has(who)) tokens.set(who, await t.token(who, 'write:issue'));
  const isForm = body instanceof FormData;
  const answer = await t.web.request(
    `${HOST}/api/v1/repos${s.open.path}/issues${path}`,
    {
      method,
      headers: {
        ...(who ? { authorization: `token ${tokens.get(who)}` } : {}),
        ...(isForm ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    },
    { incoming: { socket: { remoteAddress: '127.0.0.1', encrypted: false }, headers: {} }, outgoing: {} },
  );
  const text = await answer.text();
  return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) };
}

function form(name: string, text = 'some words\n'): FormData {
  const data = new FormData();
  data.set('attachment', new File([text], name));
  return data;
}

const bodyOf = async () => (await s.issue()).body;

it('are added to an issue, named in its text, renamed and removed again', async () => {
  const made = await send('reader', 'POST', '/1/assets', form('notes.txt'));
  expect(made).toMatchObject({ status: 201, json: { name: 'notes.txt', size: 11, download_count: 0 } });
  const { id, uuid } = made.json;
  expect(await bodyOf()).toBe(
    `It **stops** after two rows.\n\n[notes.txt](${s.open.path}/attachments/${uuid})\n`,
  );
  expect((await send('', 'GET', '/1/assets')).json).toEqual([made.json]);
  expect((await send('', 'GET', '/1')).json.assets).toEqual([made.json]);
  const renamed = await send('reader', 'PATCH', `/1/assets/${id}`, { name: 'rows.txt' });
  expect(renamed).toMatchObject({ status: 201, json: { id, name: 'rows.txt' } });
  expect(await bodyOf()).toContain(`[rows.txt](${s.open.path}/attachments/${uuid})`);
  expect((await send('', 'GET', `/1/assets/${id}`)).json.name).toBe('rows.txt');
  expect((await send('reader', 'DELETE', `/1/assets/${id}`)).status).toBe(204);
  expect(await bodyOf()).not.toContain('attachments');
  expect((await send('', 'GET', `/1/assets/${id}`)).status).toBe(404);
  expect((await s.events()).slice(1)).toEqual([
    'issue.text_edited',
    'issue.text_edited',
    'issue.text_edited',
  ]);
});

it('are added to comments, and a comment of nothing but a file keeps its words', async () => {
  const comment = (await send('reader', 'POST', '/1/comments', { body: 'See:' })).json.id;
  const made = await send('reader', 'POST', `/comments/${comment}/assets?name=log.txt`, form('x.txt'));
  expect(made).toMatchObject({ status: 201, json: { name: 'log.txt' } });
  expect((await send('', 'GET', `/comments/${comment}`)).json).toMatchObject({ assets: [made.json] });
  expect((await send('', 'GET', `/1/assets/${made.json.id}`)).status).toBe(404);
  const markdown = (await send('', 'GET', `/comments/${comment}`)).json.body.split('\n\n')[1].trim();
  await send('reader', 'PATCH', `/comments/${comment}`, { body: markdown });
  expect((await send('reader', 'DELETE', `/comments/${comment}/assets/${made.json.id}`)).status).toBe(204);
  expect((await send('', 'GET', `/comments/${comment}`)).json).toMatchObject({ body: markdown, assets: [] });
});

it('take those who may edit the text, and files that are taken anywhere', async () => {
  expect((await send('', 'POST', '/1/assets', form('a.txt'))).status).toBe(401);
  expect((await send('stranger', 'POST', '/1/assets', form('a.txt'))).status).toBe(403);
  expect((await send('writer', 'POST', '/1/assets', form('a.txt'))).status).toBe(201);
  const { id } = (await send('', 'GET', '/1/assets')).json[0];
  for (const [method, body] of [
    ['PATCH', { name: 'b.txt' }],
    ['DELETE', undefined],
  ] as const)
    expect((await send('stranger', method, `/1/assets/${id}`, body)).status).toBe(403);
  expect((await send('reader', 'POST', '/1/assets', {})).status).toBe(422);
  expect((await send('reader', 'POST', '/1/assets', form('x.exe', 'MZ\0\0'))).status).toBe(422);
});

it('keep their kind of ending when they are renamed, so that no text becomes a page', async () => {
  const { id } = (await send('reader', 'POST', '/1/assets', form('a.txt'))).json;
  const named = await send('reader', 'PATCH', `/1/assets/${id}`, { name: 'a.html' });
  expect(named).toMatchObject({ status: 422, json: { message: expect.stringContaining('ending') } });
  expect((await send('reader', 'PATCH', `/1/assets/${id}`, { name: '../b.txt' })).json.name).toBe('b.txt');
});

it('of other issues are found by no address of this one', async () => {
  await send('reader', 'POST', '', { title: 'Another' });
  const { id } = (await send('reader', 'POST', '/2/assets', form('a.txt'))).json;
  expect((await send('reader', 'GET', `/1/assets/${id}`)).status).toBe(404);
  expect((await send('reader', 'DELETE', `/1/assets/${id}`)).status).toBe(404);
  expect((await send('reader', 'GET', '/1/assets/99999999999')).status).toBe(404);
});

it('take nothing from whoever edits the text meanwhile', async () => {
  const sent = ['a.txt', 'b.txt', 'c.txt'].map((name) => send('reader', 'POST', '/1/assets', form(name)));
  expect((await Promise.all(sent)).map(({ status }) => status)).toEqual([201, 201, 201]);
  expect((await bodyOf()).match(/attachments/g)).toHaveLength(3);
  expect((await send('', 'GET', '/1/assets')).json).toHaveLength(3);
});
