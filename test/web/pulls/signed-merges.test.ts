// Merges signed by the site's own key: git verifies them, pages show them as verified, and no other key passes for it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifySignatures } from '../../../src/features/code/signatures.service.ts';
import { mergePull } from '../../../src/features/pulls/merging.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { makeWorkshop, type Workshop } from './proposals.ts';

let t: TestApp;
let shop: Workshop;
let keys: string;

beforeAll(async () => {
  keys = mkdtempSync(join(tmpdir(), 'och-signing-'));
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(keys, 'site')]);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-f', join(keys, 'locked')]);
  t = await testApp({ git: { signing_key: join(keys, 'site') } });
  shop = await makeWorkshop(t);
});
afterAll(async () => {
  await t.close();
  rmSync(keys, { recursive: true, force: true });
});

test.each(['merge', 'squash', 'rebase'] as const)('%s: git and the pages verify it', async (style) => {
  await shop.commit(`signed-${style}`, { [`${style}.txt`]: 'x\n' });
  await shop.commit('main', { [`before-${style}.txt`]: 'x\n' });
  const pull = await shop.propose(`signed-${style}`);
  const { oid } = await mergePull(t.app, await t.actor('writer'), await openAs('writer'), pull, { style });
  const signers = join(keys, 'signers');
  writeFileSync(signers, `* ${readFileSync(join(keys, 'site.pub'), 'utf8')}`);
  const config = ['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${signers}`];
  execFileSync('git', [...config, 'verify-commit', oid], { cwd: shop.open.dir, stdio: 'pipe' });
  const commit = await t.app.git.objects(shop.open.dir).commit(oid);
  const verified = await verifySignatures(t.app, shop.open, commit ? [commit] : []);
  expect(verified.get(oid)).toMatchObject({ state: 'verified', reason: 'valid_site' });
  const html = await (await shop.people.reader.get(`${shop.open.path}/commit/${oid}`)).text();
  expect(html).toContain('Verified');
});

test('a signature moved to another commit is bad', async () => {
  const commit = await t.app.git.objects(shop.open.dir).commit('refs/heads/main');
  const data = await t.app.git.objects(shop.open.dir).read(commit?.oid ?? '');
  const forged = data?.data.toString('latin1').replace(/\n\n.*/s, '\n\nForged\n') ?? '';
  const { stdout } = await t.app.git.run(['hash-object', '-w', '-t', 'commit', '--stdin'], {
    ...{ dir: shop.open.dir, input: Buffer.from(forged, 'latin1') },
  });
  const found = await t.app.git.objects(shop.open.dir).commit(stdout.toString().trim());
  const verified = await verifySignatures(t.app, shop.open, found ? [found] : []);
  expect([...verified.values()]).toMatchObject([{ state: 'unverified', reason: 'bad_signature' }]);
});

test('with a key that cannot be used nothing is merged unsigned', async () => {
  await shop.commit('unsigned', { 'u.txt': 'x\n' });
  const pull = await shop.propose('unsigned');
  const before = await t.app.git.ref(shop.open.dir, 'refs/heads/main');
  const { signing_key } = t.app.config.git;
  Object.assign(t.app.config.git, { signing_key: join(keys, 'locked') });
  const merging = mergePull(t.app, await t.actor('writer'), await openAs('writer'), pull, { style: 'merge' });
  await expect(merging).rejects.toMatchObject({ code: 'unavailable' });
  Object.assign(t.app.config.git, { signing_key });
  expect(await t.app.git.ref(shop.open.dir, 'refs/heads/main')).toBe(before);
});

async function openAs(name: string) {
  const { openRepository } = await import('../../../src/features/repos/access.service.ts');
  const { owner, repository } = shop.open;
  return openRepository(t.app, await t.actor(name), owner.name, repository.name, 'pulls:read');
}
