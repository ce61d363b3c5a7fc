// A repository of files of every kind, made anew for each test of editing, and what such tests ask of it.
import { execFileSync } from 'node:child_process';
import { expect } from 'vitest';
import { giveAccess as give } from '../../../src/features/repos/collaborators.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { type ImportedFile, runGit } from './import-commits.ts';
import { HEAD, makeRepository } from './repositories.ts';

const FILES: ImportedFile[] = [
  { path: 'README.md', data: '# Hello\n\n[guide](docs/guide.md)\n' },
  { path: 'docs/guide.md', data: 'guide\n' },
  { path: 'win.txt', data: 'one\r\ntwo\r\n' },
  { path: 'run.sh', data: '#!/bin/sh\n', mode: '100755' },
  { path: 'link', data: 'README.md', mode: '120000' },
  { path: 'bin.dat', data: Buffer.from([0, 1, 2]) },
  {
    path: 'lfs.dat',
    data: `version https://git-lfs.github.com/spec/v1\noid sha256:${'ab'.repeat(32)}\nsize 12345\n`,
  },
  { path: 'big.txt', data: 'x'.repeat(1024 * 1024 + 1) },
  { path: 'mod', data: '1'.repeat(40), mode: '160000' },
  {
    path: '.editorconfig',
    data: 'root=true\n[*.py]\ntrim_trailing_whitespace=true\ninsert_final_newline=true\nindent_style=space\nindent_size=3\n',
  },
];

export type EditingSite = Awaited<ReturnType<typeof editingSite>>;

/** Opens an application; `fresh` makes the next repository of `ada`, holding FILES unless told otherwise. */
export async function editingSite() {
  const t: TestApp = await testApp();
  const ada = await t.as('ada');
  const adasId = (await t.actor('ada')).userId;
  let open = await makeRepository(t, 'ada', 'edit0', []);
  let number = 0;

  async function fresh(files: ImportedFile[] | undefined = FILES): Promise<OpenRepository> {
    const commits = files.length > 0 ? [{ ref: HEAD, message: 'first', files }] : [];
    open = await makeRepository(t, 'ada', `edit${++number}`, commits);
    return open;
  }

  const rev = (name = 'main') => runGit(open.dir, 'rev-parse', name);
  return {
    t,
    ada,
    fresh,
    rev,
    /** What commits carry of somebody who shows no address. */
    address: () => `${adasId}+ada@users.noreply.127.0.0.1`,
    /** The very bytes of a file: `runGit` trims. */
    show: (path: string, name = 'main') => {
      const env = { PATH: process.env.PATH, GIT_DIR: open.dir };
      return execFileSync('git', ['show', `${name}:${path}`], { env, encoding: 'utf8' });
    },
    log: (name = 'main') => runGit(open.dir, 'log', '-1', '--format=%an|%ae|%cn|%B', name),
    clean: () => expect(runGit(open.dir, 'fsck', '--strict', '--no-dangling')).toBe(''),
    form: (who: Visitor, kind: string, path: string, fields: Record<string, string> = {}) =>
      who.post(`${open.path}/${kind}/${path}`, { base: rev(), ...fields }),
    pushes: async () => {
      const recent = await t.app.events.recent({ repositoryId: open.repository.id, limit: 100 });
      return recent.filter((event) => event.kind === 'push');
    },
    giveAccess: async (name: string, permission: 'read' | 'write'): Promise<Visitor> => {
      const visitor = await t.as(name);
      await give(t.app, await t.actor('ada'), open, { username: name, permission });
      return visitor;
    },
  };
}
