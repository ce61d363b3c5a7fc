// The page of deploy keys: who sees it, what it refuses, and what it leaves behind.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/time.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import { listDeployKeys } from '../../../src/features/repos/deploy-keys.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { eventKinds, movableClock } from '../auth/browsers.ts';

const clock = movableClock();
let t: TestApp;
let directory: string;
beforeAll(async () => {
  t = await testApp({}, { clock });
  directory = mkdtempSync(join(tmpdir(), 'och-deploy-'));
  const ada = await t.actor('ada');
  for (const name of ['engine', 'mill'])
    await createRepository(t.app, ada, parseNewRepository({ name, visibility: 'private' }));
});
afterAll(async () => {
  await t.close();
  rmSync(directory, { recursive: true, force: true });
});

let serial = 0;
function newKey(): string {
  serial += 1;
  const file = join(directory, `key${serial}`);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `ci-${serial}`, '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8');
}

async function keysOf(name: string) {
  const ada = await t.actor('ada');
  return listDeployKeys(t.app, ada, await openRepository(t.app, ada, 'ada', name, 'deploy-keys:manage'));
}

const PAGE = '/ada/engine/settings/keys';

describe('the page of deploy keys', () => {
  it('adds, shows and removes keys, and records both', async () => {
    const ada = await t.as('ada');
    const key = newKey();
    const added = await ada.post(PAGE, { title: '', key, can_write: 'on' });
    expect([added.status, added.headers.get('location')]).toEqual([303, PAGE]);
    const [row] = await keysOf('engine');
    expect(row).toMatchObject({ title: `ci-${serial}`, canWrite: true, lastUsedAt: null });
    const text = await (await ada.get(PAGE)).text();
    expect(text).toContain(row?.fingerprint);
    expect(text).toContain('Read and write');
    expect((await ada.post(`${PAGE}/${row?.id}/removal`)).status).toBe(303);
    expect(await keysOf('engine')).toEqual([]);
    expect((await eventKinds(t)).slice(-2)).toEqual(['deploy_key.added', 'deploy_key.removed']);
  });

  it('is read-only unless said otherwise', async () => {
    const ada = await t.as('ada');
    await ada.post(PAGE, { title: 'reader', key: newKey() });
    expect((await keysOf('engine'))[0]).toMatchObject({ title: 'reader', canWrite: false });
  });

  it('keeps what was typed beside what is wrong, but never a private key', async () => {
    const ada = await t.as('ada');
    const wrong = await ada.post(PAGE, { title: 'server', key: 'ssh-ed25519 AAAA', can_write: 'on' });
    expect(wrong.status).toBe(422);
    const text = await wrong.text();
    expect(text).toContain('value="server"');
    expect(text).toMatch(/name="can_write"[^>]*checked/);
    newKey();
    const secret = readFileSync(join(directory, `key${serial}`), 'utf8');
    const answer = await (await ada.post(PAGE, { title: '', key: secret })).text();
    expect(answer).toContain('This is a private key');
    expect(answer).not.toContain(secret.split('\n')[2]);
  });

  it('asks again who one is after a while', async () => {
    const ada = await t.as('ada');
    const before = await keysOf('engine');
    clock.move(2 * HOUR);
    const answer = await ada.post(PAGE, { title: 'late', key: newKey() });
    expect(answer.headers.get('location')).not.toBe(PAGE);
    await ada.post(`${PAGE}/${before[0]?.id}/removal`);
    expect(await keysOf('engine')).toEqual(before);
  });

  it('is there for administrators of the repository only', async () => {
    const owner = await t.actor('ada');
    const open = await openRepository(t.app, owner, 'ada', 'engine', 'access:manage');
    const statuses: Record<string, number[]> = {};
    for (const permission of ['read', 'triage', 'write', 'maintain', 'admin'] as const) {
      await t.actor(`the-${permission}`);
      await giveAccess(t.app, owner, open, { username: `the-${permission}`, permission });
      const visitor = await t.as(`the-${permission}`);
      const posted = await visitor.post(PAGE, { title: permission, key: newKey() });
      statuses[permission] = [(await visitor.get(PAGE)).status, posted.status];
    }
    const stranger = await t.as('stranger');
    statuses.stranger = [(await stranger.get(PAGE)).status, (await stranger.post(PAGE)).status];
    expect(statuses).toEqual({
      read: [403, 403],
      triage: [403, 403],
      write: [403, 403],
      maintain: [403, 403],
      admin: [200, 303],
      stranger: [404, 404],
    });
  });

  it('removes no key of another repository', async () => {
    const ada = await t.as('ada');
    await ada.post('/ada/mill/settings/keys', { title: 'mill', key: newKey() });
    const [row] = await keysOf('mill');
    for (const id of [String(row?.id), '0', '-1', 'x', '9'.repeat(30)])
      expect((await ada.post(`${PAGE}/${id}/removal`)).status, id).toBe(404);
    expect(await keysOf('mill')).toHaveLength(1);
  });
});

describe('one key stands for one thing', () => {
  it('whether it is an account’s or a repository’s first', async () => {
    const ada = await t.as('ada');
    const [mine, deployed] = [newKey(), newKey()];
    await ada.post('/settings/keys', { title: 'mine', key: mine });
    const asDeployKey = await ada.post(PAGE, { title: 'x', key: mine });
    expect([asDeployKey.status, await asDeployKey.text()]).toEqual([
      422,
      expect.stringContaining('An account uses this key'),
    ]);
    await ada.post('/ada/mill/settings/keys', { title: 'x', key: deployed });
    for (const path of ['/settings/keys', PAGE]) {
      const eve = await ada.post(path, { title: 'x', key: deployed });
      const text = await eve.text();
      expect([path, eve.status]).toEqual([path, 422]);
      expect(text).toContain('A repository uses this key as a deploy key');
      expect(text.split('Public key')[1]).not.toContain('ada/mill');
    }
  });

  it('also when both are asked for at the same moment', async () => {
    const ada = await t.as('ada');
    const key = newKey();
    const paths = ['/settings/keys', PAGE, '/ada/mill/settings/keys', '/settings/keys'];
    const answers = await Promise.all(paths.map((path) => ada.post(path, { title: 'x', key })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([303, 422, 422, 422]);
  });
});
