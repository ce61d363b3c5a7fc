// Files edited while somebody else changes the branch, and forms that are sent twice.
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

describe('a branch that moved', () => {
  const push = (path: string, data: string) =>
    importCommits(open.dir, [{ ref: HEAD, message: 'other', from: HEAD, files: [{ path, data }] }]);

  it('gets the commit on top when the file is as it was', async () => {
    const base = site.rev();
    push('other.txt', 'new\n');
    const answer = await site.ada.post(`${open.path}/edit/main/README.md`, {
      base,
      path: 'README.md',
      content: 'mine\n',
    });
    expect(answer.status).toBe(303);
    expect(site.show('other.txt')).toBe('new\n');
    expect(site.show('README.md')).toBe('mine\n');
  });

  it('is not overwritten when the file changed: the text comes back with three ways on', async () => {
    const base = site.rev();
    push('README.md', 'theirs\n');
    const theirs = site.rev();
    const fields = { path: 'README.md', content: 'mine & only\n', summary: 'My words' };
    const answer = await site.ada.post(`${open.path}/edit/main/README.md`, { base, ...fields });
    expect(answer.status).toBe(409);
    const page = await answer.text();
    expect(page).toContain('mine &amp; only\n</textarea>');
    expect(page).toContain('My words');
    expect(page).toContain('theirs');
    expect(page).toContain(`name="base" value="${theirs}"`);
    expect(page).toContain(`name="began" value="${base}"`);
    expect(site.rev()).toBe(theirs);

    const beside = await site.ada.post(`${open.path}/edit/main/README.md`, {
      ...{ ...fields, base: theirs, began: base, overwrite: '1', target: 'new-branch', newBranch: 'mine' },
    });
    expect(beside.headers.get('location')).toBe(`${open.path}/compare/main...mine`);
    expect(site.rev('mine~1')).toBe(base);

    const over = await site.ada.post(`${open.path}/edit/main/README.md`, {
      ...fields,
      base: theirs,
      began: base,
      overwrite: '1',
    });
    expect(over.status).toBe(303);
    expect(site.rev('main~1')).toBe(theirs);
    expect(site.show('README.md')).toBe('mine & only\n');
  });

  it('takes a form sent twice once, whether it edits, creates, moves, deletes or branches off', async () => {
    const twice = async (kind: string, rest: string, fields: Record<string, string>) => {
      const base = site.rev();
      const first = await site.ada.post(`${open.path}/${kind}/${rest}`, { base, ...fields });
      const once = [site.rev(), (await site.pushes()).length];
      const second = await site.ada.post(`${open.path}/${kind}/${rest}`, { base, ...fields });
      expect([first.status, second.status]).toEqual([303, 303]);
      expect([site.rev(), (await site.pushes()).length]).toEqual(once);
    };
    await twice('edit', 'main/README.md', { path: 'README.md', content: 'twice\n' });
    await twice('new', 'main/', { path: 'new.txt', content: 'n\n' });
    await twice('edit', 'main/new.txt', { path: 'dir/new2.txt', content: 'm\n' });
    await twice('edit', 'main/win.txt', { path: 'lose.txt', content: 'one\ntwo\n' });
    await twice('delete', 'main/run.sh', {});
    await twice('edit', 'main/README.md', {
      path: 'README.md',
      content: 'b\n',
      target: 'new-branch',
      newBranch: 'beside',
    });
    site.clean();
  });

  it('also when two send at the same moment: both land, or one is told', async () => {
    const base = site.rev();
    const send = (path: string) =>
      site.ada.post(`${open.path}/edit/main/${path}`, { base, path, content: `${path}!\n` });
    const answers = await Promise.all(['README.md', 'docs/guide.md', 'win.txt'].map(send));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(runGit(open.dir, 'rev-list', '--count', 'main')).toBe('4');
    const same = await Promise.all(
      ['a', 'b'].map((content) =>
        site.ada.post(`${open.path}/edit/main/run.sh`, { base, path: 'run.sh', content }),
      ),
    );
    expect(same.map(({ status }) => status).sort()).toEqual([303, 409]);
  });

  it('or lost the file: the text comes back, and overwriting makes it anew', async () => {
    const base = site.rev();
    await site.form(site.ada, 'delete', 'main/docs/guide.md');
    const fields = { path: 'docs/guide.md', content: 'mine\n' };
    const answer = await site.ada.post(`${open.path}/edit/main/docs/guide.md`, { base, ...fields });
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain('mine\n</textarea>');
    const again = await site.ada.post(`${open.path}/edit/main/docs/guide.md`, {
      base: site.rev(),
      began: base,
      overwrite: '1',
      ...fields,
    });
    expect(again.status).toBe(303);
    expect(site.show('docs/guide.md')).toBe('mine\n');
  });

  it('never leads to a commit that the branch does not have', async () => {
    // An object that is in the store only, as one of another repository of the network would be.
    const hidden = runGit(
      open.dir,
      '-c',
      'user.name=x',
      '-c',
      'user.email=x@x',
      'commit-tree',
      '-m',
      'secret',
      site.rev('main^{tree}'),
    )
      .toString()
      .trim();
    const fields = { path: 'README.md', content: 'x\n', target: 'new-branch', newBranch: 'leak' };
    await site.ada.post(`${open.path}/edit/main/README.md`, { ...fields, base: hidden, began: hidden });
    expect(runGit(open.dir, 'rev-list', 'leak')).not.toContain(hidden);
  });
});
