// Mirrors between two real servers, both ways.
import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findLfsObject } from '../../src/features/lfs/lfs-objects.service.ts';
import { runMirror } from '../../src/features/mirrors/mirror-run.service.ts';
import { parseMirrorChanges, parseNewPushMirror } from '../../src/features/mirrors/mirrors.input.ts';
import {
  addPushMirror,
  changeMirror,
  mirrorsOf,
  removeMirror,
  syncMirror,
} from '../../src/features/mirrors/mirrors.service.ts';
import { updateMirror } from '../../src/features/mirrors/mirrors.store.ts';
import { openRepository } from '../../src/features/repos/access.service.ts';
import { changeRefs } from '../../src/features/repos/ref-changes.service.ts';
import { setArchived } from '../../src/features/repos/repos.service.ts';
import { updateUser } from '../../src/features/users/users.store.ts';
import { git, gitOk, PASSWORD, workTree } from './support/transport-server.ts';

import {
  beginTest,
  endTest,
  here,
  home,
  imported,
  name,
  openBob,
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

describe('a pull mirror', () => {
  async function mirror() {
    const made = await source();
    const { open } = await imported({ url: made.url, isMirror: true, intervalMinutes: 60 });
    const bob = await here.person('bob');
    const [row] = await mirrorsOf(here.app, bob, open);
    if (!row) throw new Error('no mirror');
    const sync = async () => {
      await syncMirror(here.app, bob, open, row.id);
      await here.app.jobs.drain();
      return (await mirrorsOf(here.app, bob, open))[0];
    };
    return { ...made, open, row, bob, sync };
  }

  test('follows new commits, force-pushes, deletions and a new default branch', async () => {
    const { tree, push, open, sync, dir, row } = await mirror();
    expect(open.repository.isMirror).toBe(true);
    expect(row).toMatchObject({ direction: 'pull', intervalMinutes: 60, lastError: null, failures: 0 });
    await gitOk(tree, ['commit', '-q', '--allow-empty', '-m', 'more']);
    await push('main');
    expect(await sync()).toMatchObject({ lastError: null });
    expect(await refsOf(open.dir)).toBe(await refsOf(dir));
    await gitOk(tree, ['reset', '-q', '--hard', 'HEAD~2']);
    await gitOk(tree, ['commit', '-q', '--allow-empty', '-m', 'other']);
    await push('main', ':topic', 'main:topic/below', ':v1');
    expect(await sync()).toMatchObject({ lastError: null });
    expect(await refsOf(open.dir)).toBe(await refsOf(dir));
    await push('main:trunk');
    await gitOk(dir, ['symbolic-ref', 'HEAD', 'refs/heads/trunk']);
    await gitOk(dir, ['update-ref', '-d', 'refs/heads/main']);
    expect(await sync()).toMatchObject({ lastError: null });
    expect(await refsOf(open.dir)).toBe(await refsOf(dir));
    expect((await openBob()).repository.defaultBranch).toBe('trunk');
    const before = (await here.app.events.recent({ repositoryId: open.repository.id, limit: 1 }))[0]?.id;
    expect(await sync()).toMatchObject({ lastError: null });
    expect((await here.app.events.recent({ repositoryId: open.repository.id, limit: 1 }))[0]?.id).toBe(
      before,
    );
  });

  test('takes no pushes and no changes, until it is made a normal repository', async () => {
    const { tree, open, bob, row } = await mirror();
    const url = here.urlAs('bob', `/bob/${name}.git`);
    await gitOk(tree, ['commit', '-q', '--allow-empty', '-m', 'mine']);
    const refused = await git(tree, ['push', url, 'main']);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('is a mirror');
    const oid = await gitOk(open.dir, ['rev-parse', 'main']);
    const updates = [{ ref: 'refs/heads/x', oldOid: '0'.repeat(40), newOid: oid }];
    await expect(changeRefs(here.app, bob, open, { updates })).rejects.toMatchObject({ code: 'forbidden' });
    await removeMirror(here.app, bob, open, row.id);
    expect((await openBob()).repository.isMirror).toBe(false);
    await gitOk(tree, ['push', '-q', url, 'main']);
  });

  test('runs when it is due, waits longer after failures, and rests while archived', async () => {
    const { open, bob, row, dir, tree, push } = await mirror();
    const makeDue = () => here.app.db.write((tx) => updateMirror(tx, row.id, { nextRunAt: 1 }));
    await gitOk(tree, ['commit', '-q', '--allow-empty', '-m', 'due']);
    await push('main');
    const { enqueueDueMirrors } = await import('../../src/features/mirrors/mirror-run.service.ts');
    const due = async () => {
      await makeDue();
      await enqueueDueMirrors(here.app);
      await here.app.jobs.drain();
      return (await mirrorsOf(here.app, bob, open))[0];
    };
    const ran = await due();
    expect(await refsOf(open.dir)).toBe(await refsOf(dir));
    expect(ran?.nextRunAt ?? 0).toBeGreaterThan(Date.now() + 59 * 60_000);
    const { updateRepository } = await import('../../src/features/repos/repos.store.ts');
    const original = await openRepository(
      there.app,
      await there.person('ada'),
      'ada',
      name,
      'settings:manage',
    );
    await there.app.db.write((tx) => updateRepository(tx, original.repository.id, { visibility: 'private' }));
    for (const failures of [1, 2]) {
      const failed = await due();
      expect(failed).toMatchObject({ failures, lastError: expect.stringContaining('credentials') });
      expect((failed?.nextRunAt ?? 0) - Date.now()).toBeGreaterThan(59 * 60_000 * 2 ** failures);
    }
    const told = (await here.app.events.recent({ repositoryId: open.repository.id, limit: 20 })).filter(
      (event) => event.kind === 'mirror.failed',
    );
    expect(told).toHaveLength(1);
    await changeMirror(
      here.app,
      bob,
      open,
      row.id,
      parseMirrorChanges({ intervalMinutes: 0, username: 'ada', password: PASSWORD }),
    );
    await syncMirror(here.app, bob, open, row.id);
    await here.app.jobs.drain();
    expect((await mirrorsOf(here.app, bob, open))[0]).toMatchObject({
      failures: 0,
      lastError: null,
      nextRunAt: null,
    });
    await setArchived(here.app, bob, open, true);
    const last = (await mirrorsOf(here.app, bob, await openRead()))[0]?.lastRunAt;
    await makeDue();
    await enqueueDueMirrors(here.app);
    await here.app.jobs.drain();
    expect((await mirrorsOf(here.app, bob, await openRead()))[0]?.lastRunAt).toBe(last);
  });

  test('of a suspended account connects to nobody until the account is back', async () => {
    const { open, row, tree, push } = await mirror();
    const before = await refsOf(open.dir);
    await gitOk(tree, ['commit', '-q', '--allow-empty', '-m', 'more']);
    await push('main');
    const setSuspended = (isSuspended: boolean) =>
      here.app.db.write((tx) => updateUser(tx, open.owner.id, { isSuspended }));
    await setSuspended(true);
    await runMirror(here.app, row.id, AbortSignal.timeout(60_000));
    expect(await refsOf(open.dir)).toBe(before);
    await setSuspended(false);
    await runMirror(here.app, row.id, AbortSignal.timeout(60_000));
    expect(await refsOf(open.dir)).not.toBe(before);
  });

  async function openRead() {
    return openRepository(here.app, await here.person('bob'), 'bob', name, 'access:read');
  }
});

describe('a push mirror', () => {
  test('takes branches, tags and large files there, removes what is gone, and keeps hidden refs here', async () => {
    const target = await there.repository('ada', name, { visibility: 'private' });
    const bob = await here.person('bob');
    const own = await here.repository('bob', name);
    const tree = await workTree(here.work);
    const data = randomBytes(4000);
    await writeFile(join(tree, '.gitattributes'), '*.bin filter=lfs -text\n');
    await writeFile(join(tree, 'a.bin'), data);
    await gitOk(tree, ['add', '.'], home);
    await gitOk(tree, ['commit', '-q', '-m', 'art'], home);
    const push = (...refs: string[]) =>
      gitOk(tree, ['push', '-q', '-f', here.urlAs('bob', own.path), ...refs], home);
    await push('main', 'main:topic', 'main:refs/tags/v1');
    await gitOk(own.dir, ['update-ref', 'refs/opencodehub/secret', 'main']);
    const open = await openBob();
    const mirror = await addPushMirror(
      here.app,
      bob,
      open,
      parseNewPushMirror({
        url: there.url + target.path,
        username: 'ada',
        password: PASSWORD,
        lfs: true,
        onPush: true,
      }),
    );
    await here.app.jobs.drain();
    expect((await mirrorsOf(here.app, bob, open))[0]).toMatchObject({ lastError: null, failures: 0 });
    expect(await refsOf(target.dir)).toBe(
      (await refsOf(own.dir))
        .split('\n')
        .filter((l) => !l.includes('secret'))
        .join('\n'),
    );
    const oid = createHash('sha256').update(data).digest('hex');
    const ada = await there.person('ada');
    const far = await openRepository(there.app, ada, 'ada', name, 'code:read');
    expect(await findLfsObject(there.app, far, oid)).toMatchObject({ size: 4000 });
    await gitOk(tree, ['commit', '-q', '--allow-empty', '-m', 'one'], home);
    await push('main', ':topic');
    await push('main:second');
    await here.app.jobs.drain();
    const waiting = (await here.app.jobs.list({ kind: 'mirrors.run', state: 'waiting', limit: 10 })).filter(
      (job) => job.payload.mirrorId === mirror.id,
    );
    expect(waiting).toHaveLength(1);
    await here.app.jobs.retry(waiting[0]?.id ?? 0);
    await here.app.jobs.drain();
    expect(await refsOf(target.dir)).toBe(
      (await refsOf(own.dir))
        .split('\n')
        .filter((l) => !l.includes('secret'))
        .join('\n'),
    );
  });

  test('says what the other server refuses, and never empties it', async () => {
    const target = await source();
    const bob = await here.person('bob');
    await here.repository('bob', name);
    const open = await openBob();
    const before = await refsOf(target.dir);
    const input = { url: target.url, username: 'ada', password: PASSWORD };
    const mirror = await addPushMirror(here.app, bob, open, parseNewPushMirror(input));
    await here.app.jobs.drain();
    expect(await refsOf(target.dir)).toBe(before);
    await expect(addPushMirror(here.app, bob, open, parseNewPushMirror(input))).rejects.toMatchObject({
      code: 'invalid',
    });
    await removeMirror(here.app, bob, open, mirror.id);
    const tree = await workTree(here.work);
    await gitOk(tree, ['push', '-q', here.urlAs('bob', `/bob/${name}.git`), 'main:other']);
    await addPushMirror(here.app, bob, await openBob(), parseNewPushMirror({ ...input, password: 'wrong' }));
    await here.app.jobs.drain();
    const [failed] = await mirrorsOf(here.app, bob, open);
    expect(failed).toMatchObject({
      failures: 1,
      lastError: expect.stringContaining('does not accept these credentials'),
    });
    await changeMirror(
      here.app,
      bob,
      open,
      failed?.id ?? 0,
      parseMirrorChanges({ intervalMinutes: 60, ...input }),
    );
    await syncMirror(here.app, bob, open, failed?.id ?? 0);
    await here.app.jobs.drain();
    // Its default branch may not be deleted.
    const [refused] = await mirrorsOf(here.app, bob, open);
    expect(refused?.lastError).toContain('refs/heads/main');
  });
});
