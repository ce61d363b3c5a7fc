// Git over HTTP with a real git client: every protocol version, shapes of clones, and who may do what.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SYSTEM } from '../../src/base/actor.ts';
import { createAccessToken } from '../../src/features/auth/tokens.service.ts';
import {
  command,
  eventually,
  git,
  gitOk,
  PASSWORD,
  processesOn,
  type TransportServer,
  transportServer,
  workTree,
} from './support/transport-server.ts';

let server: TransportServer;

beforeAll(async () => {
  server = await transportServer({
    git: { max_push_bytes: 3_000_000 },
    server: { trusted_proxies: ['127.0.0.1'] },
  });
});
afterAll(() => server.close());

test('answers carry the security headers, and ask for HTTPS where the client uses it', async () => {
  const repository = await server.repository('ada', 'headers');
  const refs = `${server.url}${repository.path}/info/refs`;
  for (const [address, status] of [
    [`${refs}?service=git-upload-pack`, 200],
    [refs, 403],
    [`${server.url}/ada/missing.git/info/refs?service=git-upload-pack`, 401],
  ] as const) {
    for (const proto of ['http', 'https']) {
      const { headers, ...answer } = await fetch(address, { headers: { 'x-forwarded-proto': proto } }).then(
        async (got) => ({ status: got.status, headers: got.headers, body: await got.text() }),
      );
      expect(answer.status).toBe(status);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.has('strict-transport-security')).toBe(proto === 'https');
    }
  }
});

describe('protocol versions', () => {
  test.each([0, 1, 2])('push, clone and fetch by v%i give the same objects', async (version) => {
    const repository = await server.repository('ada', `versions-${version}`);
    const tree = await workTree(server.work);
    const v = ['-c', `protocol.version=${version}`];
    await gitOk(tree, [...v, 'push', '-q', server.urlAs('ada', repository.path), 'main']);
    const clone = join(server.work, `clone-${version}`);
    await gitOk(server.work, [...v, 'clone', '-q', server.url + repository.path, clone]);
    expect(await gitOk(clone, ['rev-parse', 'HEAD'])).toBe(await gitOk(tree, ['rev-parse', 'main']));
    await gitOk(tree, ['commit', '-q', '--allow-empty', '-m', 'more']);
    await gitOk(tree, [...v, 'push', '-q', server.urlAs('ada', repository.path), 'main']);
    await gitOk(clone, [...v, 'fetch', '-q']);
    expect(await gitOk(clone, ['rev-parse', 'origin/main'])).toBe(await gitOk(tree, ['rev-parse', 'main']));
    await gitOk(clone, ['fsck', '--strict']);
    await gitOk(repository.dir, ['fsck', '--strict', '--connectivity-only']);
  });

  test('a sha256 repository is cloned and pushed to', async () => {
    const repository = await server.repository('ada', 'long-ids', { objectFormat: 'sha256' });
    const tree = await workTree(server.work, { objectFormat: 'sha256' });
    await gitOk(tree, ['push', '-q', server.urlAs('ada', repository.path), 'main']);
    await gitOk(server.work, ['clone', '-q', server.url + repository.path, 'long']);
    expect(await gitOk(join(server.work, 'long'), ['rev-parse', 'HEAD'])).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('shapes of clones', () => {
  test('shallow, deepened, partial and empty', async () => {
    const repository = await server.repository('ada', 'shapes');
    const url = server.url + repository.path;
    const empty = await git(server.work, ['clone', url, 'empty']);
    expect(empty).toMatchObject({ code: 0, stderr: expect.stringContaining('empty repository') });
    const tree = await workTree(server.work, { commits: 6 });
    await gitOk(tree, ['push', '-q', server.urlAs('ada', repository.path), 'main']);

    await gitOk(server.work, ['clone', '-q', '--depth', '2', url, 'shallow']);
    const shallow = join(server.work, 'shallow');
    expect(await gitOk(shallow, ['rev-list', '--count', 'HEAD'])).toBe('2');
    await gitOk(shallow, ['fetch', '-q', '--unshallow']);
    expect(await gitOk(shallow, ['rev-list', '--count', 'HEAD'])).toBe('6');

    await gitOk(server.work, ['clone', '-q', '--filter=blob:none', '--no-checkout', url, 'partial']);
    const partial = join(server.work, 'partial');
    const missing = await gitOk(partial, ['rev-list', '--objects', '--missing=print', 'HEAD']);
    expect(missing).toMatch(/^\?/m);
    await gitOk(partial, ['checkout', '-q', 'main']);
    expect(await readFile(join(partial, 'file-5.txt'), 'utf8')).toBe('5\n');
  });

  test('filters that cost too much are refused', async () => {
    const repository = await server.repository('ada', 'filters');
    const tree = await workTree(server.work);
    await gitOk(tree, ['push', '-q', server.urlAs('ada', repository.path), 'main']);
    const result = await git(server.work, [
      'clone',
      '--filter=sparse:oid=main',
      server.url + repository.path,
      'sparse',
    ]);
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain("filter 'sparse:oid' not supported");
  });

  test('a request whose body is gzipped is understood, one with another encoding is not', async () => {
    const repository = await server.repository('ada', 'zipped');
    const tree = await workTree(server.work);
    await gitOk(tree, ['push', '-q', server.urlAs('ada', repository.path), 'main']);
    const tip = await gitOk(tree, ['rev-parse', 'main']);
    const ask = (encoding: string, body: Uint8Array<ArrayBuffer>) =>
      fetch(`${server.url}${repository.path}/git-upload-pack`, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/x-git-upload-pack-request',
          'content-encoding': encoding,
          'git-protocol': 'version=2',
        },
      });
    const body = Buffer.from('0014command=ls-refs\n00000000');
    const good = await ask('gzip', new Uint8Array(gzipSync(body)));
    expect(await good.text()).toContain(`${tip} refs/heads/main`);
    expect((await ask('br', new Uint8Array(body))).status).toBe(400);
    expect((await ask('gzip', new Uint8Array(body))).status).toBe(400);
  });
});

describe('who may do what', () => {
  const info = (path: string, service: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}${path}/info/refs?service=git-${service}`, { headers });
  const basic = (name: string, secret = PASSWORD) => ({
    authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`,
  });

  test('private and missing repositories answer alike', async () => {
    await server.repository('ada', 'secret', { visibility: 'private' });
    await server.person('eve');
    for (const service of ['upload-pack', 'receive-pack']) {
      const [secret, missing] = await Promise.all([
        info('/ada/secret.git', service),
        info('/ada/nothing.git', service),
      ]);
      expect([secret.status, missing.status]).toEqual([401, 401]);
      expect(secret.headers.get('www-authenticate')).toBe(missing.headers.get('www-authenticate'));
      expect(await secret.text()).toBe(await missing.text());
      const asEve = await info('/ada/secret.git', service, basic('eve'));
      const asEveMissing = await info('/ada/nothing.git', service, basic('eve'));
      expect([asEve.status, asEveMissing.status]).toEqual([404, 404]);
      expect(asEve.headers.get('www-authenticate')).toBeNull();
      expect(await asEve.text()).toBe(await asEveMissing.text());
    }
    expect((await info('/ada/secret.git', 'upload-pack', basic('ada'))).status).toBe(200);
  });

  test('a public repository is read by anybody and written by its writers only', async () => {
    await server.repository('ada', 'open');
    await server.person('eve');
    expect((await info('/ada/open.git', 'upload-pack')).status).toBe(200);
    expect((await info('/ada/open', 'upload-pack')).status).toBe(200);
    expect((await info('/ada/open.git', 'receive-pack')).status).toBe(401);
    // Whoever reads may propose commits; branches are refused once the push says what it moves.
    expect((await info('/ada/open.git', 'receive-pack', basic('eve'))).status).toBe(200);
    const tree = await workTree(server.work, { commits: 1 });
    const pushed = await git(tree, ['push', server.urlAs('eve', '/ada/open.git'), 'HEAD:refs/heads/theirs']);
    expect(pushed.code).not.toBe(0);
    expect(pushed.stderr).toContain('write permission');
    const wrong = await info('/ada/open.git', 'upload-pack', basic('ada', 'wrong'));
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('www-authenticate')).toContain('Basic realm="OpenCodeHub"');
  });

  test('a token limited to a repository pushes there, and knows of no other private one', async () => {
    const [own, other] = [
      await server.repository('ada', 'chosen', { visibility: 'private' }),
      await server.repository('ada', 'not-chosen', { visibility: 'private' }),
    ];
    const { token } = await createAccessToken(server.app, SYSTEM, (await server.person('ada')).userId, {
      name: 'limited',
      scopes: ['write:repository'],
      repositoryIds: [own.row.id],
    });
    const tree = await workTree(server.work);
    const at = (path: string) => `${server.url.replace('//', `//ada:${token}@`)}${path}`;
    await gitOk(tree, ['push', '-q', at(own.path), 'main']);
    const hidden = await git(tree, ['push', at(other.path), 'main']);
    const missing = await git(tree, ['push', at('/ada/nothing.git'), 'main']);
    expect(hidden.code).not.toBe(0);
    expect(hidden.stderr.replaceAll('not-chosen', 'nothing')).toBe(missing.stderr);
  });

  test('tokens do what their scopes say', async () => {
    await server.repository('ada', 'scoped', { visibility: 'private' });
    const reading = await server.token('ada', 'read:repository');
    const other = await server.token('ada', 'read:user');
    expect((await info('/ada/scoped.git', 'upload-pack', basic('ada', reading))).status).toBe(200);
    expect(
      (await info('/ada/scoped.git', 'upload-pack', { authorization: `Bearer ${reading}` })).status,
    ).toBe(200);
    expect((await info('/ada/scoped.git', 'receive-pack', basic('ada', reading))).status).toBe(403);
    expect((await info('/ada/scoped.git', 'upload-pack', basic('ada', other))).status).not.toBe(200);
    expect((await info('/ada/scoped.git', 'upload-pack', { authorization: 'Bearer nonsense' })).status).toBe(
      401,
    );
  });

  test('the dumb protocol and unknown services are refused with a reason', async () => {
    await server.repository('ada', 'smart');
    for (const path of ['/info/refs', '/HEAD', '/objects/info/packs', '/objects/aa/bb', '/info/alternates']) {
      const answer = await fetch(`${server.url}/ada/smart.git${path}`);
      expect([path, answer.status]).toEqual([path, 403]);
      expect(await answer.text()).toContain('smart HTTP');
    }
    expect((await info('/ada/smart.git', 'upload-archive')).status).toBe(403);
    const head = await fetch(`${server.url}/ada/smart.git/info/refs?service=git-upload-pack`, {
      method: 'HEAD',
    });
    expect([head.status, head.headers.get('allow')]).toEqual([405, 'GET']);
    const get = await fetch(`${server.url}/ada/smart.git/git-upload-pack`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    const form = await fetch(`${server.url}/ada/smart.git/git-upload-pack`, { method: 'POST', body: 'x' });
    expect(form.status).toBe(415);
  });
});

describe('pushes', () => {
  test('a push over the limit is refused with a clear error, and nothing of it stays', async () => {
    const repository = await server.repository('ada', 'limited');
    const tree = await workTree(server.work);
    await command('sh', ['-c', 'head -c 5000000 /dev/urandom > big'], { cwd: tree });
    await gitOk(tree, ['add', '.']);
    await gitOk(tree, ['commit', '-q', '-m', 'big']);
    const result = await git(tree, ['push', server.urlAs('ada', repository.path), 'main']);
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain('pack exceeds maximum allowed size');
    expect(await server.app.git.refs(repository.dir, 'refs/')).toEqual([]);
    expect(await gitOk(repository.dir, ['count-objects'])).toContain('0 objects');
    await eventually(
      async () => server.app.git.activity.pushesUnderWay(repository.dir) === 0,
      'the push ends',
    );
  });

  test('of concurrent pushes to one ref exactly one wins', async () => {
    const repository = await server.repository('ada', 'race');
    const base = await workTree(server.work);
    await gitOk(base, ['push', '-q', server.urlAs('ada', repository.path), 'main']);
    const trees = await Promise.all(
      [1, 2, 3, 4].map(async (i) => {
        const tree = join(server.work, `racer-${i}`);
        await gitOk(server.work, ['clone', '-q', base, tree]);
        await gitOk(tree, ['commit', '-q', '--allow-empty', '-m', `racer ${i}`]);
        return tree;
      }),
    );
    const results = await Promise.all(
      trees.map((tree) => git(tree, ['push', '-q', server.urlAs('ada', repository.path), 'HEAD:main'])),
    );
    expect(results.filter((result) => result.code === 0)).toHaveLength(1);
    const tips = await Promise.all(trees.map((tree) => gitOk(tree, ['rev-parse', 'HEAD'])));
    const tip = await server.app.git.ref(repository.dir, 'refs/heads/main');
    expect(tip).toBe(tips[results.findIndex((result) => result.code === 0)]);
    await gitOk(repository.dir, ['fsck', '--strict']);
  });

  test('what the room refuses does not land, and the reason is printed', async () => {
    const repository = await server.repository('ada', 'judged');
    const tree = await workTree(server.work);
    const url = server.urlAs('ada', repository.path);
    const hidden = await git(tree, ['push', url, 'main:refs/heads/main', 'main:refs/pull/1/head']);
    expect(hidden.code).not.toBe(0);
    expect(hidden.stderr).toContain('remote: refs/pull/1/head is reserved');
    const internal = await git(tree, ['push', url, 'main:refs/opencodehub/x']);
    expect(internal.stderr).toContain('deny updating a hidden ref');
    expect(await server.app.git.refs(repository.dir, 'refs/')).toEqual([]);
    await gitOk(tree, ['push', '-q', url, 'main']);
    const deletion = await git(tree, ['push', url, ':main']);
    expect(deletion.code).not.toBe(0);
    expect(await server.app.git.ref(repository.dir, 'refs/heads/main')).toBeDefined();
  });

  test('a push past the server, by file path, is refused', async () => {
    const repository = await server.repository('ada', 'by-path');
    const tree = await workTree(server.work);
    const result = await git(tree, ['push', repository.dir, 'main']);
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain('push through its HTTP or SSH address');
  });

  test('push options arrive, whatever they hold', async () => {
    const repository = await server.repository('ada', 'options');
    const tree = await workTree(server.work);
    const nasty = 'a=$(touch pwned); `id` "quoted" \'single\' \\0 %s ünï';
    const url = server.urlAs('ada', repository.path);
    const result = await git(tree, ['push', '-o', nasty, '-o', '', '-o', 'last', url, 'main']);
    expect(result).toMatchObject({ code: 0 });
    expect(await server.app.git.ref(repository.dir, 'refs/heads/main')).toBeDefined();
  });

  test('a client that hangs up leaves no process behind', async () => {
    const repository = await server.repository('ada', 'hang-up');
    const tree = await workTree(server.work);
    await gitOk(tree, ['push', '-q', server.urlAs('ada', repository.path), 'main']);
    const stop = new AbortController();
    // Short requests are read whole before git is started.
    const haves = Array.from(
      { length: 25_000 },
      (_, at) => `0032have ${at.toString(16).padStart(40, '0')}\n`,
    );
    const beginning = new TextEncoder().encode(`0012command=fetch\n0001${haves.join('')}`);
    const body = new ReadableStream({ start: (controller) => controller.enqueue(beginning) });
    const request = fetch(`${server.url}${repository.path}/git-upload-pack`, {
      method: 'POST',
      body,
      duplex: 'half',
      signal: stop.signal,
      headers: { 'content-type': 'application/x-git-upload-pack-request', 'git-protocol': 'version=2' },
    } as RequestInit);
    request.catch(() => {});
    await eventually(async () => (await processesOn(repository.dir)).length > 0, 'git starts');
    stop.abort();
    await eventually(async () => (await processesOn(repository.dir)).length === 0, 'git ends');
  });
});
