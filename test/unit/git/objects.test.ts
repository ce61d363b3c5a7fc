// The pool of object processes under stress, odd paths, abbreviations, and parsers fed with what anybody may push.
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCaches } from '../../../src/platform/cache/cache.ts';
import type { Git, RepoDir } from '../../../src/platform/git/git.types.ts';
import { openObjectReaders } from '../../../src/platform/git/objects.ts';
import { parseCommit } from '../../../src/platform/git/parse-commit.ts';
import { parseTag } from '../../../src/platform/git/parse-tag.ts';
import { findTreeEntry, parseTree } from '../../../src/platform/git/parse-tree.ts';
import { entryAtPath, expandCommitId } from '../../../src/platform/git/revisions.ts';
import { runInTurns } from '../../../src/platform/git/turns.ts';
import { silentLog } from '../../../src/platform/observability/log.ts';
import { type Fixture, native, nativeText, openFixture, writeCommits } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(async () => fixture.close());

function blob(dir: RepoDir, content: string): string {
  return nativeText(dir, ['hash-object', '-w', '--stdin'], content);
}

/** Counts the processes alive through a spawn function. */
function counting(spawn: Git['spawn']) {
  const counts = { alive: 0, most: 0, started: 0 };
  const counted: Git['spawn'] = async (args, options) => {
    counts.alive++;
    counts.started++;
    counts.most = Math.max(counts.most, counts.alive);
    const process = await spawn(args, options);
    void process.exited.then(() => counts.alive--);
    return process;
  };
  return { counts, spawn: counted };
}

function processesOn(dir: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && environmentOf(pid).includes(`GIT_DIR=${dir}\0`));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}

describe('the pool of object readers', () => {
  it('serves more repositories than it has processes, each with its own objects', async () => {
    const { counts, spawn } = counting(fixture.git.spawn);
    const readers = openObjectReaders({ spawn, maxProcesses: 2, log: silentLog() });
    const dirs = Array.from({ length: 5 }, (_, i) => fixture.bare(`pool-${i}`));
    const oids = dirs.map((dir, i) => blob(dir, `only in ${i}`));
    const asked = Array.from({ length: 300 }, (_, n) => [n % 5, (n * 7) % 5] as const);
    const answers = await Promise.all(
      asked.map(async ([where, which]) => readers.objects(dirs[where] as RepoDir).read(oids[which] ?? '')),
    );
    answers.forEach((answer, n) => {
      const [where, which] = asked[n] ?? [0, 0];
      expect(answer?.data.toString()).toBe(where === which ? `only in ${which}` : undefined);
    });
    expect(counts.most).toBeLessThanOrEqual(2);
    await readers.close();
    expect(counts.alive).toBe(0);
  });

  it('answers everything while its processes are killed', async () => {
    const dir = fixture.bare('killed');
    const texts = Array.from({ length: 60 }, (_, i) => `${i} ${'z'.repeat(i * 5000)}`);
    const oids = texts.map((text) => blob(dir, text));
    const readers = openObjectReaders({ spawn: fixture.git.spawn, maxProcesses: 2, log: silentLog() });
    for (let round = 0; round < 4; round++) {
      const reading = Promise.all(oids.map((oid) => readers.objects(dir).read(oid)));
      await readers.objects(dir).info(oids[0] ?? '');
      for (const pid of processesOn(dir)) process.kill(pid, 'SIGKILL');
      expect((await reading).map((object) => object?.data.toString())).toEqual(texts);
    }
    await readers.close();
  });

  it('replaces processes that have read much, ends idle ones, and starts again', async () => {
    const { counts, spawn } = counting(fixture.git.spawn);
    const readers = openObjectReaders({
      spawn,
      maxProcesses: 2,
      log: silentLog(),
      idleMs: 60,
      recycleBytes: 20_000,
    });
    const dir = fixture.bare('recycled');
    const oid = blob(dir, 'w'.repeat(9000));
    for (let i = 0; i < 10; i++) expect((await readers.objects(dir).read(oid))?.size).toBe(9000);
    expect(counts.started).toBeGreaterThan(2);
    while (counts.alive > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await readers.objects(dir).read(oid))?.size).toBe(9000);
    await readers.forget(dir);
    expect(counts.alive).toBe(0);
    await readers.close();
    await expect(readers.objects(dir).info(oid)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('fails requests for a repository that is not there, and only those', async () => {
    const readers = openObjectReaders({ spawn: fixture.git.spawn, maxProcesses: 1, log: silentLog() });
    const there = fixture.bare('there');
    const oid = blob(there, 'here');
    const gone = readers.objects(join(fixture.work, 'gone') as RepoDir);
    const failing = Promise.allSettled(Array.from({ length: 20 }, () => gone.info(oid)));
    expect((await readers.objects(there).info(oid))?.size).toBe(4);
    for (const result of await failing)
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    await readers.close();
  });

  it('fails a damaged object and answers those asked for with it', async () => {
    const dir = fixture.bare('corrupt');
    const good = Array.from({ length: 10 }, (_, i) => blob(dir, `good ${i}`));
    const bad = blob(dir, 'q'.repeat(4000));
    const path = join(dir, 'objects', bad.slice(0, 2), bad.slice(2));
    chmodSync(path, 0o600);
    writeFileSync(path, readFileSync(path).subarray(0, 20));
    const objects = fixture.git.objects(dir);
    const [failed, ...rest] = await Promise.allSettled([
      objects.read(bad),
      ...good.map((oid) => objects.read(oid)),
    ]);
    expect(failed?.status === 'rejected' || failed?.value === undefined).toBe(true);
    expect(rest.map((result) => result.status === 'fulfilled' && result.value?.data.toString())).toEqual(
      good.map((_, i) => `good ${i}`),
    );
  });

  it('ends the reading of a tree that is too large instead of holding it', async () => {
    const readers = openObjectReaders({
      spawn: fixture.git.spawn,
      maxProcesses: 1,
      log: silentLog(),
      caches: openCaches(),
    });
    const dir = fixture.bare('large');
    const large = nativeText(
      dir,
      ['hash-object', '-w', '-t', 'tree', '--literally', '--stdin'],
      Buffer.alloc(65 * 1024 * 1024),
    );
    const small = blob(dir, 'small');
    const [tree, other] = await Promise.allSettled([
      readers.objects(dir).tree(large),
      readers.objects(dir).read(small),
    ]);
    expect(tree).toMatchObject({ status: 'rejected', reason: { code: 'too_large' } });
    expect(other).toMatchObject({ status: 'fulfilled', value: { size: 5 } });
    await readers.close();
  });

  it.each([
    ['just as long as what is kept', 0],
    ['one byte longer', 1],
    ['much longer', 70 * 1024 * 1024],
  ])('keeps the beginning of a commit and a tag, %s', async (_, more) => {
    const { counts, spawn } = counting(fixture.git.spawn);
    const readers = openObjectReaders({ spawn, maxProcesses: 1, log: silentLog() });
    const dir = fixture.bare(`long-texts-${more}`);
    const tree = nativeText(dir, ['mktree'], '');
    const person = 'A <a@x> 5 +0000';
    const write = (type: string, head: string) => {
      const text = Buffer.alloc(1024 * 1024 + more, 'word\n');
      text.write(head);
      return nativeText(dir, ['hash-object', '-w', '-t', type, '--stdin'], text);
    };
    const people = `author ${person}\ncommitter ${person}\n`;
    const first = write('commit', `tree ${tree}\n${people}\nFirst\n`);
    const second = write('commit', `tree ${tree}\nparent ${first}\n${people}\nSecond\n`);
    const tag = write('tag', `object ${second}\ntype commit\ntag v1\ntagger ${person}\n\nRelease\n`);
    const small = blob(dir, 'small');
    const reader = readers.objects(dir);
    const [tagged, commits, other] = await Promise.all([
      reader.commit(tag),
      reader.commits([first, second]),
      reader.read(small),
    ]);
    expect(tagged).toMatchObject({ oid: second, tree, parents: [first], author: { time: 5000 } });
    expect(commits.map(({ oid, message }) => [oid, message.split('\n')[0]])).toEqual([
      [first, 'First'],
      [second, 'Second'],
    ]);
    for (const { message } of commits) {
      expect(message.length).toBeLessThan(66_000);
      expect(message).toMatch(/The rest of this message is not shown\.\]$/);
    }
    expect(other?.data.toString()).toBe('small');
    expect(counts.started).toBe(1);
    await readers.close();
  });
});

describe('revisions', () => {
  it('reach paths of any bytes, and nothing else', async () => {
    const dir = fixture.bare('paths');
    const names = [
      'plain',
      'a b',
      'line\nfeed',
      'end\r',
      'dir/deep/x',
      'ü',
      ' lead',
      '-dash',
      'co:lon',
      '"quoted"',
    ];
    const latin = Buffer.from('dir/\xe9\xff', 'latin1');
    const entries = [
      ...names.map((path) => ({ path, content: `of ${path}` })),
      { path: latin, content: 'latin' },
    ];
    const [commit = ''] = writeCommits(dir, [{ parents: [], entries }]);
    const objects = fixture.git.objects(dir);
    for (const name of names) {
      expect((await objects.read(`${commit}:${name}`))?.data.toString(), name).toBe(`of ${name}`);
      expect((await objects.read(`refs/heads/main:${name}`))?.data.toString(), name).toBe(`of ${name}`);
    }
    const tree = (await objects.commit(commit))?.tree ?? '';
    const found = await objects.entry(tree, latin);
    expect(found?.nameBytes).toEqual(latin.subarray(4));
    expect((await entryAtPath(objects, tree, [Buffer.from('dir'), latin.subarray(4)]))?.oid).toBe(found?.oid);
    expect((await entryAtPath(objects, tree, []))?.oid).toBe(tree);
    for (const path of [
      '',
      '/',
      'plain/',
      '/plain',
      'dir//deep',
      '.',
      '..',
      './plain',
      '../x',
      'plain/x',
      'no',
      'dir/no',
    ])
      expect(await objects.entry(tree, Buffer.from(path)), path).toBeUndefined();
    const refused = [
      './plain',
      '../plain',
      ':/commit',
      `${commit}^`,
      `${commit}~1`,
      'HEAD@{0}',
      '@',
      'main',
      '--batch',
      `${commit}^{/x}`,
    ];
    for (const rev of [...refused, `${commit}:./plain`, `${commit}:../plain`, `refs/heads/main^{/x}`, ''])
      expect(await objects.info(rev), rev).toBeUndefined();
  });

  it('of a few digits are one commit or nothing', async () => {
    const dir = fixture.bare('digits');
    const file = (i: number) => ({
      parents: i > 0 ? [i - 1] : [],
      entries: [{ path: 'f', content: `${i}` }],
    });
    const oids = writeCommits(
      dir,
      Array.from({ length: 600 }, (_, i) => file(i)),
    );
    const objects = fixture.git.objects(dir);
    const starts = Map.groupBy(oids, (oid) => oid.slice(0, 4));
    const [shared] = [...starts].find(([, all]) => all.length > 1) ?? [];
    const [alone, [only] = []] = [...starts].find(([, all]) => all.length === 1) ?? [];
    expect(await expandCommitId(objects, alone?.toUpperCase() ?? '')).toBe(only);
    if (shared) expect(await expandCommitId(objects, shared)).toBeUndefined();
    const blobStart = blob(dir, 'not a commit').slice(0, 12);
    for (const digits of ['abc', blobStart, 'zzzz', '', 'HEAD', '0'.repeat(40), `${only}^`])
      expect(await expandCommitId(objects, digits), digits).toBeUndefined();
    // A branch whose name is digits of another commit is not an id.
    native(dir, ['update-ref', `refs/heads/${only?.slice(0, 6)}`, oids.find((oid) => oid !== only) ?? '']);
    expect(await expandCommitId(objects, only?.slice(0, 6) ?? '')).toBeUndefined();
    expect(await expandCommitId(objects, only ?? '')).toBe(only);
  });
});

describe('parsers', () => {
  it('read commits with nothing in them, or too much of it', () => {
    expect(parseCommit('0', Buffer.alloc(0))).toMatchObject({ tree: '', parents: [], message: '' });
    const spaces = `tree 1\nauthor ${' '.repeat(200_000)}\ncommitter <<<>>> 99999999999999999999 +9999\n\nx`;
    expect(parseCommit('0', Buffer.from(spaces))).toMatchObject({
      committer: { time: 0, offset: 0 },
      message: 'x',
    });
    const signed = `tree 1\ngpgsig ${'line\n '.repeat(100_000)}end\nparent 2\n\n${'m'.repeat(3_000_000)}`;
    const found = parseCommit('0', Buffer.from(signed));
    expect(found.parents).toEqual(['2']);
    expect(found.message).toBe(`${'m'.repeat(64 * 1024)}\n\n[The rest of this message is not shown.]`);
    expect(found.signature?.length).toBe(64 * 1024);
  });

  it('cut a long message between characters', () => {
    for (const shift of [0, 1, 2, 3]) {
      const { message } = parseCommit(
        '0',
        Buffer.from(`tree 1\n\n${'x'.repeat(shift)}${'🐘'.repeat(20_000)}`),
      );
      expect(message).toMatch(/^x*(?:🐘)+\n\n\[The rest/u);
    }
  });

  it('keep times before 1970 and odd zones within what a date can hold', () => {
    const at = (date: string) => parseCommit('0', Buffer.from(`author A B <a@b> ${date}\n\n`)).author;
    expect(at('-86400 -0330')).toEqual({ name: 'A B', email: 'a@b', time: -86_400_000, offset: -210 });
    expect(at('1 +2500')).toMatchObject({ time: 1000, offset: 0 });
    expect(at('9999999999999 +0000').time).toBe(0);
    expect(at('').time).toBe(0);
  });

  it('tell a tag from its signature', () => {
    const text =
      'object 1\ntype commit\ntag v1\ntagger T <t@x> 5 +0000\n\nRelease\n-----BEGIN PGP SIGNATURE-----\nabc\n';
    expect(parseTag('0', Buffer.from(text))).toMatchObject({ target: '1', name: 'v1', message: 'Release\n' });
    expect(parseTag('0', Buffer.from('type commit\n\n'))).toBeUndefined();
  });

  it('refuse trees cut anywhere but between entries', async () => {
    const dir = fixture.bare('trees');
    const [commit = ''] = writeCommits(dir, [
      { parents: [], entries: ['a', 'b/c', '\xff'].map((path) => ({ path, content: path })) },
    ]);
    const whole = native(dir, ['cat-file', 'tree', `${commit}^{tree}`]);
    const entries = await runInTurns(parseTree(whole, 20));
    expect(entries.map((entry) => entry.mode)).toEqual(['100644', '40000', '100644']);
    const ends = new Set([
      0,
      ...entries.map((entry) => entry.nameBytes.byteOffset - whole.byteOffset + entry.nameBytes.length + 21),
    ]);
    for (let length = 0; length <= whole.length; length++) {
      const read = () => [...parseTree(whole.subarray(0, length), 20)];
      if (ends.has(length)) read();
      else expect(read, `${length}`).toThrow('damaged');
    }
    expect(findTreeEntry(whole, Buffer.from('b'), 20)).toEqual(entries[1]);
    expect(findTreeEntry(whole, Buffer.from('c'), 20)).toBeUndefined();
  });
});
