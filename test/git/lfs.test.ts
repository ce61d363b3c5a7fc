// Git LFS with the real git-lfs, over HTTP and SSH: who gets which bytes, broken transfers, locks.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addSshKey, listSshKeys, removeSshKey } from '../../src/features/auth/ssh-keys.service.ts';
import { storageKeyOf } from '../../src/features/lfs/lfs-objects.service.ts';
import { sealPass } from '../../src/features/lfs/lfs-tokens.service.ts';
import { openRepository } from '../../src/features/repos/access.service.ts';
import { giveAccess } from '../../src/features/repos/collaborators.service.ts';
import { addDeployKey } from '../../src/features/repos/deploy-keys.service.ts';
import {
  command,
  eventually,
  git,
  gitOk,
  PASSWORD,
  type TransportServer,
  transportServer,
} from './support/transport-server.ts';

let server: TransportServer;
let home: Record<string, string>;
let serial = 0;

beforeAll(async () => {
  server = await transportServer({ repositories: { max_lfs_bytes: 4_000_000 } });
  server.app.config.server.public_url = server.url;
  const config = join(server.work, 'gitconfig');
  home = { HOME: server.work, GIT_CONFIG_GLOBAL: config, GIT_LFS_SKIP_SMUDGE: '0' };
  await gitOk(server.work, ['lfs', 'install', '--skip-repo'], home);
});
afterAll(() => server.close());

let serialName: string;
beforeEach(() => {
  serial += 1;
  serialName = `art-${serial}`;
});

const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');
const basic = (name: string) => `Basic ${Buffer.from(`${name}:${PASSWORD}`).toString('base64')}`;
const TYPE = 'application/vnd.git-lfs+json';

async function lfsTree(files: Record<string, Buffer>): Promise<string> {
  serial += 1;
  const tree = join(server.work, `lfs-${serial}`);
  await gitOk(server.work, ['init', '-q', '-b', 'main', tree], home);
  await writeFile(join(tree, '.gitattributes'), '*.bin filter=lfs diff=lfs merge=lfs -text lockable\n');
  for (const [name, data] of Object.entries(files)) await writeFile(join(tree, name), data);
  await gitOk(tree, ['add', '.'], home);
  await gitOk(tree, ['commit', '-q', '-m', 'art'], home);
  return tree;
}

async function call(path: string, rest: string, init: RequestInit & { as?: string } = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('accept', TYPE);
  if (init.as) headers.set('authorization', basic(init.as));
  return fetch(`${server.url}${path}/info/lfs/${rest}`, { ...init, headers });
}

function batch(path: string, operation: string, objects: object[], as?: string, more: object = {}) {
  return call(path, 'objects/batch', {
    method: 'POST',
    headers: { 'content-type': TYPE },
    body: JSON.stringify({ operation, objects, ...more }),
    ...(as ? { as } : {}),
  });
}

async function store(path: string, data: Buffer, as: string): Promise<Response> {
  return call(path, `objects/${sha256(data)}/${data.length}`, {
    method: 'PUT',
    body: new Uint8Array(data),
    as,
  });
}

async function give(
  repository: string,
  to: string,
  permission: 'read' | 'write' | 'maintain',
): Promise<void> {
  const ada = await server.person('ada');
  await server.person(to);
  await giveAccess(
    server.app,
    ada,
    await openRepository(server.app, ada, 'ada', repository, 'access:manage'),
    {
      username: to,
      permission,
    },
  );
}

describe('with git-lfs', () => {
  test('a private repository is pushed and cloned over HTTP with its large files', async () => {
    const repository = await server.repository('ada', serialName, { visibility: 'private' });
    const files = {
      'big.bin': randomBytes(3_000_000),
      'empty.bin': Buffer.alloc(0),
      'a.bin': randomBytes(10),
    };
    const tree = await lfsTree(files);
    await gitOk(tree, ['push', '-q', server.urlAs('ada', repository.path), 'main'], home);
    const clone = join(server.work, `clone-${serial}`);
    await gitOk(server.work, ['clone', '-q', server.urlAs('ada', repository.path), clone], home);
    for (const [name, data] of Object.entries(files))
      expect((await readFile(join(clone, name))).equals(data)).toBe(true);
    await server.person('eve');
    const refused = await git(
      clone,
      ['lfs', 'fetch', '--refetch', server.urlAs('eve', repository.path)],
      home,
    );
    expect(refused.code).not.toBe(0);
  });

  test('a public repository is cloned by anybody, and pushed to by nobody else', async () => {
    const repository = await server.repository('ada', serialName);
    const data = randomBytes(100_000);
    const tree = await lfsTree({ 'a.bin': data });
    await gitOk(tree, ['push', '-q', server.urlAs('ada', repository.path), 'main'], home);
    const clone = join(server.work, `clone-${serial}`);
    await gitOk(server.work, ['clone', '-q', server.url + repository.path, clone], home);
    expect((await readFile(join(clone, 'a.bin'))).equals(data)).toBe(true);
    await server.person('eve');
    const foreign = await lfsTree({ 'b.bin': randomBytes(100) });
    expect(
      (await git(foreign, ['lfs', 'push', server.urlAs('eve', repository.path), 'main'], home)).code,
    ).not.toBe(0);
    expect((await git(foreign, ['lfs', 'push', server.url + repository.path, 'main'], home)).code).not.toBe(
      0,
    );
  });

  test('over SSH an account’s key and a writing deploy key push and fetch, a reading one only fetches', async () => {
    const repository = await server.repository('ada', serialName, { visibility: 'private' });
    const ada = await server.person('ada');
    const open = await openRepository(server.app, ada, 'ada', serialName, 'deploy-keys:manage');
    const own = await newKey('own');
    const reading = await newKey('reading');
    const writing = await newKey('writing');
    await addSshKey(server.app, ada, ada.userId, { title: 'own', key: own.line });
    await addDeployKey(server.app, ada, open, { title: '', key: reading.line, canWrite: false });
    await addDeployKey(server.app, ada, open, { title: '', key: writing.line, canWrite: true });
    const url = `ssh://git@127.0.0.1:${server.sshPort}${repository.path}`;
    const tree = await lfsTree({ 'a.bin': randomBytes(50_000) });
    await gitOk(tree, ['push', '-q', url, 'main'], own.env);
    await writeFile(join(tree, 'b.bin'), randomBytes(60_000));
    await gitOk(tree, ['add', '.'], home);
    await gitOk(tree, ['commit', '-q', '-m', 'more'], home);
    expect((await git(tree, ['push', url, 'main'], reading.env)).code).not.toBe(0);
    await gitOk(tree, ['push', '-q', url, 'main'], writing.env);
    const clone = join(server.work, `clone-${serial}`);
    await gitOk(server.work, ['clone', '-q', url, clone], reading.env);
    for (const name of ['a.bin', 'b.bin'])
      expect((await readFile(join(clone, name))).equals(await readFile(join(tree, name)))).toBe(true);
  });

  test('a file is locked by one, which another’s push respects, and broken by force only', async () => {
    const repository = await server.repository('ada', serialName);
    await give(serialName, 'bob', 'write');
    await give(serialName, 'cleo', 'maintain');
    const tree = await lfsTree({ 'a.bin': randomBytes(100) });
    const as = async (name: string, ...args: string[]) => {
      await gitOk(tree, ['remote', 'remove', 'origin'], home).catch(() => {});
      await gitOk(tree, ['remote', 'add', 'origin', server.urlAs(name, repository.path)], home);
      return git(tree, args, home);
    };
    expect(await as('ada', 'push', '-q', 'origin', 'main')).toMatchObject({ code: 0 });
    expect(await as('ada', 'lfs', 'lock', 'a.bin')).toMatchObject({ code: 0 });
    expect((await as('bob', 'lfs', 'lock', 'a.bin')).code).not.toBe(0);
    expect((await as('bob', 'lfs', 'locks')).stdout).toMatch(/a\.bin\s+ada/);
    await writeFile(join(tree, 'a.bin'), randomBytes(100)).catch(async () => {
      await rm(join(tree, 'a.bin'));
      await writeFile(join(tree, 'a.bin'), randomBytes(100));
    });
    await gitOk(tree, ['commit', '-q', '-am', 'change'], home);
    const pushed = await as('bob', '-c', 'lfs.locksverify=true', 'push', 'origin', 'main');
    expect(pushed.code).not.toBe(0);
    expect(pushed.stderr).toContain('ada');
    expect((await as('bob', 'lfs', 'unlock', '--force', 'a.bin')).code).not.toBe(0);
    expect(await as('cleo', 'lfs', 'unlock', '--force', 'a.bin')).toMatchObject({ code: 0 });
    const [event] = await server.app.events.recent({ repositoryId: repository.row.id, limit: 1 });
    expect(event).toMatchObject({ kind: 'lfs_lock.broken', path: 'a.bin' });
    expect((await as('bob', 'lfs', 'locks')).stdout.trim()).toBe('');
  });
});

describe('uploads', () => {
  test('who knows a checksum without having the bytes gets nothing', async () => {
    const theirs = await server.repository('ada', serialName, { visibility: 'private' });
    const secret = randomBytes(5000);
    expect((await store(theirs.path, secret, 'ada')).status).toBe(200);
    const mine = await server.repository('eve', serialName);
    const object = { oid: sha256(secret), size: secret.length };
    const offered = (await (await batch(mine.path, 'upload', [object], 'eve')).json()) as Batch;
    expect(offered.objects[0]?.actions?.upload).toBeDefined();
    const forged = await call(mine.path, 'objects/verify', {
      method: 'POST',
      body: JSON.stringify(object),
      as: 'eve',
    });
    expect(forged.status).toBe(404);
    const wrong = await call(mine.path, `objects/${object.oid}/${object.size}`, {
      method: 'PUT',
      body: new Uint8Array(randomBytes(5000)),
      as: 'eve',
    });
    expect(wrong.status).toBe(422);
    const wanted = (await (await batch(mine.path, 'download', [object], 'eve')).json()) as Batch;
    expect(wanted.objects[0]?.error?.code).toBe(404);
    expect((await call(mine.path, `objects/${object.oid}`, { as: 'eve' })).status).toBe(404);
    expect((await call(theirs.path, `objects/${object.oid}`, { as: 'eve' })).status).toBe(404);
    expect((await call(theirs.path, `objects/${object.oid}`)).status).toBe(401);
    const own = await call(theirs.path, `objects/${object.oid}`, { as: 'ada' });
    expect(Buffer.from(await own.arrayBuffer()).equals(secret)).toBe(true);
  });

  test('an upload that breaks off leaves nothing and is sent again', async () => {
    const repository = await server.repository('ada', serialName);
    const data = randomBytes(1_000_000);
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `PUT ${repository.path}/info/lfs/objects/${sha256(data)}/${data.length} HTTP/1.1\r\nHost: x\r\n` +
        `Authorization: ${basic('ada')}\r\nContent-Length: ${data.length}\r\n\r\n`,
    );
    socket.write(data.subarray(0, 400_000));
    await eventually(
      async () => (await server.app.storage.list('lfs/incoming', Date.now() + 60_000)).length === 1,
      'the upload began',
    );
    socket.destroy();
    await eventually(
      async () => (await server.app.storage.list('lfs/incoming', Date.now() + 60_000)).length === 0,
      'what had arrived was removed',
    );
    expect(await server.app.storage.size(storageKeyOf(sha256(data)))).toBeUndefined();
    expect((await store(repository.path, data, 'ada')).status).toBe(200);
    expect((await store(repository.path, data, 'ada')).status).toBe(200);
  });

  test('sizes are held to what was announced and to the limit', async () => {
    const repository = await server.repository('ada', serialName);
    const data = randomBytes(100);
    const longer = await call(repository.path, `objects/${sha256(data)}/50`, {
      method: 'PUT',
      body: new Uint8Array(data),
      as: 'ada',
    });
    expect(longer.status).toBe(422);
    const big = { oid: sha256(data), size: 5_000_000 };
    const answer = (await (await batch(repository.path, 'upload', [big], 'ada')).json()) as Batch;
    expect(answer.objects[0]?.error).toMatchObject({ code: 413 });
    const refused = await call(repository.path, `objects/${big.oid}/${big.size}`, {
      method: 'PUT',
      body: new Uint8Array(data),
      as: 'ada',
    });
    expect(refused.status).toBe(413);
  });

  test('a reader, and a token that only reads, upload nothing', async () => {
    const repository = await server.repository('ada', serialName);
    await give(serialName, 'rita', 'read');
    const data = randomBytes(10);
    expect((await store(repository.path, data, 'rita')).status).toBe(403);
    const token = await server.token('ada', 'read:repository');
    const refused = await call(repository.path, `objects/${sha256(data)}/10`, {
      method: 'PUT',
      body: new Uint8Array(data),
      headers: { authorization: `Bearer ${token}` },
    });
    expect(refused.status).toBe(403);
  });
});

interface Batch {
  transfer: string;
  objects: {
    oid: string;
    actions?: Record<string, { href: string; header?: Record<string, string> }>;
    error?: { code: number; message: string };
  }[];
}

describe('the batch API', () => {
  test('answers in its own type, with absolute addresses and credentials only where they are needed', async () => {
    const repository = await server.repository('ada', serialName);
    const data = randomBytes(64);
    await store(repository.path, data, 'ada');
    const object = { oid: sha256(data), size: 64 };
    const answer = await batch(repository.path, 'download', [object], 'ada');
    expect(answer.headers.get('content-type')).toBe(TYPE);
    const { transfer, objects } = (await answer.json()) as Batch;
    expect(transfer).toBe('basic');
    expect(objects[0]?.actions?.download).toEqual({
      href: `${server.url}${repository.path}/info/lfs/objects/${object.oid}`,
    });
    const known = (await (await batch(repository.path, 'upload', [object], 'ada')).json()) as Batch;
    expect(known.objects[0]?.actions).toBeUndefined();
    const fresh = (await (
      await batch(repository.path, 'upload', [{ oid: 'b'.repeat(64), size: 1 }], 'ada')
    ).json()) as Batch;
    expect(fresh.objects[0]?.actions?.upload?.header).toEqual({ Authorization: basic('ada') });
  });

  test('ranges are served, so that broken downloads go on', async () => {
    const repository = await server.repository('ada', serialName);
    const data = randomBytes(1000);
    await store(repository.path, data, 'ada');
    const part = await call(repository.path, `objects/${sha256(data)}`, { headers: { range: 'bytes=600-' } });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer()).equals(data.subarray(600))).toBe(true);
    const past = await call(repository.path, `objects/${sha256(data)}`, {
      headers: { range: 'bytes=1000-' },
    });
    expect(past.status).toBe(416);
  });

  test('refuses what it cannot serve, as JSON', async () => {
    const repository = await server.repository('ada', serialName);
    const object = { oid: 'c'.repeat(64), size: 1 };
    const answers = [
      [await batch(repository.path, 'steal', [object], 'ada'), 422],
      [await batch(repository.path, 'download', [object], 'ada', { transfers: ['tus'] }), 422],
      [await batch(repository.path, 'download', [object], 'ada', { hash_algo: 'md5' }), 409],
      [await batch(repository.path, 'download', Array(1001).fill(object), 'ada'), 413],
      [await batch('/ada/missing.git', 'download', [object], 'ada'), 404],
      [await batch('/ada/missing.git', 'download', [object]), 401],
      [await call(repository.path, 'objects/batch', { method: 'POST', body: '{"', as: 'ada' }), 422],
      [await call(repository.path, 'objects/../../../etc', { as: 'ada' }), 404],
    ] as const;
    for (const [answer, status] of answers.slice(0, -1)) {
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toBe(TYPE);
      expect(Object.keys((await answer.json()) as object)).toContain('message');
    }
    expect(answers[5][0].headers.get('lfs-authenticate')).toContain('Basic');
    const odd = [{ oid: '../../keys/secrets.key', size: 1 }, { oid: 'd'.repeat(64), size: -1 }, null, 7];
    const { objects } = (await (
      await batch(repository.path, 'upload', odd as object[], 'ada')
    ).json()) as Batch;
    expect(objects.map((one) => one.error?.code)).toEqual([422, 422, 422, 422]);
  });
});

describe('passes given out over SSH', () => {
  test('end with the key, hold for one repository and operation, and cannot be forged', async () => {
    const repository = await server.repository('ada', serialName, { visibility: 'private' });
    const other = await server.repository('ada', `${serialName}-other`, { visibility: 'private' });
    const ada = await server.person('ada');
    const key = await newKey('pass');
    await addSshKey(server.app, ada, ada.userId, { title: 'pass', key: key.line });
    const ask = async (operation: string) => {
      const asked = await command('ssh', [
        ...key.args,
        'git@127.0.0.1',
        `git-lfs-authenticate ${repository.path} ${operation}`,
      ]);
      return JSON.parse(asked.stdout) as { href: string; header: { Authorization: string } };
    };
    const data = randomBytes(20);
    const put = (path: string, authorization: string) =>
      call(path, `objects/${sha256(data)}/20`, {
        method: 'PUT',
        body: new Uint8Array(data),
        headers: { authorization },
      });
    const download = await ask('download');
    expect(download.href).toBe(`${server.url}${repository.path}/info/lfs`);
    expect((await put(repository.path, download.header.Authorization)).status).toBe(401);
    const upload = await ask('upload');
    expect((await put(other.path, upload.header.Authorization)).status).toBe(401);
    expect((await put(repository.path, upload.header.Authorization)).status).toBe(200);
    const get = (authorization: string) =>
      call(repository.path, `objects/${sha256(data)}`, { headers: { authorization } }).then(
        (got) => got.status,
      );
    expect(await get(download.header.Authorization)).toBe(200);
    const pass = {
      fingerprint: 'SHA256:nobody',
      keyId: 1,
      repositoryId: repository.row.id,
      operation: 'upload' as const,
      expiresAt: Date.now() + 60_000,
    };
    expect(await get(`RemoteAuth ${sealPass(server.app, pass)}`)).toBe(401);
    const [body = ''] = upload.header.Authorization.split(' ')[1]?.split('.') ?? [];
    const own = JSON.parse(Buffer.from(body, 'base64url').toString()) as typeof pass;
    expect(await get(`RemoteAuth ${sealPass(server.app, { ...own, expiresAt: Date.now() - 1 })}`)).toBe(401);
    expect(await get(`RemoteAuth ${body}.${'0'.repeat(64)}`)).toBe(401);
    const row = (await listSshKeys(server.app, ada, ada.userId)).find(({ title }) => title === 'pass');
    await removeSshKey(server.app, ada, ada.userId, row?.id ?? 0);
    expect(await get(download.header.Authorization)).toBe(401);
  });
});

test('a fork has the large files that its parent had, and gets no later ones', async () => {
  const parent = await server.repository('ada', serialName);
  const tree = await lfsTree({ 'a.bin': randomBytes(40) });
  await gitOk(tree, ['push', '-q', server.urlAs('ada', parent.path), 'main'], home);
  const bob = await server.person('bob');
  const { forkRepository } = await import('../../src/features/repos/forks.service.ts');
  const open = await openRepository(server.app, bob, 'ada', serialName, 'repository:fork');
  await forkRepository(server.app, bob, open, { name: serialName, defaultBranchOnly: false });
  await server.app.jobs.drain();
  const [data, later] = [await readFile(join(tree, 'a.bin')), randomBytes(50)];
  await store(parent.path, later, 'ada');
  const found = await call(`/bob/${serialName}.git`, `objects/${sha256(data)}`);
  expect(Buffer.from(await found.arrayBuffer()).equals(data)).toBe(true);
  expect((await call(`/bob/${serialName}.git`, `objects/${sha256(later)}`, { as: 'bob' })).status).toBe(404);
});

test('content goes when the last repository that has it is gone, and not before', async () => {
  const one = await server.repository('ada', serialName);
  const other = await server.repository('bob', serialName);
  const data = randomBytes(30);
  await store(one.path, data, 'ada');
  await store(other.path, data, 'bob');
  const { removeRepositoryRow } = await import('../../src/features/repos/repos.store.ts');
  const { utimes } = await import('node:fs/promises');
  const { app } = server;
  const file = join(app.paths.storage, storageKeyOf(sha256(data)));
  await utimes(file, 1000, 1000);
  const sweep = async () => {
    await app.db.write((tx) => app.jobs.enqueue(tx, 'lfs.sweep', {}));
    await app.jobs.drain();
  };
  await app.db.write((tx) => removeRepositoryRow(tx, one.row.id));
  await sweep();
  expect(await app.storage.size(storageKeyOf(sha256(data)))).toBe(30);
  await app.db.write((tx) => removeRepositoryRow(tx, other.row.id));
  await sweep();
  expect(await app.storage.size(storageKeyOf(sha256(data)))).toBeUndefined();
});

async function newKey(name: string) {
  serial += 1;
  const file = join(server.work, `key-${name}-${serial}`);
  await command('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file]);
  const options = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
    'IdentitiesOnly=yes',
  ];
  const args = [
    '-F',
    '/dev/null',
    '-p',
    String(server.sshPort),
    '-i',
    file,
    ...options.flatMap((o) => ['-o', o]),
  ];
  return {
    file,
    args,
    line: readFileSync(`${file}.pub`, 'utf8'),
    env: { ...home, GIT_SSH_COMMAND: ['ssh', ...args].join(' ') },
  };
}
