// Files created, edited and moved in the browser.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type EditingSite, editingSite } from './editing-site.ts';
import { importCommits, runGit } from './import-commits.ts';
import { HEAD } from './repositories.ts';

let site: EditingSite;
let open: OpenRepository;

beforeAll(async () => {
  site = await editingSite();
}, 60_000);
afterAll(() => site.t.close());
beforeEach(async () => {
  open = await site.fresh();
});

describe('editing a file', () => {
  it("commits what was typed, in the person's name, as a push", async () => {
    const before = site.rev();
    const answer = await site.form(site.ada, 'edit', 'main/README.md', {
      path: 'README.md',
      content: '# Hello\r\n\r\nWorld\r\n',
      summary: 'Say <b>world</b>',
      description: 'Why\r\nnot',
      signoff: 'on',
    });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`${open.path}/blob/main/README.md`);
    expect(site.show('README.md')).toBe('# Hello\n\nWorld\n');
    expect(site.log()).toBe(
      `ada|${site.address()}|ada|Say <b>world</b>\n\nWhy\nnot\n\nSigned-off-by: ada <${site.address()}>`,
    );
    expect(site.rev('main~1')).toBe(before);
    expect(await site.pushes()).toMatchObject([
      {
        actorId: (await site.t.actor('ada')).userId,
        updates: [{ ref: HEAD, oldOid: before, newOid: site.rev() }],
      },
    ]);
    site.clean();
  });

  it('shows the text in a page that needs no script, with a message by default', async () => {
    const page = await (await site.ada.get(`${open.path}/edit/main/README.md`)).text();
    expect(page).toContain('<textarea');
    expect(page).toContain('# Hello\n\n[guide](docs/guide.md)\n</textarea>');
    expect(page).toContain('placeholder="Update README.md"');
    await site.form(site.ada, 'edit', 'main/README.md', { path: 'README.md', content: 'x' });
    expect(site.log()).toBe(`ada|${site.address()}|ada|Update README.md`);
  });

  it('keeps line endings and the executable bit', async () => {
    await site.form(site.ada, 'edit', 'main/win.txt', { path: 'win.txt', content: 'one\r\n2\r\n' });
    expect(site.show('win.txt')).toBe('one\r\n2\r\n');
    await site.form(site.ada, 'edit', 'main/run.sh', { path: 'run.sh', content: '#!/bin/bash\n' });
    expect(runGit(open.dir, 'ls-tree', 'main', 'run.sh')).toMatch(/^100755/);
  });

  it('moves and renames, and leaves no empty directory behind', async () => {
    const blob = site.rev('main:docs/guide.md');
    const answer = await site.form(site.ada, 'edit', 'main/docs/guide.md', {
      path: 'manual/deep/guide.md',
      content: 'guide\n',
    });
    expect(answer.status).toBe(303);
    expect(site.rev('main:manual/deep/guide.md')).toBe(blob);
    expect(runGit(open.dir, 'ls-tree', '--name-only', 'main')).not.toContain('docs');
    expect(site.log()).toContain('Move guide.md');
    site.clean();
  });

  it('follows .editorconfig', async () => {
    await site.form(site.ada, 'new', 'main/', { path: 'a.py', content: 'x = 1  \r\n\ty = 2\t' });
    expect(site.show('a.py')).toBe('x = 1\n\ty = 2\n');
    const page = await (await site.ada.get(`${open.path}/edit/main/a.py`)).text();
    expect(page).toContain('data-indent="space" data-size="3"');
  });

  it.each([
    ['link', 'symbolic link'],
    ['bin.dat', 'binary'],
    ['lfs.dat', 'Git LFS'],
    ['big.txt', 'too large'],
    ['mod', 'submodule'],
  ])('refuses %s and says why', async (path, why) => {
    const answer = await site.ada.get(`${open.path}/edit/main/${path}`);
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain(why);
    const before = site.rev();
    expect((await site.form(site.ada, 'edit', `main/${path}`, { path, content: 'x' })).status).toBe(409);
    expect(site.rev()).toBe(before);
  });

  it('refuses an edit that changes nothing, and one too large, with what was typed', async () => {
    const same = await site.form(site.ada, 'edit', 'main/docs/guide.md', {
      path: 'docs/guide.md',
      content: 'guide\r\n',
      summary: 'kept words',
    });
    expect(same.status).toBe(422);
    const page = await same.text();
    expect(page).toContain('Nothing has changed');
    expect(page).toContain('kept words');
    expect(await site.pushes()).toEqual([]);
  });

  it("refuses somebody else's address", async () => {
    const answer = await site.form(site.ada, 'edit', 'main/README.md', {
      path: 'README.md',
      content: 'x',
      email: 'eve@example.org',
    });
    expect(answer.status).toBe(422);
    const own = 'ada@example.org';
    await site.form(site.ada, 'edit', 'main/README.md', { path: 'README.md', content: 'x', email: own });
    expect(site.log()).toContain(`|${own}|`);
  });

  it('previews Markdown with links into the repository, and changes, and leaves nothing behind', async () => {
    const count = () => runGit(open.dir, 'count-objects');
    const before = count();
    const fields = {
      path: 'README.md',
      content: '# New\n\n[guide](docs/guide.md) <img src=x onerror=alert(1)>\n',
    };
    const preview = await (
      await site.form(site.ada, 'edit', 'main/README.md', { ...fields, view: 'preview' })
    ).text();
    expect(preview).toContain(`href="${open.path}/blob/main/docs/guide.md"`);
    expect(preview).not.toContain('<img src="x" onerror');
    const changes = await (
      await site.form(site.ada, 'edit', 'main/README.md', { ...fields, view: 'changes' })
    ).text();
    expect(changes).toContain('diff-add');
    expect(changes).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(count()).toBe(before);
    expect(await site.pushes()).toEqual([]);
  });

  it('edits a file whose name is not UTF-8 or holds line breaks, and leaves the name alone', async () => {
    const name = Buffer.from([0x66, 0xff, 0x0a, 0x2d]);
    importCommits(open.dir, [
      { ref: HEAD, from: HEAD, message: 'odd', files: [{ path: name, data: 'x\n' }] },
    ]);
    const page = await (await site.ada.get(`${open.path}/edit/main/f%FF%0A-`)).text();
    const shown = /name="path" value="([^"]*)"/.exec(page)?.[1] ?? '';
    const answer = await site.form(site.ada, 'edit', 'main/f%FF%0A-', { path: shown, content: 'y\n' });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`${open.path}/blob/main/f%FF%0A-`);
    expect(runGit(open.dir, 'ls-tree', 'main')).toContain('"f\\377\\n-"');
    expect((await site.form(site.ada, 'delete', 'main/f%FF%0A-')).status).toBe(303);
    expect(runGit(open.dir, 'ls-tree', 'main')).not.toContain('377');
  });

  it('shows names, content and messages as text only', async () => {
    const bad = '</textarea><script>alert(1)</script>';
    await site.form(site.ada, 'new', 'main/', {
      path: '<script>alert(2)<b>.txt',
      content: bad,
      summary: bad,
    });
    for (const kind of ['edit', 'delete', 'blob']) {
      const page = await (
        await site.ada.get(`${open.path}/${kind}/main/${encodeURIComponent('<script>alert(2)<b>.txt')}`)
      ).text();
      expect(page).not.toMatch(/<script>alert/);
    }
    const again = await site.form(site.ada, 'edit', `main/README.md`, {
      path: '../x',
      content: bad,
      summary: bad,
      description: bad,
      newBranch: bad,
    });
    expect(again.status).toBe(422);
    expect(await again.text()).not.toMatch(/<script>alert/);
  });
});

describe('creating a file', () => {
  it('makes the directories of its path', async () => {
    const answer = await site.form(site.ada, 'new', 'main/docs', { path: 'docs/a/b/c.txt', content: 'c' });
    expect(answer.headers.get('location')).toBe(`${open.path}/blob/main/docs/a/b/c.txt`);
    expect(site.show('docs/a/b/c.txt')).toBe('c');
    expect(site.log()).toContain('Create c.txt');
  });

  it('begins an empty repository', async () => {
    open = await site.fresh([]);
    expect(await (await site.ada.get(open.path)).text()).toContain(`${open.path}/new/main`);
    expect((await site.ada.get(`${open.path}/new/main`)).status).toBe(200);
    const answer = await site.ada.post(`${open.path}/new/main`, {
      base: '',
      path: 'README.md',
      content: '# First\n',
    });
    expect(answer.status).toBe(303);
    expect(site.show('README.md')).toBe('# First\n');
    expect((await site.ada.get(open.path)).status).toBe(200);
    site.clean();
  });

  it.each([
    ['.git/config'],
    ['.GIT/config'],
    ['a/.git'],
    ['git~1'],
    ['..'],
    ['a/../../b'],
    ['a//b'],
    ['a/'],
    ['.git\u200c'],
    ['x'.repeat(10_000)],
    [`${'d/'.repeat(300)}f`],
    ['y'.repeat(256)],
    [''],
    ['README.md/below'],
    ['docs'],
    ['README.md'],
  ])('refuses the path %j', async (path) => {
    const before = site.rev();
    const answer = await site.form(site.ada, 'new', 'main/', { path, content: 'x' });
    expect(answer.status).toBe(422);
    expect(site.rev()).toBe(before);
  });

  it('refuses NUL', async () => {
    expect((await site.form(site.ada, 'new', 'main/', { path: 'a\0b', content: 'x' })).status).toBe(422);
  });

  it('suggests a branch, and refuses names that are none or taken', async () => {
    for (const newBranch of ['a b', '-x', '..', 'main', 'refs/heads/x'.repeat(40), '']) {
      const answer = await site.form(site.ada, 'new', 'main/', {
        path: 'n',
        content: 'x',
        target: 'new-branch',
        newBranch,
      });
      expect(answer.status, newBranch).toBe(422);
    }
    expect(await (await site.ada.get(`${open.path}/new/main`)).text()).toContain('value="ada-patch-1"');
  });
});
