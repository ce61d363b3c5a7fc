// What the API takes for each chat reaches the chat as it wants it, and neither tokens nor addresses stand in the log.
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

async function call(method: string, path: string, body?: object) {
  const headers = { authorization: `token ${token}`, 'content-type': 'application/json' };
  const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
  const answer = await site.web.request(`${HOST}/api/v1/repos/ada/tools/hooks${path}`, init);
  const text = await answer.text();
  return text === '' ? undefined : JSON.parse(text);
}

const ROOM = '/_matrix/client/v3/rooms/!a%3Am.org/send/m.room.message/';

it.each([
  [
    'slack',
    '/services/secret-part',
    { channel: '#dev' },
    { method: 'POST', path: /^\/services\/secret-part$/ },
  ],
  [
    'discord',
    '/api/webhooks/1/secret-part',
    {},
    { method: 'POST', path: /^\/api\/webhooks\/1\/secret-part/ },
  ],
  [
    'msteams',
    '/workflows/secret-part?sig=x',
    {},
    { method: 'POST', path: /^\/workflows\/secret-part\?sig=x$/ },
  ],
  ['mattermost', '/hooks/secret-part', {}, { method: 'POST', path: /^\/hooks\/secret-part$/ }],
  [
    'telegram',
    '/bot1:secret-part/sendMessage?chat_id=-1',
    {},
    { method: 'POST', path: /^\/bot1:secret-part\/sendMessage/ },
  ],
  ['matrix', '', { access_token: 'secret-part', room_id: '!a:m.org' }, { method: 'PUT', path: ROOM }],
])('%s', async (type, path, config, wanted) => {
  const given = { url: `${site.sink.url}${path}`, ...config };
  const { id } = await call('POST', '', { type, config: given, active: true });
  site.sink.received.length = 0;
  await call('POST', `/${id}/tests`);
  await site.settle();
  const [came] = site.sink.received;
  expect(came?.method).toBe(wanted.method);
  const where = decodeURIComponent(came?.path ?? '');
  if (typeof wanted.path === 'string') expect(where.startsWith(decodeURIComponent(wanted.path))).toBe(true);
  else expect(came?.path).toMatch(wanted.path);
  if (type === 'matrix') expect(came?.headers.authorization).toBe('Bearer secret-part');
  if (type === 'telegram') expect(JSON.parse(came?.body.toString() ?? '').chat_id).toBe('-1');
  if (type === 'slack') expect(JSON.parse(came?.body.toString() ?? '').channel).toBe('#dev');
  const [first] = await call('GET', `/${id}/deliveries`);
  expect(first.state).toBe('delivered');
  const said = JSON.stringify([
    await call('GET', `/${id}/deliveries/${first.id}`),
    await call('GET', `/${id}`),
  ]);
  expect(said).not.toContain('secret-part');
});
