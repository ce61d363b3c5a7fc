// What the tests of composers share: a public repository of ada's with an issue, and forms as browsers send them.
import { createIssue } from '../../../src/features/issues/issues.service.ts';
import type { IssueRow } from '../../../src/features/issues/issues.types.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import type { TestApp, Visitor } from '../../support/test-app.ts';
import { makeRepository } from '../code/repositories.ts';

let number = 0;

export interface ComposerSite {
  open: OpenRepository;
  issue: IssueRow;
  /** The issue's address. */
  at: string;
}

/** `ada/notes<n>` with one issue of ada's; `writer` may write and `reader` read. */
export async function makeSite(
  t: TestApp,
  body = 'Some text.',
  visibility = 'public',
): Promise<ComposerSite> {
  number += 1;
  const open = await makeRepository(t, 'ada', `notes${number}`, [], { visibility });
  const ada = await t.actor('ada');
  for (const [username, permission] of [['writer', 'write'] as const, ['reader', 'read'] as const]) {
    await t.actor(username);
    await giveAccess(t.app, ada, open, { username, permission });
  }
  const issue = await createIssue(t.app, ada, open, { title: 'Looms stop', body });
  return { open, issue, at: `${open.path}/issues/${issue.number}` };
}

/** Sends a file as the browser's script does. */
export function upload(
  visitor: Visitor,
  open: OpenRepository,
  name: string,
  content: BodyInit,
): Promise<Response> {
  return visitor.request(`${open.path}/attachments`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', 'x-file-name': encodeURIComponent(name) },
    body: content,
    duplex: 'half',
  } as RequestInit);
}

/** Uploads a file that is accepted, and says how it is named. */
export async function uploaded(
  visitor: Visitor,
  open: OpenRepository,
  name: string,
  content: BodyInit,
): Promise<{ href: string; markdown: string }> {
  const answer = await upload(visitor, open, name, content);
  if (answer.status !== 201) throw new Error(`${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as { href: string; markdown: string };
}

/** Sends a form with files as a browser without scripts does. */
export function sendFiles(
  visitor: Visitor,
  path: string,
  fields: Record<string, string>,
  files: Record<string, Uint8Array<ArrayBuffer> | string>,
): Promise<Response> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const [name, content] of Object.entries(files)) form.append('files', new File([content], name));
  return visitor.request(path, { method: 'POST', body: form });
}
