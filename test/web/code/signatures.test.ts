// Signatures of commits and tags, made by real gpg and ssh-keygen, and what must not pass for one.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  askForProof,
  fillKeyIds,
  listSigningKeys,
  proveSigningKey,
  removeSigningKey,
} from '../../../src/features/auth/signing-keys.service.ts';
import { setKeyIds } from '../../../src/features/auth/signing-keys.store.ts';
import { verifySignatures, verifyTagSignatures } from '../../../src/features/code/signatures.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { updateUser } from '../../../src/features/users/users.store.ts';
import { type Gnupg, openGnupg } from '../../support/gnupg.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { runGit } from './import-commits.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
let gpg: Gnupg;
let directory: string;
const opened: Record<string, OpenRepository> = {};

beforeAll(async () => {
  t = await testApp({}, { clock: { now: () => Date.now() + skew } });
  gpg = openGnupg();
  directory = mkdtempSync(join(tmpdir(), 'och-signed-'));
  for (const objectFormat of ['sha1', 'sha256'])
    opened[objectFormat] = await makeRepository(t, 'olga', objectFormat, [], { objectFormat });
  const { dir } = repositoryOf('sha1');
  runGit(dir, 'config', 'user.name', 'x');
  runGit(dir, 'config', 'user.email', 'x@example.org');
}, 60_000);
afterAll(async () => {
  await t.close();
  gpg.close();
  rmSync(directory, { recursive: true, force: true });
});

function repositoryOf(name: string): OpenRepository {
  const open = opened[name];
  if (!open) throw new Error(`no repository ${name}`);
  return open;
}

interface Signing {
  email: string;
  key: string;
  format?: 'openpgp' | 'ssh';
  /** Seconds since 1970 that the commit, and gpg's clock, tell. */
  at?: number;
  repository?: string;
}

let serial = 0;
let skew = 0;

/** Runs git with a signing key. */
function git(
  args: string[],
  { email, key, format = 'openpgp', at, repository = 'sha1' }: Signing,
  input = '',
): string {
  const { dir } = repositoryOf(repository);
  const time = at ?? Math.floor(Date.now() / 1000);
  const program = join(directory, `gpg-${serial++}`);
  execFileSync('sh', [
    '-c',
    `printf '#!/bin/sh\nexec gpg ${at ? `--faked-system-time ${at}!` : ''} "$@"\n' > ${program}; chmod +x ${program}`,
  ]);
  const env = {
    ...{
      PATH: process.env.PATH,
      GIT_DIR: dir,
      GIT_CONFIG_NOSYSTEM: '1',
      HOME: '/nonexistent',
      GNUPGHOME: gpg.home,
    },
    ...{ GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: 'C', GIT_COMMITTER_EMAIL: email },
    ...{ GIT_AUTHOR_DATE: `${time} +0000`, GIT_COMMITTER_DATE: `${time} +0000` },
  };
  const config = [
    '-c',
    `gpg.format=${format}`,
    '-c',
    `gpg.program=${program}`,
    '-c',
    `user.signingkey=${key}`,
  ];
  return execFileSync('git', [...config, ...args], { env, input, encoding: 'utf8', stdio: 'pipe' }).trim();
}

function commit(signing: Signing): string {
  const tree = git(['mktree'], signing);
  return git(['commit-tree', '-S', '-m', `Commit ${serial++}`, tree], signing);
}

async function check(oid: string, repository = 'sha1') {
  const open = repositoryOf(repository);
  const found = await t.app.git.objects(open.dir).commit(oid);
  return (await verifySignatures(t.app, open, found ? [found] : [])).get(oid);
}

function sshKey(): { file: string; line: string } {
  const file = join(directory, `key${serial++}`);
  execFileSync('ssh-keygen', ['-q', '-N', '', '-t', 'ed25519', '-f', file]);
  return { file, line: readFileSync(`${file}.pub`, 'utf8') };
}

async function addGpg(name: string, fingerprint: string): Promise<void> {
  const actor = await t.actor(name);
  const challenge = await askForProof(t.app, actor, { title: '', key: gpg.exported(fingerprint) });
  await proveSigningKey(t.app, actor, challenge.token, gpg.sign(fingerprint, challenge.text));
}

async function addSsh(name: string, { file, line }: { file: string; line: string }): Promise<void> {
  const actor = await t.actor(name);
  const challenge = await askForProof(t.app, actor, { title: '', key: line });
  const namespace = /-n (\S+)/.exec(challenge.command)?.[1] ?? '';
  const args = ['-Y', 'sign', '-n', namespace, '-f', file];
  const signature = execFileSync('ssh-keygen', args, {
    input: challenge.text,
    encoding: 'utf8',
    stdio: 'pipe',
  });
  await proveSigningKey(t.app, actor, challenge.token, signature);
}

async function removeKeys(name: string): Promise<void> {
  const actor = await t.actor(name);
  for (const key of await listSigningKeys(t.app, actor, actor.userId))
    await removeSigningKey(t.app, actor, actor.userId, key.id);
}

describe('a commit signed with a GPG key', () => {
  it('is unknown, verified once its person proved the key, and unknown again at once when it was removed', async () => {
    const key = gpg.makeKey('Ada <ada@example.org>');
    const oid = commit({ email: 'ada@example.org', key });
    expect(await check(oid)).toMatchObject({
      state: 'unknown',
      reason: 'unknown_key',
      keyId: key.slice(-16),
    });
    await addGpg('ada', key);
    expect(await check(oid)).toMatchObject({ state: 'verified', reason: 'valid', signer: { name: 'ada' } });
    const html = await (await t.anonymous.get(`/olga/sha1/commit/${oid}`)).text();
    expect(html).toContain('This signature was verified');
    expect(html).toContain(key.slice(-16));
    await removeKeys('ada');
    expect((await check(oid))?.state).toBe('unknown');
  });

  it('by a subkey counts, and so do keys whose ids were not indexed yet', async () => {
    const key = gpg.makeKey('Sub <sub@example.org>', { usage: 'cert' });
    gpg.run(['--quick-add-key', key, 'ed25519', 'sign', '0']);
    await addGpg('sub', key);
    const oid = commit({ email: 'sub@example.org', key });
    expect(await check(oid)).toMatchObject({ state: 'verified' });
    const actor = await t.actor('sub');
    const [row] = await listSigningKeys(t.app, actor, actor.userId);
    await t.app.db.write((tx) => setKeyIds(tx, row?.id ?? 0, []));
    expect((await check(oid))?.state).toBe('unknown');
    await fillKeyIds(t.app);
    await fillKeyIds(t.app);
    expect((await check(oid))?.state).toBe('verified');
  });

  it('in somebody else’s name is not verified (impersonation by the committer’s address)', async () => {
    const key = gpg.makeKey('Mallory <victim@example.org>');
    await t.actor('victim');
    await addGpg('mallory', key);
    const oid = commit({ email: 'victim@example.org', key });
    expect(await check(oid)).toMatchObject({
      ...{ state: 'unverified', reason: 'unverified_email' },
      signer: { name: 'mallory' },
    });
    const { userId } = await t.actor('victim');
    const forged = commit({ email: `${userId}+mallory@users.noreply.127.0.0.1`, key });
    expect((await check(forged))?.state).toBe('unverified');
  });

  it('made after its key had expired is not verified; what it signed before stays so', async () => {
    const key = gpg.makeKey('Eve <eve@example.org>', { expires: '2d' });
    await addGpg('eve', key);
    const now = Math.floor(Date.now() / 1000);
    const before = commit({ email: 'eve@example.org', key });
    expect(await check(before)).toMatchObject({ state: 'verified' });
    // Whoever holds the secret key can give it a later date; the key that was proved here ends when it ends.
    gpg.run(['--quick-set-expire', key, '0']);
    const late = commit({ email: 'eve@example.org', key, at: now + 4 * 86_400 });
    skew = 5 * 86_400_000;
    expect(await check(late)).toMatchObject({ state: 'unverified', reason: 'expired_key' });
    expect(await check(before)).toMatchObject({ state: 'verified' });
    skew = 0;
  });

  it('carrying the signature of another commit is not verified', async () => {
    const key = gpg.makeKey('Replay <replay@example.org>');
    await addGpg('replay', key);
    const { dir } = repositoryOf('sha1');
    const raw = runGitRaw(dir, commit({ email: 'replay@example.org', key }));
    const other = raw.replace(/\n\n[\s\S]*$/, '\n\nSomething else\n');
    const oid = writeCommit(dir, other);
    expect(await check(oid)).toMatchObject({ state: 'unverified', reason: 'bad_signature' });
    const twice = writeCommit(dir, raw.replace(/(gpgsig [\s\S]*?-----END PGP SIGNATURE-----\n)/, '$1$1'));
    expect((await check(twice))?.state).not.toBe('verified');
  });

  it('of a suspended account is not verified', async () => {
    const key = gpg.makeKey('Sus <sus@example.org>');
    await addGpg('sus', key);
    const oid = commit({ email: 'sus@example.org', key });
    const { userId } = await t.actor('sus');
    expect((await check(oid))?.state).toBe('verified');
    await t.app.db.write((tx) => updateUser(tx, userId, { isSuspended: true }));
    expect(await check(oid)).toMatchObject({ state: 'unverified', reason: 'suspended_account' });
  });

  it('whose key was revoked is not verified', async () => {
    const key = gpg.makeKey('Rev <rev@example.org>', { usage: 'cert' });
    gpg.run(['--quick-add-key', key, 'ed25519', 'sign', '0']);
    gpg.run(['--quick-add-key', key, 'rsa2048', 'sign', '0']);
    const fingerprints = [
      ...gpg.run(['--list-keys', '--with-colons', key]).matchAll(/^fpr:{9}([0-9A-F]{40}):/gm),
    ];
    const [, first = ''] = fingerprints[1] ?? [];
    const oid = commit({ email: 'rev@example.org', key: `${first}!` });
    gpg.run(['--command-fd', '0', '--edit-key', key], `key ${first.slice(-16)}\nrevkey\ny\n1\n\ny\nsave\n`);
    await addGpg('rev', key);
    const result = await check(oid);
    expect(result?.state).not.toBe('verified');
  });
});

describe('a commit signed with an SSH key', () => {
  it('is verified once its person proved the key, in repositories of either format', async () => {
    const pair = sshKey();
    for (const repository of ['sha1', 'sha256']) {
      const signing = { email: 'sally@example.org', key: pair.file, format: 'ssh', repository } as const;
      const oid = commit(signing);
      expect((await check(oid, repository))?.state).toBe('unknown');
      await addSsh('sally', pair);
      expect(await check(oid, repository)).toMatchObject({ state: 'verified', kind: 'ssh' });
      await removeKeys('sally');
    }
  });

  it('under another address is not verified, nor in another namespace', async () => {
    const pair = sshKey();
    await addSsh('nina', pair);
    const oid = commit({ email: 'ada@example.org', key: pair.file, format: 'ssh' });
    expect(await check(oid)).toMatchObject({ state: 'unverified', reason: 'unverified_email' });
    const { dir } = repositoryOf('sha1');
    const plain = `tree ${runGit(dir, 'mktree')}\nauthor N <nina@example.org> 1 +0000\ncommitter N <nina@example.org> 1 +0000\n`;
    const signature = execFileSync('ssh-keygen', ['-Y', 'sign', '-n', 'file', '-f', pair.file], {
      input: `${plain}\nhi\n`,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    const raw = `${plain}gpgsig ${signature.trim().replaceAll('\n', '\n ')}\n\nhi\n`;
    expect(await check(writeCommit(dir, raw))).toMatchObject({
      state: 'unverified',
      reason: 'bad_signature',
    });
  });
});

it('a signed tag is judged by its tagger', async () => {
  const key = gpg.makeKey('Tag <tagger@example.org>');
  await addGpg('tagger', key);
  const open = repositoryOf('sha1');
  const oid = commit({ email: 'tagger@example.org', key });
  runGit(open.dir, 'update-ref', HEAD, oid);
  const signing = { email: 'tagger@example.org', key };
  git(['tag', '-s', '-m', 'one', 'v1', oid], signing);
  git(['tag', '-s', '-m', 'two', 'v2', oid], { ...signing, email: 'ada@example.org' });
  git(['tag', '-a', '-m', 'three', 'v3', oid], signing);
  const ids = ['v1', 'v2', 'v3'].map((name) => runGit(open.dir, 'rev-parse', `refs/tags/${name}`));
  const found = await verifyTagSignatures(t.app, open, ids);
  expect(ids.map((id) => found.get(id)?.state)).toEqual(['verified', 'unverified', undefined]);
  for (const [name, label] of [
    ['v1', 'Verified'],
    ['v2', 'Unverified'],
  ])
    expect(await (await t.anonymous.get(`/olga/sha1/releases/tag/${name}`)).text()).toContain(
      `>${label}</summary>`,
    );
  const list = await (await t.anonymous.get('/olga/sha1/tags')).text();
  expect([...list.matchAll(/>(Verified|Unverified)<\/summary>/g)].map(([, label]) => label).sort()).toEqual([
    'Unverified',
    'Verified',
    // The third is not signed itself; its commit is.
    'Verified',
  ]);
});

it('what is no signature breaks nothing', async () => {
  const { dir } = repositoryOf('sha1');
  const plain = `tree ${runGit(dir, 'mktree')}\nauthor N <n@e> 1 +0000\ncommitter N <n@e> 1 +0000\n`;
  const blocks = [
    'garbage',
    '-----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----',
    `-----BEGIN PGP SIGNATURE-----\n \n ${'A'.repeat(5000)}\n =AAAA\n -----END PGP SIGNATURE-----`,
    '-----BEGIN SSH SIGNATURE-----\n U1NIU0lHAAAAAQ==\n -----END SSH SIGNATURE-----',
    '-----BEGIN SIGNED MESSAGE-----\n abc\n -----END SIGNED MESSAGE-----',
    '',
  ];
  for (const block of blocks) {
    const oid = writeCommit(dir, `${plain}gpgsig ${block}\n\nhi\n`);
    expect((await check(oid))?.state ?? 'unknown', block).toBe('unknown');
    expect((await t.anonymous.get(`/olga/sha1/commit/${oid}`)).status).toBe(200);
  }
});

function runGitRaw(dir: string, oid: string): string {
  const env = { PATH: process.env.PATH, GIT_DIR: dir, HOME: '/nonexistent' };
  return execFileSync('git', ['cat-file', 'commit', oid], { env, encoding: 'latin1' });
}

function writeCommit(dir: string, raw: string): string {
  const env = { PATH: process.env.PATH, GIT_DIR: dir, HOME: '/nonexistent' };
  const args = ['hash-object', '-t', 'commit', '-w', '--literally', '--stdin'];
  return execFileSync('git', args, { env, input: raw, encoding: 'utf8' }).trim();
}
