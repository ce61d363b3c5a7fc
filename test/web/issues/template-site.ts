// What the scenarios of issue templates share: repositories with files, and forms sent as browsers without scripts do.
import { expect } from 'vitest';
import { requireIssue } from '../../../src/features/issues/issues.service.ts';
import type { IssueRow } from '../../../src/features/issues/issues.types.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import type { TestApp, Visitor } from '../../support/test-app.ts';
import { type ImportedFile, importCommits } from '../code/import-commits.ts';
import { HEAD, makeRepository } from '../code/repositories.ts';
import { send } from './tracker.ts';

export const AT = '.github/ISSUE_TEMPLATE';
let number = 0;

export function file(path: string, data: string | Buffer, mode?: ImportedFile['mode']): ImportedFile {
  return { path, data, ...(mode ? { mode } : {}) };
}

/** A repository of `ada` with these files. */
export async function repositoryWith(
  t: TestApp,
  files: ImportedFile[],
  options = {},
): Promise<OpenRepository> {
  number += 1;
  const commits = [{ ref: HEAD, files: [file('README', 'x'), ...files] }];
  return makeRepository(t, 'ada', `forms${number}`, commits, options);
}

/** Adds a commit to the default branch. */
export function commit(at: OpenRepository, files: ImportedFile[], deletes: string[] = []): void {
  importCommits(at.dir, [{ ref: HEAD, from: HEAD, files, deletes }]);
}

/** Which form a page shows. */
export function versionIn(html: string): string {
  return /name="version" value="([^"]*)"/.exec(html)?.[1] ?? '';
}

export function formPath(at: OpenRepository, name = '1-bug.yml', more = ''): string {
  return `${at.path}/issues/new?template=${name}${more}`;
}

/** Opens the form and sends it filled in. */
export async function sendForm(
  visitor: Visitor,
  answers: [string, string][],
  path: string,
): Promise<Response> {
  const version = versionIn(await (await visitor.get(path)).text());
  return send(visitor, path, [['version', version], ...answers]);
}

/** The issue that a form opened. */
export async function openedBy(t: TestApp, at: OpenRepository, answer: Response): Promise<IssueRow> {
  expect(answer.status).toBe(303);
  return requireIssue(t.app, at, Number((answer.headers.get('location') ?? '').split('/').at(-1)));
}
