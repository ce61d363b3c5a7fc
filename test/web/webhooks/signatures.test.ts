// What a receiver checks: ids and signatures, computed again by openssl.
import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deliveriesOf } from '../../../src/features/webhooks/deliveries.service.ts';
import type { Received } from '../../support/sink.ts';
import { type HookSite, hookSite } from './hook-site.ts';

const SECRET = 'schlüssel with spaces';
let site: HookSite;
beforeEach(async () => {
  site = await hookSite();
});
afterEach(() => site.close());

function opensslHmac(algorithm: 'sha1' | 'sha256', body: Buffer): string {
  const args = ['dgst', `-${algorithm}`, '-hmac', SECRET, '-r'];
  return execFileSync('openssl', args, { input: body, encoding: 'utf8' }).split(' ')[0] ?? '';
}

async function deliver(more: Parameters<HookSite['hook']>[0]): Promise<Received & { uuid: string }> {
  const hook = await site.hook(more);
  await site.change('told');
  await site.settle();
  const [received] = site.sink.received;
  const [delivery] = (await deliveriesOf(site.app, hook)).deliveries;
  if (!received || !delivery) throw new Error('nothing came');
  return { ...received, uuid: delivery.uuid };
}

test('Gitea: every id and signature that its receivers know', async () => {
  const { headers, body, uuid } = await deliver({ secret: SECRET });
  const sha256 = opensslHmac('sha256', body);
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'x-gitea-delivery': uuid,
    'x-gogs-delivery': uuid,
    'x-github-delivery': uuid,
    'x-gitea-signature': sha256,
    'x-gogs-signature': sha256,
    'x-hub-signature-256': `sha256=${sha256}`,
    'x-hub-signature': `sha1=${opensslHmac('sha1', body)}`,
    'content-length': String(body.length),
  });
  expect(headers['user-agent']).toMatch(/^OpenCodeHub\//);
  expect(headers['x-gitea-event']).toBeTruthy();
  expect(headers['x-gitea-event-type']).toBeTruthy();
});

test('Gitea as a form: the JSON in the field is what is signed, as Gitea does', async () => {
  const { headers, body } = await deliver({ secret: SECRET, contentType: 'form' });
  expect(headers['content-type']).toContain('application/x-www-form-urlencoded');
  const payload = Buffer.from(new URLSearchParams(body.toString()).get('payload') ?? '');
  expect(JSON.parse(payload.toString())).toBeTypeOf('object');
  expect(headers['x-hub-signature-256']).toBe(`sha256=${opensslHmac('sha256', payload)}`);
});

test('GitHub: the body as it is sent is signed, a form too, and no other forge is named', async () => {
  const { headers, body, uuid, rawHeaders } = await deliver({
    ...{ format: 'github', secret: SECRET, contentType: 'form' },
  });
  expect(headers).toMatchObject({
    'x-github-delivery': uuid,
    'x-hub-signature-256': `sha256=${opensslHmac('sha256', body)}`,
    'x-hub-signature': `sha1=${opensslHmac('sha1', body)}`,
    'x-github-hook-installation-target-type': 'repository',
    'x-github-hook-installation-target-id': String(site.repositoryId),
  });
  expect(headers['x-github-event']).toBe('label');
  expect(rawHeaders.join(' ')).not.toMatch(/gitea|gogs/i);
});

test('without a secret nothing is signed', async () => {
  const { headers } = await deliver({});
  expect(Object.keys(headers).filter((name) => name.includes('signature'))).toEqual([]);
});

test('chats get no signature and no id of a forge', async () => {
  const { headers } = await deliver({ format: 'slack', secret: SECRET });
  expect(Object.keys(headers).filter((name) => name.startsWith('x-'))).toEqual([]);
});
