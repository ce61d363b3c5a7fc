// Cherry-picks and reverts in the browser come to the very trees that git's own make.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type EditingSite, editingSite } from './editing-site.ts';
import { importCommits, runGit } from './import-commits.ts';
import { HEAD } from './repositories.ts';

const TOPIC = 'refs/heads/topic';
const LINES = Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join('');

let site: EditingSite;
let open: OpenRepository;
let work: string;

beforeAll(async () => {
  site = await editingSite();
  work = mkdtempSync(join(tmpdir(), 'och-picks-'));
}, 60_000);
afterAll(async () => {
  await site.t.close();
  rmSync(work, { recursive: true, force: true });
});
beforeEach(async () => {
  open = await site.fresh([
    { path: 'a.txt', data: LINES },
    { path: 'b.txt', data: 'b\n' },
  ]);
  importCommits(open.dir, [
    {
      ref: TOPIC,
      from: HEAD,
      message: 'Change the end\n\nBecause.\n',
      author: 'Grace <grace@example.org>',
      files: [
        { path: 'a.txt', data: LINES.replace('line 29', 'LAST') },
        { path: 'dir/new', data: 'n\n' },
      ],
    },
    {
      ref: HEAD,
      from: HEAD,
      message: 'Change the start',
      files: [{ path: 'a.txt', data: LINES.replace('line 0', 'FIRST') }],
      deletes: ['b.txt'],
    },
  ]);
});

const env = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
};
const person = ['-c', 'user.name=x', '-c', 'user.email=x@x', '-c', 'advice.detachedHead=false'];

/** The tree and message that the native command comes to in a clone. */
function native(branch: string, ...args: string[]): { tree: string; message: string } {
  const clone = mkdtempSync(join(work, 'clone-'));
  const run = (...words: string[]) =>
    execFileSync('git', ['-C', clone, ...person, ...words], { env, encoding: 'utf8', stdio: 'pipe' }).trim();
  execFileSync('git', ['clone', '-q', open.dir, clone], { env });
  run('checkout', '-q', `origin/${branch}`);
  run(...args);
  return { tree: run('rev-parse', 'HEAD^{tree}'), message: run('log', '-1', '--format=%B') };
}

const post = (kind: string, commit: string, fields: Record<string, string> = {}) =>
  site.ada.post(`${open.path}/commit/${commit}/${kind}`, { branch: 'main', target: 'direct', ...fields });
const made = (name = 'main') => ({
  tree: site.rev(`${name}^{tree}`),
  message: runGit(open.dir, 'log', '-1', '--format=%B', name),
});

describe('a cherry-pick', () => {
  it("is git's own, with the author kept and the person as committer", async () => {
    const picked = site.rev('topic');
    const expected = native('main', 'cherry-pick', '-x', picked);
    const before = site.rev();
    const answer = await post('cherry-pick', picked, { marksOrigin: 'on' });
    expect(answer.headers.get('location')).toBe(`${open.path}/commit/${site.rev()}`);
    expect(made()).toEqual(expected);
    expect(runGit(open.dir, 'log', '-1', '--format=%an|%ae|%at|%cn', 'main')).toBe(
      `Grace|grace@example.org|1700000000|ada`,
    );
    expect(site.rev('main~1')).toBe(before);
    expect(await site.pushes()).toMatchObject([
      { updates: [{ ref: HEAD, oldOid: before, newOid: site.rev() }] },
    ]);
    site.clean();
  });

  it('goes to a new branch, whose name must be free', async () => {
    const answer = await post('cherry-pick', site.rev('topic'), {
      target: 'new-branch',
      newBranch: 'picked',
    });
    expect(answer.headers.get('location')).toBe(`${open.path}/compare/main...picked`);
    expect(made('picked').tree).toBe(native('main', 'cherry-pick', site.rev('topic')).tree);
    expect(
      (await post('cherry-pick', site.rev('topic'), { target: 'new-branch', newBranch: 'picked' })).status,
    ).toBe(422);
  });

  it('of the root commit, and of one that changes nothing', async () => {
    importCommits(open.dir, [
      { ref: 'refs/heads/other', message: 'root', files: [{ path: 'root.txt', data: 'r\n' }] },
    ]);
    const expected = native('main', 'cherry-pick', site.rev('other'));
    await post('cherry-pick', site.rev('other'));
    expect(made()).toEqual(expected);
    const again = await post('cherry-pick', site.rev('other'));
    expect(again.status).toBe(422);
    expect(await again.text()).toContain('Nothing would change');
  });

  it('in conflict changes nothing, lists the files as text, and says how to do it by hand', async () => {
    importCommits(open.dir, [
      {
        ref: 'refs/heads/clash',
        from: TOPIC,
        message: 'clash',
        files: [
          { path: 'a.txt', data: LINES.replace('line 0', 'OTHER') },
          { path: '<script>alert(1)</script>', data: 'x' },
        ],
      },
    ]);
    importCommits(open.dir, [
      {
        ref: 'refs/heads/clash',
        from: 'refs/heads/clash',
        message: 'b',
        files: [
          { path: 'b.txt', data: 'changed\n' },
          { path: '<script>alert(1)</script>', data: 'y' },
        ],
      },
    ]);
    const before = site.rev();
    const answer = await post('cherry-pick', site.rev('clash'));
    expect(answer.status).toBe(409);
    const page = await answer.text();
    expect(page).toContain('b.txt');
    expect(page).toContain('CONFLICT (modify/delete)');
    expect(page).toContain(`git cherry-pick ${site.rev('clash')}`);
    expect(page).not.toContain('<script>alert');
    expect(site.rev()).toBe(before);
    expect(await site.pushes()).toEqual([]);
  });
});

describe('a revert', () => {
  it("is git's own, with git's own message", async () => {
    const expected = native('main', 'revert', '--no-edit', 'HEAD');
    await post('revert', site.rev());
    expect(made()).toEqual(expected);
    expect(runGit(open.dir, 'log', '-1', '--format=%an', 'main')).toBe('ada');
    site.clean();
  });

  it('of a merge asks for the parent it is seen from', async () => {
    importCommits(open.dir, [
      {
        ref: HEAD,
        from: HEAD,
        merges: [TOPIC],
        message: 'Merge topic',
        files: [
          { path: 'dir/new', data: 'n\n' },
          { path: 'a.txt', data: LINES.replace('line 29', 'LAST').replace('line 0', 'FIRST') },
        ],
      },
    ]);
    const merge = site.rev();
    for (const kind of ['revert', 'cherry-pick']) expect((await post(kind, merge)).status).toBe(422);
    expect((await post('revert', merge, { mainline: '3' })).status).toBe(422);
    expect(await (await site.ada.get(`${open.path}/commit/${merge}/revert`)).text()).toContain('Parent 2');
    for (const mainline of ['1', '2']) {
      const expected = native('main', 'revert', '--no-edit', '-m', mainline, merge);
      await post('revert', merge, { mainline, target: 'new-branch', newBranch: `undo${mainline}` });
      expect(made(`undo${mainline}`)).toEqual(expected);
    }
    const expected = native('topic', 'cherry-pick', '-m', '2', merge);
    await post('cherry-pick', merge, { mainline: '2', branch: 'topic' });
    expect(made('topic').tree).toBe(expected.tree);
  });

  it('of the first commit, on a branch of its own', async () => {
    const expected = native('topic', 'revert', '--no-edit', site.rev('topic'));
    await post('revert', site.rev('topic'), {
      branch: 'topic',
      target: 'new-branch',
      newBranch: 'r',
      message: '',
    });
    expect(made('r')).toEqual(expected);
    expect((await post('revert', 'f'.repeat(40))).status).toBe(404);
    expect((await post('revert', site.rev('topic'), { branch: 'none' })).status).toBe(422);
    expect((await post('revert', site.rev('topic'), { branch: '--upload-pack=x' })).status).toBe(422);
  });
});
