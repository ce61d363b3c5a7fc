// Imports between two real servers, and from servers that play tricks.
import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findLfsObject } from '../../src/features/lfs/lfs-objects.service.ts';
import { followRemote } from '../../src/features/mirrors/following.service.ts';
import { forgetFormerOwner } from '../../src/features/mirrors/former-owners.service.ts';
import {
  cancelImport,
  findImport,
  importRepository,
  retryImport,
} from '../../src/features/mirrors/imports.service.ts';
import { parseNewImport } from '../../src/features/mirrors/mirrors.input.ts';
import { openRepository } from '../../src/features/repos/access.service.ts';
import { eventually, gitOk, PASSWORD, workTree } from './support/transport-server.ts';

import {
  begin,
  beginTest,
  between,
  endTest,
  filesHolding,
  here,
  home,
  imported,
  isRemoteGit,
  name,
  openBob,
  processesNow,
  refsOf,
  source,
  startBoth,
  stopBoth,
  there,
} from './support/two-servers.ts';

beforeAll(startBoth);
afterAll(stopBoth);
beforeEach(beginTest);
afterEach(endTest);

describe('an import', () => {
  test('brings branches, tags and the default branch, and is recorded', async () => {
    const { url, dir, tree, push } = await source();
    await gitOk(tree, ['branch', 'trunk']);
    await push('trunk');
    await gitOk(dir, ['symbolic-ref', 'HEAD', 'refs/heads/trunk']);
    await gitOk(dir, ['update-ref', 'refs/pull/1/head', 'main']);
    const { open, row } = await imported({ url });
    expect(row).toMatchObject({ state: 'done', percent: 100, error: null, sealedCredentials: null });
    expect(open.repository).toMatchObject({ defaultBranch: 'trunk', isEmpty: false, isMirror: false });
    expect((await refsOf(open.dir)).split('\n').map((line) => line.split(' ')[0])).toEqual([
      'refs/heads/main',
      'refs/heads/topic',
      'refs/heads/trunk',
      'refs/tags/v1',
    ]);
    await gitOk(open.dir, ['fsck', '--strict']);
    const kinds = (await here.app.events.recent({ repositoryId: open.repository.id, limit: 9 })).map(
      (e) => e.kind,
    );
    expect(kinds).toEqual(['repository.imported', 'push', 'repository.created']);
  });

  test('tells how far it is in words that git uses', async () => {
    const { url } = await source();
    const open = await begin({ url });
    const told: string[] = [];
    await followRemote(here.app, open.repository.id, {
      remote: { url, authorization: undefined },
      lfs: false,
      signal: AbortSignal.timeout(30_000),
      onProgress: ({ stage, percent }) => told.push(`${stage} ${percent}`),
    });
    expect(told).toContain('Counting objects 100');
    expect(told.some((line) => /^(?:Receiving|Unpacking) objects 100$/.test(line))).toBe(true);
  });

  test('of a private repository needs credentials, which are left nowhere', async () => {
    const { path, dir } = await source('private');
    const seen: string[] = [];
    const url = await between(() => {
      seen.push(...processesNow());
      return false;
    });
    const failed = await imported({ url: url + path });
    expect(failed.row).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('asks for credentials'),
    });
    const bob = await here.person('bob');
    await retryImport(here.app, bob, failed.open, { username: 'ada', password: 'wrong horse' });
    await here.app.jobs.drain();
    expect(await findImport(here.app, failed.open)).toMatchObject({
      error: expect.stringContaining('does not accept'),
    });
    await retryImport(here.app, bob, failed.open, { username: 'ada', password: PASSWORD });
    const row = await findImport(here.app, failed.open);
    expect(Buffer.from(row?.sealedCredentials ?? []).includes(PASSWORD)).toBe(false);
    await here.app.jobs.drain();
    expect(await findImport(here.app, failed.open)).toMatchObject({ state: 'done', sealedCredentials: null });
    expect(await refsOf(failed.open.dir)).toBe(await refsOf(dir));
    const basic = Buffer.from(`ada:${PASSWORD}`).toString('base64');
    expect(seen.filter(isRemoteGit).length).toBeGreaterThan(2);
    // Clients of other tests that run at the same time give their password in the address.
    const { host } = new URL(url);
    const ours = seen.filter((line) => !line.includes('@127.0.0.1') || line.includes(host));
    for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), basic]) {
      expect(ours.filter((line) => line.includes(secret))).toEqual([]);
      expect(await filesHolding(here.app.paths.root, secret)).toEqual([]);
    }
  });

  test('takes credentials out of the address', async () => {
    const { path, dir } = await source('private');
    const { open, row } = await imported({ url: there.urlAs('ada', path) });
    expect(row).toMatchObject({ state: 'done', url: there.url + path });
    expect(await refsOf(open.dir)).toBe(await refsOf(dir));
  });

  test('of a repository with SHA-256 ids becomes one', async () => {
    const repository = await there.repository('ada', name, { objectFormat: 'sha256' });
    const tree = await workTree(there.work, { objectFormat: 'sha256' });
    await gitOk(tree, ['push', '-q', there.urlAs('ada', repository.path), 'main']);
    const { open, row } = await imported({ url: there.url + repository.path });
    expect(row).toMatchObject({ state: 'done' });
    expect(open.repository.objectFormat).toBe('sha256');
    expect(await refsOf(open.dir)).toBe(await refsOf(repository.dir));
  });

  test('brings large files, and says which are missing', async () => {
    const { tree, push, url } = await source();
    const files = [randomBytes(5000), randomBytes(6000)];
    await writeFile(join(tree, '.gitattributes'), '*.bin filter=lfs -text\n');
    for (const [index, data] of files.entries()) await writeFile(join(tree, `${index}.bin`), data);
    await gitOk(tree, ['add', '.'], home);
    await gitOk(tree, ['commit', '-q', '-m', 'art'], home);
    await push('main');
    const oids = files.map((data) => createHash('sha256').update(data).digest('hex'));
    const wrong = await between((incoming, outgoing) => {
      if (!incoming.url?.endsWith(oids[1] ?? '')) return false;
      outgoing.end(randomBytes(6000));
      return true;
    });
    there.app.config.server.public_url = wrong;
    const { open, row } = await imported({ url, lfs: true });
    there.app.config.server.public_url = there.url;
    expect(row).toMatchObject({ state: 'done', error: '1 large file could not be fetched.' });
    expect(await findLfsObject(here.app, open, oids[0] ?? '')).toMatchObject({ size: 5000 });
    expect(await findLfsObject(here.app, open, oids[1] ?? '')).toBeUndefined();
  });

  test('under way when the repository gets a new owner ends, and hands on no credentials', async () => {
    const { path } = await source('private');
    const url = await between((incoming) => incoming.method === 'POST');
    const credentials = { username: 'ada', password: PASSWORD };
    const open = await begin({ url: url + path, ...credentials, isMirror: true, intervalMinutes: 60 });
    const { runImport } = await import('../../src/features/mirrors/import-run.service.ts');
    const { id } = open.repository;
    const run = runImport(here.app, id, { attempt: 1, signal: AbortSignal.timeout(60_000) });
    await eventually(
      async () => (await findImport(here.app, open))?.state === 'running' && processesNow().some(isRemoteGit),
      'it ran',
    );
    await forgetFormerOwner(here.app, id);
    await run;
    expect(await findImport(here.app, open)).toMatchObject({
      ...{ state: 'failed', sealedCredentials: null, error: expect.stringContaining('new owner') },
    });
    expect((await openBob()).repository.isMirror).toBe(false);
    await here.app.jobs.drain();
  });

  test('from a server that lists endless refs is ended before they fill the memory', async () => {
    const pkt = (text: string) => (text.length + 4).toString(16).padStart(4, '0') + text;
    const type = 'application/x-git-upload-pack-advertisement';
    const refs = (from: number) =>
      Array.from({ length: 1000 }, (_, at) =>
        pkt(`${'1'.repeat(40)} refs/heads/${'x'.repeat(200)}${from + at}\n`),
      );
    const url = await between((_incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-type': type });
      outgoing.write(`${pkt('# service=git-upload-pack\n')}0000`);
      outgoing.write(pkt(`${'1'.repeat(40)} HEAD\0agent=x\n`));
      let sent = 0;
      const more = () => {
        while (!outgoing.destroyed && sent < 1_000_000) {
          sent += 1000;
          if (!outgoing.write(refs(sent).join(''))) return void outgoing.once('drain', more);
        }
        outgoing.end('0000');
      };
      more();
      return true;
    });
    const { git: limits } = here.app.config;
    const { max_push_bytes: usual } = limits;
    limits.max_push_bytes = 1024 ** 3;
    const { row } = await imported({ url: `${url}/x.git` });
    limits.max_push_bytes = usual;
    expect(row).toMatchObject({ state: 'failed', error: expect.stringContaining('more branches and tags') });
  });

  test('from a server that drips a large file for ever is ended in time', async () => {
    const { tree, push, url } = await source();
    const data = randomBytes(5000);
    await writeFile(join(tree, '.gitattributes'), '*.bin filter=lfs -text\n');
    await writeFile(join(tree, 'a.bin'), data);
    await gitOk(tree, ['add', '.'], home);
    await gitOk(tree, ['commit', '-q', '-m', 'art'], home);
    await push('main');
    let isDripping = false;
    const slow = await between((incoming, outgoing) => {
      if (!incoming.url?.includes('/info/lfs/objects/') || incoming.method !== 'GET') return false;
      outgoing.writeHead(200);
      outgoing.write(data.subarray(0, 1));
      isDripping = true;
      return true;
    });
    there.app.config.server.public_url = slow;
    const open = await begin({ url });
    const limits = here.app.config.repositories;
    const { import_timeout_minutes: usual } = limits;
    limits.import_timeout_minutes = 1 / 6;
    const run = followRemote(here.app, open.repository.id, {
      remote: { url, authorization: undefined },
      ...{ lfs: true, signal: AbortSignal.timeout(60_000), onProgress: () => {} },
    });
    await expect(run).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('longer than is allowed'),
    });
    limits.import_timeout_minutes = usual;
    there.app.config.server.public_url = there.url;
    expect(isDripping).toBe(true);
  });

  test.each([
    ['a page', 200, { 'content-type': 'text/html' }, '<h1>no</h1>', 'no git repository'],
    ['nothing', 404, {}, '', 'no repository at this address'],
    ['a failure', 500, {}, '', 'status 500'],
    [
      'compressed bytes',
      200,
      { 'content-type': 'application/x-git-upload-pack-advertisement', 'content-encoding': 'gzip' },
      'x',
      'no git repository',
    ],
    [
      'a redirect into the network',
      302,
      { location: 'http://127.0.0.2:22/' },
      '',
      'not on the public internet',
    ],
    ['a redirect to a file', 302, { location: 'file:///etc/passwd' }, '', 'Only http and https'],
    ['nonsense', 200, { 'content-type': 'application/x-git-upload-pack-advertisement' }, 'zzzz', 'broke off'],
  ])('from %s fails and says why', async (_what, status, headers, body, reason) => {
    const url = await between((_incoming, outgoing) => {
      outgoing.writeHead(status, headers as Record<string, string>);
      outgoing.end(body);
      return true;
    });
    const { open, row } = await imported({ url: `${url}/x.git` });
    expect(row).toMatchObject({ state: 'failed', error: expect.stringContaining(reason) });
    expect(await refsOf(open.dir)).toBe('');
  });

  test('goes through a redirect, without credentials for another host', async () => {
    const { path, dir } = await source();
    const seen: (string | undefined)[] = [];
    const second = await between((incoming) => {
      seen.push(incoming.headers.authorization);
      return false;
    });
    const first = await between((incoming, outgoing) => {
      expect(incoming.headers.authorization).toBeDefined();
      outgoing.writeHead(301, { location: second + (incoming.url ?? '') }).end();
      return true;
    });
    const { open, row } = await imported({ url: first + path, username: 'ada', password: 'secret' });
    expect(row).toMatchObject({ state: 'done' });
    expect(await refsOf(open.dir)).toBe(await refsOf(dir));
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.every((header) => header === undefined)).toBe(true);
  });

  test('larger than allowed is ended', async () => {
    const { tree, push, url } = await source();
    await writeFile(join(tree, 'big'), randomBytes(4_000_000));
    await gitOk(tree, ['add', '.']);
    await gitOk(tree, ['commit', '-q', '-m', 'big']);
    await push('main');
    const { open, row } = await imported({ url });
    expect(row).toMatchObject({ state: 'failed', error: expect.stringContaining('larger than') });
    expect(await refsOf(open.dir)).toBe('');
  });

  test('of damaged objects is refused as a push of them is', async () => {
    const { url, dir } = await source();
    const bad = await gitOk(dir, ['rev-parse', 'main^{tree}']);
    const text = `tree ${bad}\nauthor X <x> 1 +0000\ncommitter X <x@x> 99999999999999999999 +0000\n\nbad\n`;
    await writeFile(join(there.work, 'bad'), text);
    const oid = await gitOk(dir, [
      'hash-object',
      '-t',
      'commit',
      '--literally',
      '-w',
      join(there.work, 'bad'),
    ]);
    await gitOk(dir, ['update-ref', 'refs/heads/bad', oid]);
    const { open, row } = await imported({ url });
    expect(row).toMatchObject({ state: 'failed', error: expect.stringContaining('damaged object') });
    expect(await refsOf(open.dir)).toBe('');
  });

  test('is cancelled: git ends, and an empty repository is left', async () => {
    const { path } = await source();
    let asked = 0;
    const url = await between((incoming) => {
      if (incoming.method !== 'POST') return false;
      asked += 1;
      return true;
    });
    const open = await begin({ url: url + path });
    const running = here.app.jobs.drain();
    await eventually(async () => asked > 0, 'git asked');
    const row = await findImport(here.app, open);
    expect(row).toMatchObject({ state: 'running' });
    expect(processesNow().some(isRemoteGit)).toBe(true);
    await cancelImport(here.app, await here.person('bob'), open);
    await running;
    await eventually(async () => !processesNow().some(isRemoteGit), 'git ended');
    expect(await findImport(here.app, open)).toMatchObject({ state: 'cancelled' });
    expect(await refsOf(open.dir)).toBe('');
    expect((await here.app.events.recent({ repositoryId: open.repository.id, limit: 1 }))[0]?.kind).not.toBe(
      'push',
    );
    await expect(cancelImport(here.app, await here.person('bob'), open)).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('interrupted by the end of the server begins anew, and ends as if nothing had happened', async () => {
    const { path, dir } = await source();
    let isStuck = true;
    let asked = 0;
    const url = await between((incoming) => {
      if (incoming.method !== 'POST') return false;
      asked += 1;
      return isStuck;
    });
    const open = await begin({ url: url + path });
    const { runImport } = await import('../../src/features/mirrors/import-run.service.ts');
    const stop = new AbortController();
    const running = runImport(here.app, open.repository.id, { attempt: 1, signal: stop.signal });
    await eventually(async () => asked > 0, 'git asked');
    stop.abort(new Error('the server stops'));
    await expect(running).rejects.toThrow();
    expect(await findImport(here.app, open)).toMatchObject({ state: 'running', finishedAt: null });
    await gitOk(open.dir, ['symbolic-ref', 'HEAD']);
    isStuck = false;
    await here.app.jobs.drain();
    expect(await findImport(here.app, open)).toMatchObject({ state: 'done' });
    expect(await refsOf(open.dir)).toBe(await refsOf(dir));
  });

  test('from a server that names refs as to write others leaves those alone', async () => {
    const { dir } = await source();
    const oid = await gitOk(dir, ['rev-parse', 'main']);
    const line = (text: string) => `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;
    const url = await between((_incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
      outgoing.end(
        `${line('# service=git-upload-pack\n')}0000${line(`${oid} HEAD\0multi_ack side-band-64k ofs-delta\n`)}` +
          `${line(`${oid} refs/heads/a:refs/heads/main\n`)}${line(`${oid} refs/heads/*\n`)}` +
          `${line(`${oid} refs/heads/../../config\n`)}${line(`${oid} refs/opencodehub/x\n`)}0000`,
      );
      return true;
    });
    const { open, row } = await imported({ url });
    expect(row).toMatchObject({ state: 'done' });
    expect(await refsOf(open.dir)).toBe('');
  });

  test('of one owner leaves places for others', async () => {
    const { path } = await source();
    const url = await between((incoming) => incoming.method === 'POST');
    const { runImport } = await import('../../src/features/mirrors/import-run.service.ts');
    const stop = new AbortController();
    const opened: Awaited<ReturnType<typeof openRepository>>[] = [];
    for (const suffix of ['a', 'b', 'c']) {
      const bob = await here.person('bob');
      const called = `${name}-${suffix}`;
      await importRepository(here.app, bob, parseNewImport({ name: called, url: url + path }));
      opened.push(await openRepository(here.app, bob, 'bob', called, 'settings:manage'));
    }
    const runs = opened.map(({ repository }) =>
      runImport(here.app, repository.id, { attempt: 1, signal: stop.signal }).catch(() => 'stopped'),
    );
    const states = async () => {
      const rows = await Promise.all(opened.map((open) => findImport(here.app, open)));
      return rows.map((row) => row?.state).sort();
    };
    await eventually(
      async () => JSON.stringify(await states()) === JSON.stringify(['running', 'running', 'waiting']),
      'two ran and one waited',
    );
    stop.abort(new Error('the server stops'));
    await Promise.all(runs);
    for (const open of opened) await cancelImport(here.app, await here.person('bob'), open);
  });

  test.each(['file:///etc', 'ext::sh -c id', '--upload-pack=id', 'ssh://x/y', '/etc', 'git@x:y'])(
    'from %s is refused before anything is made',
    async (url) => {
      await expect(begin({ url })).rejects.toMatchObject({ fields: { url: expect.any(String) } });
    },
  );
});

test('without leave, an import reaches nothing inside the network', async () => {
  const { url, path } = await source();
  const { port } = new URL(url);
  const closed = there;
  const ada = await closed.person('ada');
  for (const [index, host] of [
    '127.0.0.1',
    'localhost',
    '[::1]',
    '2130706433',
    '0x7f.1',
    '[::ffff:7f00:1]',
  ].entries()) {
    const called = `${name}-${index}`;
    await importRepository(
      closed.app,
      ada,
      parseNewImport({ name: called, url: `http://${host}:${port}${path}` }),
    );
    await closed.app.jobs.drain();
    const open = await openRepository(closed.app, ada, 'ada', called, 'settings:manage');
    expect(await findImport(closed.app, open)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('not on the public internet'),
    });
  }
});
