// What chats are told: texts of strangers stay texts, nobody is called, and nothing is longer than a message may be.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addComment } from '../../../src/features/issues/comments.service.ts';
import type { HookFormat } from '../../../src/features/webhooks/hooks.types.ts';
import { addressOf, messageOf, testHappening } from '../../../src/features/webhooks/messages.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { call } from '../issues/tracker.ts';
import { makeWorkshop, type Workshop } from '../pulls/proposals.ts';
import { hookOf, now, type Told, told } from './told.ts';

const CHATS = ['slack', 'discord', 'msteams', 'matrix', 'telegram', 'mattermost'] as const;
const HOSTILE =
  '<b>x</b> <!channel> <https://evil.example|here> @everyone @all [a](https://evil.example) `c` *d* & "q" \u202egnp.exe';

let t: TestApp;
let shop: Workshop;
const messages = new Map<HookFormat, Told[]>();

beforeAll(async () => {
  t = await testApp();
  shop = await makeWorkshop(t);
  const before = await now(t);
  const token = await t.token('reader');
  const issue = await call(t, token, 'POST', `/repos${shop.open.path}/issues`, {
    title: HOSTILE,
    body: HOSTILE,
  });
  expect(issue.status).toBe(201);
  await shop.commit('odd/<b>"&`', { 'x.txt': 'x\n' }, { message: `${HOSTILE}\n\nMore` });
  const pull = await shop.propose('odd/<b>"&`', { title: 'x'.repeat(250) });
  await addComment(t.app, await t.actor('ada'), shop.open, pull.issue, `${HOSTILE} `.repeat(300));
  const options = { chat_id: '-100', thread_id: '7', room_id: '!room:example.org', channel: '#x', color: '' };
  for (const format of CHATS) messages.set(format, await told(t, format, before, { hook: { options } }));
});
afterAll(() => t.close());

const allOf = (format: HookFormat) => messages.get(format) ?? [];
const textOf = (format: HookFormat) =>
  allOf(format)
    .map(({ json }) => JSON.stringify(json))
    .join('\n');

test.each(CHATS)('%s is told of issues, pushes, pull requests and comments', (format) => {
  const events = allOf(format).map(({ event, action }) => `${event} ${action}`.trim());
  expect(events).toEqual(['issues opened', 'create', 'push', 'pull_request opened', 'issue_comment created']);
});

test.each(CHATS)('a title turns no text around in %s', (format) => {
  expect(textOf(format)).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
});

describe('a title is no markup', () => {
  test('in Slack: it calls no channel and brings no link', () => {
    const text = textOf('slack');
    expect(text).not.toContain('<!channel>');
    expect(text).not.toContain('<https://evil.example|');
    expect(text).toContain('&lt;!channel&gt;');
    expect(text).toMatch(/<http[^|<>]*\/issues\/1\|#1: [^<>]*>/);
  });

  test('in Discord and Mattermost: it brings no link and calls nobody', () => {
    for (const format of ['discord', 'mattermost'] as const) {
      const text = textOf(format);
      expect(text).not.toContain('[a](https://evil.example)');
      expect(text).not.toMatch(/@(everyone|all)/);
    }
    for (const { json } of allOf('discord')) expect(json.allowed_mentions).toEqual({ parse: [] });
  });

  test('in Matrix and Telegram: it brings no element, and calls nobody', () => {
    for (const { json } of allOf('matrix')) {
      expect(String(json.formatted_body)).not.toContain('<b>');
      expect(json['m.mentions']).toEqual({});
    }
    for (const { json } of allOf('telegram')) {
      expect(String(json.text)).not.toMatch(/<b>|@(everyone|all)/);
      expect(json).toMatchObject({ chat_id: '-100', message_thread_id: 7, parse_mode: 'HTML' });
      const tags = [...String(json.text).matchAll(/<\/?([a-z]+)/g)].map(([, name]) => name);
      expect(tags.every((name) => name === 'a' || name === 'code')).toBe(true);
    }
  });

  test('in Teams: it is in runs of text, which are no markup', () => {
    expect(textOf('msteams')).not.toContain('"TextBlock"');
    for (const { json } of allOf('msteams'))
      expect(json).toMatchObject({
        type: 'message',
        attachments: [
          { contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard' } },
        ],
      });
  });
});

test('every link leads to this site', () => {
  for (const format of CHATS)
    for (const { json } of allOf(format)) {
      const text = JSON.stringify(json);
      const links = [
        ...text.matchAll(/"(?:url|icon_url)":"([^"]*)"/g),
        ...text.matchAll(/href=\\"([^\\]*)\\"/g),
        ...(format === 'slack' ? text.matchAll(/<(http[^|>]*)\|/g) : []),
        ...(['discord', 'mattermost'].includes(format) ? text.matchAll(/[^\\]\]\((http[^)]*)\)/g) : []),
      ];
      for (const [, href] of links) expect(href).toMatch(/^http:\/\/127\.0\.0\.1:3000\//);
    }
});

test('messages stay within what each chat takes', () => {
  for (const format of CHATS) for (const { body } of allOf(format)) expect(body.length).toBeLessThan(16_000);
  for (const { json } of allOf('telegram')) expect(String(json.text).length).toBeLessThan(4096);
  for (const { json } of allOf('discord')) {
    const [embed] = json.embeds as { title: string; description: string }[];
    expect(embed?.title.length).toBeLessThanOrEqual(256);
    expect(embed?.description.length).toBeLessThan(4096);
  }
});

test('options are sent where they were chosen', () => {
  expect(allOf('slack')[0]?.json).toMatchObject({ channel: '#x' });
  expect(allOf('slack')[0]?.json).not.toHaveProperty('username');
});

test('Matrix takes what comes twice under one id', () => {
  const hook = hookOf('matrix', {
    url: 'https://matrix.example.org',
    options: { room_id: '!a/b:example.org' },
  });
  expect(addressOf(hook, 'abc')).toEqual({
    url: 'https://matrix.example.org/_matrix/client/v3/rooms/!a%2Fb%3Aexample.org/send/m.room.message/abc',
    method: 'PUT',
  });
});

test('a try says whose webhook it is, and no secret', async () => {
  const { id: repositoryId } = shop.open.repository;
  const secrets = { secret: 'Hush', authorization: 'Bearer Hush' };
  const hook = (format: HookFormat) => hookOf(format, { scope: 'repository', repositoryId, ...secrets });
  for (const format of [...CHATS, 'gitea', 'github'] as const) {
    const message = await messageOf(t.app, hook(format), await testHappening(t.app, hook(format)));
    expect(message.body.toString()).not.toContain('Hush');
    expect(message.event).toBe(format === 'gitea' ? 'push' : 'ping');
    expect(message.body.toString()).toContain(shop.open.repository.name);
  }
});

test('a form holds the payload in one field', async () => {
  const hook = hookOf('github', { contentType: 'form', repositoryId: shop.open.repository.id });
  const { body, contentType } = await messageOf(t.app, hook, await testHappening(t.app, hook));
  expect(contentType).toBe('application/x-www-form-urlencoded');
  const payload = new URLSearchParams(body.toString()).get('payload') ?? '';
  expect(JSON.parse(payload)).toMatchObject({ hook_id: 1, hook: { config: { content_type: 'form' } } });
});
