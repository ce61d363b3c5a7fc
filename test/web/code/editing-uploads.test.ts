// Files uploaded and deleted in the browser.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import type { Visitor } from '../../support/test-app.ts';
import { type EditingSite, editingSite } from './editing-site.ts';
import { runGit } from './import-commits.ts';

let site: EditingSite;
let open: OpenRepository;

beforeAll(async () => {
  site = await editingSite();
}, 60_000);
afterAll(() => site.t.close());
beforeEach(async () => {
  open = await site.fresh();
});

describe('uploading', () => {
  async function upload(
    who: Visitor,
    rest: string,
    files: [string, string][],
    fields: Record<string, string> = {},
    paths?: string[],
  ) {
    const body = new FormData();
    for (const [name, value] of Object.entries({ base: site.rev(), ...fields })) body.append(name, value);
    for (const [name, content] of files) body.append('files', new File([content], name));
    for (const path of paths ?? []) body.append('paths', path);
    return who.request(`${open.path}/upload/${rest}`, { method: 'POST', body });
  }

  it('commits several files and folders at once, replacing what is there, following no link', async () => {
    const answer = await upload(
      site.ada,
      'main/docs',
      [
        ['a', 'A'],
        ['b', 'B'],
        ['guide.md', 'G'],
      ],
      {},
      ['a', 'sub/b', 'guide.md'],
    );
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`${open.path}/tree/main/docs`);
    expect([site.show('docs/a'), site.show('docs/sub/b'), site.show('docs/guide.md')]).toEqual([
      'A',
      'B',
      'G',
    ]);
    await upload(site.ada, 'main', [
      ['link', 'plain'],
      ['run.sh', 'echo\n'],
    ]);
    expect(site.show('link')).toBe('plain');
    expect(site.show('README.md')).toContain('# Hello');
    expect(runGit(open.dir, 'ls-tree', 'main', 'link', 'run.sh')).toMatch(/^100644 blob .*\tlink\n100755/);
    expect(site.log()).toContain('Add files via upload');
    site.clean();
  });

  it('refuses none, hostile paths, too many, and more than a form may hold', async () => {
    expect((await upload(site.ada, 'main', [])).status).toBe(422);
    for (const path of ['.git/config', '../x', 'a/.GIT/x', 'git~1', 'README.md/x', 'docs'])
      expect((await upload(site.ada, 'main', [['f', 'x']], {}, [path])).status, path).toBe(422);
    const many = Array.from({ length: 101 }, (_, index): [string, string] => [`f${index}`, 'x']);
    expect((await upload(site.ada, 'main', many)).status).toBe(422);
    expect(await site.pushes()).toEqual([]);
  });
});

describe('deleting', () => {
  it('removes a file, and leads to the directory that is left', async () => {
    expect(await (await site.ada.get(`${open.path}/delete/main/docs/guide.md`)).text()).toContain(
      'placeholder="Delete guide.md"',
    );
    const answer = await site.form(site.ada, 'delete', 'main/docs/guide.md');
    expect(answer.headers.get('location')).toBe(`${open.path}/tree/main`);
    expect(runGit(open.dir, 'ls-tree', '-r', '--name-only', 'main')).not.toContain('guide');
    expect(site.log()).toContain('Delete guide.md');
    site.clean();
  });
});
