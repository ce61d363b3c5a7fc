// Refs read from their files, compared with `git for-each-ref`, while they are packed and changed under the reader.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRandom } from '../../../scripts/corpus/random.ts';
import type { Oid, RepoDir } from '../../../src/platform/git/git.types.ts';
import { packedRefsOf } from '../../../src/platform/git/packed-refs.ts';
import { readHead } from '../../../src/platform/git/refs.ts';
import { type Fixture, native, nativeText, openFixture, writeCommits } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(async () => fixture.close());

function twoCommits(dir: RepoDir): [Oid, Oid] {
  const file = (content: string) => [{ path: 'file', content }];
  const [one = '', two = ''] = writeCommits(dir, [
    { parents: [], entries: file('1') },
    { parents: [0], entries: file('2') },
  ]);
  return [one, two];
}

function listed(dir: RepoDir, prefix: string): string[] {
  const format = '--format=%(objectname) %(refname)';
  return nativeText(dir, ['for-each-ref', format, prefix]).split('\n').filter(Boolean);
}

async function read(dir: RepoDir, prefix: string): Promise<string[]> {
  return (await fixture.git.refs(dir, prefix)).map((ref) => `${ref.oid} ${ref.name}`);
}

describe('refs', () => {
  it('are those git lists, after every one of many changes', async () => {
    const dir = fixture.bare('changing');
    const oids = twoCommits(dir);
    const random = startRandom(7);
    const names = ['a', 'a-b', 'a.b', 'z/a', 'z/b', 'z-a', 'ünï/ä', '日本', '\u{1f600}', '\ufb01'].map(
      (n) => `refs/heads/${n}`,
    );
    for (let i = 0; i < 60; i++) {
      const dice = random.next();
      const name = random.pick(names);
      if (dice < 0.6) native(dir, ['update-ref', name, random.pick(oids)]);
      else if (dice < 0.75) native(dir, ['update-ref', '-d', name]);
      else if (dice < 0.85) native(dir, ['pack-refs', '--all']);
      else if (dice < 0.92) native(dir, ['symbolic-ref', name, 'refs/heads/main']);
      else native(dir, ['tag', '-f', '-a', '-m', 'x', `t${i % 3}`, random.pick(oids)]);
      expect(await read(dir, 'refs/heads/')).toEqual(listed(dir, 'refs/heads/'));
      expect(await read(dir, 'refs/tags/')).toEqual(listed(dir, 'refs/tags/'));
      const there = nativeText(dir, ['for-each-ref', '--format=%(objectname)', name]);
      expect(await fixture.git.ref(dir, name)).toBe(there || undefined);
    }
  });

  it('are all there while another process packs them', async () => {
    const dir = fixture.bare('packing');
    const [one, two] = twoCommits(dir);
    const names = Array.from({ length: 20 }, (_, i) => `refs/heads/b/${i}`);
    const script = `for i in $(seq 40); do for j in 0 7 13; do git update-ref refs/heads/b/$j $([ $((i % 2)) = 0 ] && echo ${one} || echo ${two}); done; git pack-refs --all --prune; done`;
    for (const name of names) native(dir, ['update-ref', name, one]);
    const packing = spawn('sh', ['-c', script], {
      env: { PATH: process.env.PATH, GIT_DIR: dir },
      stdio: 'ignore',
    });
    let running = true;
    const ended = once(packing, 'exit').then(() => {
      running = false;
    });
    let rounds = 0;
    for (; running; rounds++) {
      const found = await fixture.git.refs(dir, 'refs/heads/b/');
      expect(found.map((ref) => ref.name)).toEqual(names.toSorted());
      expect([one, two]).toContain(await fixture.git.ref(dir, 'refs/heads/b/7'));
    }
    await ended;
    expect(rounds).toBeGreaterThan(5);
    expect(await read(dir, 'refs/heads/b/')).toEqual(listed(dir, 'refs/heads/b/'));
  });

  it('stop at rings of symbolic refs, broken files, links and names git would not write', async () => {
    const dir = fixture.bare('broken');
    const [one] = twoCommits(dir);
    writeFileSync(join(dir, 'refs/heads/ring'), 'ref: refs/heads/ring2\n');
    writeFileSync(join(dir, 'refs/heads/ring2'), 'ref: refs/heads/ring\n');
    writeFileSync(join(dir, 'refs/heads/out'), 'ref: ../../outside\n');
    writeFileSync(join(dir, 'refs/heads/empty'), '');
    writeFileSync(join(dir, 'refs/heads/text'), 'hello\n');
    writeFileSync(join(dir, 'refs/heads/new.lock'), `${one}\n`);
    symlinkSync('/etc/hostname', join(dir, 'refs/heads/link'));
    mkdirSync(join(dir, 'refs/heads/empty-folder'));
    const names = (await fixture.git.refs(dir, 'refs/heads/')).map((ref) => ref.name);
    expect(names).toEqual(['refs/heads/main']);
    for (const name of ['ring', 'out', 'empty', 'text', 'link', 'new.lock', 'empty-folder', 'nothing/here'])
      expect(await fixture.git.ref(dir, `refs/heads/${name}`), name).toBeUndefined();
  });

  it('give HEAD as a branch, or its commit when detached', async () => {
    const dir = fixture.bare('head');
    const [one, two] = twoCommits(dir);
    expect(await readHead(dir)).toBe('refs/heads/main');
    expect(await fixture.git.ref(dir, 'HEAD')).toBe(two);
    writeFileSync(join(dir, 'HEAD'), `${one}\n`);
    expect(await readHead(dir)).toBeUndefined();
    expect(await fixture.git.ref(dir, 'HEAD')).toBe(one);
  });
});

describe('packed refs', () => {
  const line = (i: number) => `${i.toString(16).padStart(40, 'a')} refs/heads/${i % 97}/b${i}`;

  it('are found one by one among many, with what their tags peel to', () => {
    const lines = Array.from({ length: 3000 }, (_, i) => line(i)).toSorted((a, b) =>
      a.slice(41) < b.slice(41) ? -1 : 1,
    );
    const peeled = lines.flatMap((text, i) => (i % 3 === 0 ? [text, `^${'c'.repeat(40)}`] : [text]));
    const refs = packedRefsOf(
      Buffer.from(`# pack-refs with: peeled fully-peeled sorted \n${peeled.join('\n')}\n`),
    );
    for (const [i, text] of lines.entries()) {
      const found = refs.find(text.slice(41));
      expect(`${found?.oid} ${found?.name}`).toBe(text);
      expect(found?.peeled).toBe(i % 3 === 0 ? 'c'.repeat(40) : undefined);
    }
    for (const name of [
      '',
      'refs/heads/',
      'refs/heads/0',
      'refs/heads/96/zzz',
      'refs/zzz',
      'a',
      '\u{10ffff}',
    ])
      expect(refs.find(name), name).toBeUndefined();
    expect(refs.list('refs/heads/').map((ref) => `${ref.oid} ${ref.name}`)).toEqual(lines);
    expect(refs.list('refs/heads/1/').every((ref) => ref.name.startsWith('refs/heads/1/'))).toBe(true);
    expect(refs.list('refs/heads/1/')).toHaveLength(31);
  });

  it('written by an old git in no order are found as well', () => {
    const refs = packedRefsOf(Buffer.from(`${line(3)}\n${line(1)}\n^${'d'.repeat(40)}\n${line(2)}\n`));
    expect(refs.list('refs/heads/').map((ref) => ref.name)).toEqual([1, 2, 3].map((i) => line(i).slice(41)));
    expect(refs.find(line(1).slice(41))?.peeled).toBe('d'.repeat(40));
  });

  it('cut short or empty are not a crash', () => {
    expect(packedRefsOf(Buffer.alloc(0)).list('refs/heads/')).toEqual([]);
    const text = `# pack-refs with: peeled fully-peeled sorted \n${line(1)}\n^${'d'.repeat(40)}\n${line(2)}`;
    for (let length = 0; length <= text.length; length++) {
      const refs = packedRefsOf(Buffer.from(text.slice(0, length)));
      expect(refs.list('refs/heads/').length).toBeLessThanOrEqual(2);
      refs.find(line(1).slice(41));
    }
  });

  it('are what git wrote', () => {
    const dir = fixture.bare('written');
    twoCommits(dir);
    native(dir, ['pack-refs', '--all']);
    expect(packedRefsOf(readFileSync(join(dir, 'packed-refs'))).find('refs/heads/main')).toBeDefined();
  });
});
