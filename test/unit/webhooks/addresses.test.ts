// Where webhooks are sent, as people give it: what becomes of tokens and credentials, and what is shown again.
import { expect, it } from 'vitest';
import { shownAddress } from '../../../src/features/webhooks/hook-addresses.service.ts';
import { parseHookChanges, parseNewHook } from '../../../src/features/webhooks/hooks.input.ts';

const NEW = { url: 'https://ci.example.com/hook', events: ['push'] };

it('credentials in an address become the header that they stand for', () => {
  const hook = parseNewHook({ ...NEW, format: 'gitea', url: 'https://me:p%C3%A4ss@ci.example.com/hook#x' });
  expect(hook.url).toBe('https://ci.example.com/hook');
  expect(hook.authorization).toBe(`Basic ${Buffer.from('me:päss', 'utf8').toString('base64')}`);
  const both = { ...NEW, format: 'gitea', url: 'https://me:pass@ci.example.com/', authorization: 'Bearer x' };
  expect(() => parseNewHook(both)).toThrow('one of both');
});

it('hosts in odd forms become plain ones', () => {
  const hook = (url: string) => parseNewHook({ ...NEW, format: 'gitea', url }).url;
  expect(hook('HTTP://0x7f.1/')).toBe('http://127.0.0.1/');
  expect(hook('https://BÜCHER.example/')).toBe('https://xn--bcher-kva.example/');
  for (const url of [
    '',
    'https://',
    '//example.org',
    'javascript:alert(1)',
    'https://a b/',
    'ext::sh',
    'http:example.org',
  ])
    expect(() => hook(url), url).toThrow('begins with https://');
});

it('a bot’s token lies in the address of Telegram, which is never shown', () => {
  const hook = parseNewHook({
    format: 'telegram',
    token: '12:ab-C_d',
    options: { chat_id: '@here' },
    sendsAll: true,
  });
  expect(hook.url).toBe('https://api.telegram.org/bot12:ab-C_d/sendMessage');
  expect(shownAddress('telegram', hook.url)).toBe('https://api.telegram.org/…');
  const bad = { format: 'telegram', token: '12:ab/../x?y', options: { chat_id: '1' }, sendsAll: true };
  expect(() => parseNewHook(bad)).toThrow('token looks like');
});

it('Matrix keeps the homeserver, the room beside it, and the token as a header', () => {
  const hook = parseNewHook({
    ...{ format: 'matrix', token: 'syt_x', sendsAll: true },
    url: 'https://m.example.org/base/_matrix/client/r0/rooms/%21a:m.org/send/m.room.message',
  });
  expect(hook).toMatchObject({ url: 'https://m.example.org/base', authorization: 'Bearer syt_x' });
  expect(hook.options).toEqual({ room_id: '!a:m.org', message_type: 'm.notice' });
});

it('what is left out of changes stays', () => {
  expect(parseHookChanges({ format: 'gitea', options: {} }, {})).toEqual({});
  expect(
    parseHookChanges({ format: 'slack', options: { channel: '#a' } }, { options: { username: 'x' } }),
  ).toEqual({
    options: { channel: '#a', username: 'x' },
  });
  expect(parseHookChanges({ format: 'gitea', options: {} }, { sendsAll: true, events: [] })).toEqual({
    sendsAll: true,
    events: [],
  });
});
