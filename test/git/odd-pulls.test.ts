// Pull requests of odd histories and files, made by git itself: checked, merged in every style, and never a fault.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPull } from '../../src/features/pulls/create-pull.service.ts';
import {
  changeMergeSettings,
  DEFAULT_MERGE_SETTINGS,
} from '../../src/features/pulls/merge-settings.service.ts';
import { MERGE_STYLES } from '../../src/features/pulls/merges.types.ts';
import { mergePull } from '../../src/features/pulls/merging.service.ts';
import { requirePull } from '../../src/features/pulls/pulls.service.ts';
import type { MergeStyle, Pull } from '../../src/features/pulls/pulls.types.ts';
import { openRepository } from '../../src/features/repos/access.service.ts';
import { changeRefs } from '../../src/features/repos/ref-changes.service.ts';
import { parseNewRepository } from '../../src/features/repos/repos.input.ts';
import { createRepository } from '../../src/features/repos/repos.service.ts';
import type { OpenRepository } from '../../src/features/repos/repos.types.ts';
import { type TestApp, testApp, type Visitor } from '../support/test-app.ts';

let t: TestApp;
let ada: Visitor;
beforeAll(async () => {
  t = await testApp({ pulls: { opened_per_hour: 10_000 } });
  ada = await t.as('ada');
}, 60_000);
afterAll(() => t.close());

let count = 0;

interface Place {
  open: OpenRepository;
  clone: string;
  git(...args: string[]): string;
  /** Brings a branch of the clone into the repository as a push. */
  push(branch: string): Promise<void>;
  propose(branch: string): Promise<Pull>;
}

async function makePlace(objectFormat: 'sha1' | 'sha256' = 'sha1'): Promise<Place> {
  count += 1;
  const actor = await t.actor('ada');
  const name = `odd${count}`;
  await createRepository(
    t.app,
    actor,
    parseNewRepository({ name, visibility: 'public', object_format: objectFormat, objectFormat }),
  );
  const open = await openRepository(t.app, actor, 'ada', name, 'code:write');
  expect(open.repository.objectFormat).toBe(objectFormat);
  await changeMergeSettings(t.app, actor, open, { ...DEFAULT_MERGE_SETTINGS, styles: MERGE_STYLES });
  const clone = join(t.directory, `clone-odd-${count}`);
  mkdirSync(clone);
  const person = { name: 'Ada', email: 'ada@example.org' };
  const env = {
    ...{ PATH: process.env.PATH ?? '', HOME: '/', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
    ...{ GIT_AUTHOR_NAME: person.name, GIT_AUTHOR_EMAIL: person.email },
    ...{ GIT_COMMITTER_NAME: person.name, GIT_COMMITTER_EMAIL: person.email },
  };
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', clone, ...args], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  git('init', '-q', '-b', 'main', `--object-format=${objectFormat}`);
  const push = async (branch: string) => {
    git('-C', open.dir, 'fetch', '-q', clone, `+${branch}:refs/odd/${branch}`);
    const ref = `refs/heads/${branch}`;
    const newOid = git('rev-parse', branch);
    const oldOid = (await t.app.git.ref(open.dir, ref)) ?? '0'.repeat(newOid.length);
    await changeRefs(t.app, actor, open, { updates: [{ ref, oldOid, newOid }] });
    await t.app.jobs.drain();
  };
  const propose = async (branch: string) => {
    const now = await openRepository(t.app, actor, 'ada', name, 'code:write');
    const input = { base: 'main', head: { open: now, branch }, title: branch, body: '' };
    const { issue } = await createPull(t.app, actor, now, input);
    await t.app.jobs.drain();
    return requirePull(t.app, open, issue.number);
  };
  return { open, clone, git, push, propose };
}

function write(place: Place, path: string, content: string | Buffer): void {
  mkdirSync(join(place.clone, path, '..'), { recursive: true });
  writeFileSync(join(place.clone, path), content);
}

function commit(place: Place, message = 'Change'): void {
  place.git('add', '-A');
  place.git('commit', '-q', '--allow-empty', '-m', message);
}

const lines = (count: number, at = -1, text = '') =>
  Array.from({ length: count }, (_, n) => (n === at ? text : `line ${n}`)).join('\n');

/** Every page of a pull request answers. */
async function look(place: Place, pull: Pull): Promise<void> {
  const page = `${place.open.path}/pull/${pull.issue.number}`;
  for (const part of ['', '/commits', '/checks', '/files', '/merge-box', '/conflicts', '/revisions/1..1']) {
    const answer = await ada.get(page + part);
    expect(answer.status, `${page}${part}: ${(await answer.text()).slice(0, 300)}`).toBeLessThan(500);
  }
  for (const part of ['.diff', '.patch']) {
    const answer = await ada.get(page + part);
    await answer.arrayBuffer();
    expect(answer.status).toBe(200);
  }
  const api = `/api/v1/repos${place.open.path}/pulls/${pull.issue.number}`;
  for (const part of ['', '/commits', '/files']) {
    const answer = await ada.get(api + part);
    await answer.arrayBuffer();
    expect(answer.status).toBe(200);
  }
}

async function tryMerge(place: Place, pull: Pull, style: MergeStyle): Promise<string> {
  try {
    return (await mergePull(t.app, await t.actor('ada'), place.open, pull, { style })).oid;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    expect(code, message).toBe('conflict');
    return message;
  }
}

/** Head and base as `make` leaves them in the clone (on `topic`, from `main`), for each style anew. */
async function everyStyle(
  make: (place: Place) => void,
  expected: { mergeability: string; fails?: MergeStyle[] },
  format: 'sha1' | 'sha256' = 'sha1',
): Promise<void> {
  const place = await makePlace(format);
  make(place);
  await place.push('main');
  await place.push('topic');
  const base = place.git('rev-parse', 'main');
  for (const style of MERGE_STYLES) {
    const pull = await place.propose('topic');
    expect(pull.pull.mergeability).toBe(expected.mergeability);
    await look(place, pull);
    const result = await tryMerge(place, pull, style);
    const isMerged = /^[0-9a-f]{40,64}$/.test(result);
    expect(isMerged, `${style}: ${result}`).toBe(!expected.fails?.includes(style));
    await t.app.jobs.drain();
    await look(place, pull);
    execFileSync('git', ['-C', place.open.dir, 'fsck', '--strict', '--no-dangling'], { stdio: 'pipe' });
    if (!isMerged) {
      const answer = await t.anonymous.request(`/api/v1/repos${place.open.path}/pulls/${pull.issue.number}`, {
        method: 'PATCH',
        headers: { authorization: `token ${await t.token('ada')}`, 'content-type': 'application/json' },
        body: JSON.stringify({ state: 'closed' }),
      });
      expect(answer.status).toBeLessThan(400);
    }
    const tip = (await t.app.git.ref(place.open.dir, 'refs/heads/main')) ?? '';
    const updates = [{ ref: 'refs/heads/main', oldOid: tip, newOid: base }];
    if (tip !== base) await changeRefs(t.app, await t.actor('ada'), place.open, { updates });
    await t.app.jobs.drain();
  }
}

const BEHIND: MergeStyle[] = ['fast_forward'];

describe('merged in every style', () => {
  test.each(['sha1', 'sha256'] as const)(
    'modes, symlinks, submodules and bytes that are no text (%s)',
    async (format) => {
      await everyStyle(
        (place) => {
          write(place, 'run.sh', 'x\n');
          write(place, 'crlf.txt', 'a\r\nb\r\n');
          write(place, 'end.txt', 'no end');
          symlinkSync('run.sh', join(place.clone, 'link'));
          commit(place);
          place.git('checkout', '-q', '-b', 'topic');
          place.git('update-index', '--chmod=+x', 'run.sh');
          place.git('commit', '-q', '-m', 'Mode');
          place.git('checkout', '-q', '.');
          unlinkSync(join(place.clone, 'link'));
          symlinkSync('end.txt', join(place.clone, 'link'));
          write(place, 'crlf.txt', 'a\r\nc\r\n');
          write(place, 'end.txt', 'no end\nstill none');
          writeFileSync(
            Buffer.concat([Buffer.from(`${place.clone}/`), Buffer.from([0xff, 0xfe, 0x20, 0x0a])]),
            'odd',
          );
          place.git('add', '-A');
          place.git('update-index', '--add', '--cacheinfo', `160000,${place.git('rev-parse', 'HEAD')},sub`);
          writeFileSync(
            join(place.clone, '.git', 'odd-message'),
            Buffer.from([0x4d, 0xff, 0xe9, 0x0a, 0x0a, 0x62]),
          );
          place.git('commit', '-q', '-F', '.git/odd-message');
          place.git('checkout', '-q', '-f', 'main');
          write(place, 'other.txt', 'x');
          commit(place);
        },
        { mergeability: 'clean', fails: BEHIND },
        format,
      );
    },
  );

  test('merge commits in the head, and a criss-cross', async () => {
    await everyStyle(
      (place) => {
        write(place, 'a', lines(40));
        commit(place);
        place.git('checkout', '-q', '-b', 'topic');
        write(place, 'a', lines(40, 2, 'topic'));
        commit(place);
        place.git('checkout', '-q', 'main');
        write(place, 'a', lines(40, 30, 'main'));
        commit(place);
        const [main, topic] = [place.git('rev-parse', 'main'), place.git('rev-parse', 'topic')];
        place.git('merge', '-q', '--no-ff', '-m', 'x', topic);
        place.git('checkout', '-q', 'topic');
        place.git('merge', '-q', '--no-ff', '-m', 'y', main);
        write(place, 'b', 'b');
        commit(place);
        place.git('checkout', '-q', 'main');
        write(place, 'c', 'c');
        commit(place);
      },
      { mergeability: 'clean', fails: BEHIND },
    );
  });

  test('a submodule that both sides moved is a conflict', async () => {
    await everyStyle(
      (place) => {
        write(place, 'a', 'a');
        commit(place);
        const at = (oid: string) => {
          place.git('update-index', '--add', '--cacheinfo', `160000,${oid},sub`);
          place.git('commit', '-q', '-m', 'Sub');
        };
        at('1'.repeat(40));
        place.git('checkout', '-q', '-b', 'topic');
        at('2'.repeat(40));
        place.git('checkout', '-q', 'main');
        at('3'.repeat(40));
      },
      { mergeability: 'conflicts', fails: [...MERGE_STYLES] },
    );
  });

  test('a file against a folder, and a file against a symlink, are conflicts', async () => {
    await everyStyle(
      (place) => {
        write(place, 'a', 'a');
        write(place, 'l', 'l');
        commit(place);
        place.git('checkout', '-q', '-b', 'topic');
        write(place, 'thing', 'file');
        unlinkSync(join(place.clone, 'l'));
        symlinkSync('a', join(place.clone, 'l'));
        commit(place);
        place.git('checkout', '-q', 'main');
        write(place, 'thing/inner', 'folder');
        write(place, 'l', 'changed');
        commit(place);
      },
      { mergeability: 'conflicts', fails: [...MERGE_STYLES] },
    );
  });

  test('commits that change nothing, or what the base has by now', async () => {
    await everyStyle(
      (place) => {
        write(place, 'a', 'a');
        commit(place);
        place.git('checkout', '-q', '-b', 'topic');
        write(place, 'a', 'b');
        commit(place, 'Same');
        place.git('checkout', '-q', 'main');
        write(place, 'a', 'b');
        commit(place, 'Also same');
      },
      { mergeability: 'clean', fails: ['squash', 'rebase', 'fast_forward', 'rebase_merge'] },
    );
  });

  test('attributes of the repository run no program', async () => {
    await everyStyle(
      (place) => {
        write(place, '.gitattributes', '* merge=evil diff=evil filter=evil\nu merge=union\nb binary\n');
        for (const name of ['a', 'u', 'b']) write(place, name, lines(20));
        commit(place);
        place.git('checkout', '-q', '-b', 'topic');
        for (const name of ['a', 'u', 'b']) write(place, name, lines(20, 1, 'topic'));
        commit(place);
        place.git('checkout', '-q', 'main');
        write(place, 'a', lines(20, 18, 'main'));
        commit(place);
      },
      { mergeability: 'clean', fails: BEHIND },
    );
  });
});

test('a head that became unrelated to its base is broken, and its pages answer', async () => {
  const place = await makePlace();
  write(place, 'a', 'a');
  commit(place);
  place.git('checkout', '-q', '-b', 'topic');
  write(place, 'b', 'b');
  commit(place);
  await place.push('main');
  await place.push('topic');
  const pull = await place.propose('topic');
  place.git('checkout', '-q', '--orphan', 'fresh');
  commit(place, 'Unrelated');
  place.git('branch', '-f', 'topic', 'fresh');
  await place.push('topic');
  const now = await requirePull(t.app, place.open, pull.issue.number);
  expect(now.pull).toMatchObject({ mergeability: 'broken', revision: 2 });
  await look(place, now);
  for (const style of MERGE_STYLES) await tryMerge(place, now, style);
  for (const range of ['1..2', '2..1'])
    expect(
      (await ada.get(`${place.open.path}/pull/${pull.issue.number}/revisions/${range}`)).status,
    ).toBeLessThan(500);
});

test('a head that fell back to its base is empty, and its pages answer', async () => {
  const place = await makePlace();
  write(place, 'a', 'a');
  commit(place);
  place.git('checkout', '-q', '-b', 'topic');
  write(place, 'b', 'b');
  commit(place);
  await place.push('main');
  await place.push('topic');
  const pull = await place.propose('topic');
  place.git('branch', '-q', '-f', 'other', 'topic');
  place.git('reset', '-q', '--hard', 'main');
  await place.push('topic');
  const now = await requirePull(t.app, place.open, pull.issue.number);
  expect(now.pull).toMatchObject({ headOid: place.git('rev-parse', 'main'), commitCount: 0 });
  expect(now.issue.state).toBe('open');
  await look(place, now);
  for (const style of MERGE_STYLES) await tryMerge(place, now, style);
});

test('heads outlive maintenance, the fork they came from, and the branch', async () => {
  const place = await makePlace();
  write(place, 'a', 'a');
  commit(place);
  await place.push('main');
  place.git('checkout', '-q', '-b', 'topic');
  write(place, 'b', 'first');
  commit(place);
  await place.push('topic');
  const pull = await place.propose('topic');
  const first = pull.pull.headOid;
  place.git('commit', '-q', '--amend', '-m', 'Rewritten');
  await place.push('topic');
  const updates = [
    { ref: 'refs/heads/topic', oldOid: place.git('rev-parse', 'topic'), newOid: '0'.repeat(40) },
  ];
  await changeRefs(t.app, await t.actor('ada'), place.open, { updates });
  await t.app.jobs.drain();
  execFileSync('git', ['-C', place.open.dir, 'update-ref', '-d', 'refs/odd/topic']);
  execFileSync('git', ['-C', place.open.dir, 'gc', '-q', '--prune=now'], { stdio: 'pipe' });
  await t.app.git.forget(place.open.dir);
  const now = await requirePull(t.app, place.open, pull.issue.number);
  for (const oid of [first, now.pull.headOid])
    expect((await t.app.git.objects(place.open.dir).commit(oid))?.oid).toBe(oid);
  await look(place, now);
});
