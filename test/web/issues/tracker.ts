// What the scenarios of labels, milestones and assignees share: a repository with people in every role, and its issues.
import { SYSTEM } from '../../../src/base/actor.ts';
import { createIssue } from '../../../src/features/issues/issues.service.ts';
import type { IssueRow } from '../../../src/features/issues/issues.types.ts';
import { addMember } from '../../../src/features/orgs/members.service.ts';
import { createOrganization } from '../../../src/features/orgs/orgs.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { HOST, type TestApp, type Visitor } from '../../support/test-app.ts';

let number = 0;

export const ROLES = ['reader', 'triager', 'writer'] as const;
const GIVEN = { reader: 'read', triager: 'triage', writer: 'write' } as const;

export interface Tracker {
  open: OpenRepository;
  people: Record<(typeof ROLES)[number] | 'ada' | 'stranger', Visitor>;
  /** Opens an issue as `ada`. */
  issue(title: string): Promise<IssueRow>;
}

/** A repository of `ada`, or of the organization named, with a reader, a triager and a writer. */
export async function makeTracker(
  t: TestApp,
  { visibility = 'public', owner }: { visibility?: string; owner?: string } = {},
): Promise<Tracker> {
  number += 1;
  const ada = await t.actor('ada');
  const name = `tracker${number}`;
  await createRepository(
    t.app,
    ada,
    parseNewRepository({ name, visibility, ...(owner === undefined ? {} : { owner }) }),
  );
  const open = await openRepository(t.app, ada, owner ?? 'ada', name, 'issues:read');
  for (const role of ROLES) {
    await t.actor(role);
    await giveAccess(t.app, ada, open, { username: role, permission: GIVEN[role] });
  }
  const people = {
    ada: await t.as('ada'),
    reader: await t.as('reader'),
    triager: await t.as('triager'),
    writer: await t.as('writer'),
    stranger: await t.as('stranger'),
  };
  return { open, people, issue: (title) => createIssue(t.app, ada, open, { title, body: '' }) };
}

/** An organization that `ada` owns, with `mia` as a member. */
export async function makeOrganization(t: TestApp, name: string): Promise<number> {
  const ada = await t.actor('ada');
  const { id } = await createOrganization(t.app, ada, { name, displayName: '', visibility: 'public' });
  await addMember(t.app, SYSTEM, id, (await t.actor('mia')).userId, 'member');
  return id;
}

/** The kinds of events of a repository that begin with one of the words, the newest last. */
export async function eventsOf(t: TestApp, open: OpenRepository, ...words: string[]): Promise<string[]> {
  const events = await t.app.events.recent({ repositoryId: open.repository.id, limit: 200 });
  const kinds = events.map(({ kind }) => kind as string).reverse();
  return kinds.filter((kind) => words.some((word) => kind.startsWith(word)));
}

/** Sends a form whose fields may be repeated. */
export function send(visitor: Visitor, path: string, fields: [string, string | number][]): Promise<Response> {
  const body = new URLSearchParams(fields.map(([name, value]) => [name, String(value)]));
  return visitor.request(path, { method: 'POST', body });
}

/** Calls the API with a token. */
export async function call(
  t: TestApp,
  token: string | undefined,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: unknown }> {
  const headers = new Headers({ 'content-type': 'application/json' });
  if (token !== undefined) headers.set('authorization', `token ${token}`);
  const incoming = { socket: { remoteAddress: '127.0.0.1', encrypted: false }, headers: {} };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const answer = await t.web.request(`${HOST}/api/v1${path}`, init, { incoming, outgoing: {} });
  const text = await answer.text();
  return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) };
}
