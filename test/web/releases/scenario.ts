// What the scenarios of releases share: a repository with a history, people in every role, and forms as browsers send them.
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import type { TestApp, Visitor } from '../../support/test-app.ts';
import { HEAD, makeRepository } from '../code/repositories.ts';

let number = 0;

export interface Scenario {
  open: OpenRepository;
  ada: Visitor;
  writer: Visitor;
  reader: Visitor;
}

/** `ada/engine<n>` with four commits, of which `writer` may write and everybody read. */
export async function makeScenario(t: TestApp, visibility = 'public'): Promise<Scenario> {
  number += 1;
  const commits = ['Begin', 'feat: add looms', 'fix: mend <b>threads</b> & _more_', 'docs: explain'].map(
    (message, index) => ({ ref: HEAD, message, files: [{ path: `f${index}`, data: message }] }),
  );
  const open = await makeRepository(t, 'ada', `engine${number}`, commits, { visibility });
  for (const name of ['writer', 'reader']) {
    await t.actor(name);
    const permission = name === 'writer' ? 'write' : 'read';
    await giveAccess(t.app, await t.actor('ada'), open, { username: name, permission });
  }
  return { open, ada: await t.as('ada'), writer: await t.as('writer'), reader: await t.as('reader') };
}

/** Sends the form of a release as a browser does. */
export async function sendForm(
  visitor: Visitor,
  path: string,
  fields: Record<string, string | string[]>,
  files: Record<string, string> = {},
): Promise<Response> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields))
    for (const one of [value].flat()) form.append(name, one);
  for (const [name, content] of Object.entries(files)) form.append('files', new File([content], name));
  return visitor.request(path, { method: 'POST', body: form });
}

/** The kinds of events about releases of a repository, the newest last. */
export async function releaseEvents(t: TestApp, open: OpenRepository): Promise<string[]> {
  const events = await t.app.events.recent({ repositoryId: open.repository.id, limit: 100 });
  return events
    .map(({ kind }) => kind as string)
    .filter((kind) => kind.startsWith('release'))
    .reverse();
}
