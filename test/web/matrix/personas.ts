// Everybody who may come: one person (or token, or key) per role, on the same four repositories.
import { SYSTEM } from '../../../src/base/actor.ts';
import { DAY } from '../../../src/base/time.ts';
import { mountedRoutes } from '../../../src/platform/web/routes.ts';
import { HOST, PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';

export const PERSONAS = [
  'anonymous',
  'stranger',
  'restricted',
  'read',
  'triage',
  'write',
  'maintain',
  'admin',
  'owner',
  'member',
  'org-owner',
  'site-admin',
  'suspended',
  'pending',
] as const;
export type Persona = (typeof PERSONAS)[number];

/** Whose account each persona is; what they may do on `the-owner/private` and `the-org/private` is their name. */
const GIVEN = ['read', 'triage', 'write', 'maintain', 'admin'] as const;

export interface World {
  t: TestApp;
  /** Asks as a persona by its session; `anonymous` has none. */
  ask(persona: Persona, method: string, path: string, more?: RequestInit): Promise<Response>;
  /** Asks the API with a token. */
  askBy(token: string, method: string, path: string, more?: RequestInit): Promise<Response>;
  /** The session cookie of a persona. */
  cookie(persona: Persona): string;
  /** A token of an account with these scopes. */
  tokenOf(name: string, scopes: string): Promise<string>;
  close(): Promise<void>;
}

/** Opens an application with every persona and with a public and a private repository of a person and of an organization. */
export async function openWorld(settings: Record<string, unknown> = {}): Promise<World> {
  const t = await testApp({ limits: GENEROUS, ...settings });
  const cookies = new Map<Persona, string>();
  for (const persona of PERSONAS.slice(1)) {
    const name = `the-${persona}`;
    await t.actor(name, { isAdmin: persona === 'site-admin' || persona === 'pending' });
    cookies.set(persona, await sessionOf(t, name));
  }
  await makeRepositories(t);
  await makeStanding(t);

  function ask(persona: Persona, method: string, path: string, more: RequestInit = {}): Promise<Response> {
    return send(t, method, path, cookies.get(persona), more);
  }
  return {
    t,
    ask,
    askBy: (token, method, path, more = {}) =>
      send(t, method, path, undefined, {
        ...more,
        headers: { ...more.headers, authorization: `token ${token}` },
      }),
    cookie: (persona) => cookies.get(persona) ?? '',
    tokenOf: (name, scopes) => t.token(name, scopes),
    close: () => t.close(),
  };
}

/** The matrix asks thousands of times; what limits guessing has tests of its own. */
const GENEROUS = {
  logins_per_account: 100_000,
  logins_per_network: 100_000,
  registrations_per_network: 100_000,
};

async function sessionOf(t: TestApp, name: string): Promise<string> {
  const { openSession } = await import('../../../src/features/auth/sessions.service.ts');
  const { userId } = await t.actor(name);
  const { token } = await openSession(t.app, userId, { address: '127.0.0.1', userAgent: 'test' });
  return `session=${token}`;
}

async function makeRepositories(t: TestApp): Promise<void> {
  const { createRepository } = await import('../../../src/features/repos/repos.service.ts');
  const { parseNewRepository } = await import('../../../src/features/repos/repos.input.ts');
  const { createOrganization } = await import('../../../src/features/orgs/orgs.service.ts');
  const owner = await t.actor('the-owner');
  const orgOwner = await t.actor('the-org-owner');
  await createOrganization(t.app, orgOwner, { name: 'the-org', displayName: '', visibility: 'public' });
  for (const visibility of ['public', 'internal', 'private'] as const) {
    const input = { name: visibility, visibility, readme: true };
    await createRepository(t.app, owner, parseNewRepository(input));
    await createRepository(t.app, orgOwner, parseNewRepository({ ...input, owner: 'the-org' }));
  }
}

async function makeStanding(t: TestApp): Promise<void> {
  const { openRepository } = await import('../../../src/features/repos/access.service.ts');
  const { giveAccess } = await import('../../../src/features/repos/collaborators.service.ts');
  const { addMember } = await import('../../../src/features/orgs/members.service.ts');
  const { requireOrganization } = await import('../../../src/features/orgs/orgs.service.ts');
  for (const owner of ['the-owner', 'the-org']) {
    for (const visibility of ['public', 'internal', 'private']) {
      const open = await openRepository(t.app, SYSTEM, owner, visibility, 'access:manage');
      for (const permission of GIVEN) {
        await giveAccess(t.app, SYSTEM, open, { username: `the-${permission}`, permission });
      }
    }
  }
  const org = await requireOrganization(t.app, SYSTEM, 'the-org');
  const { userId } = await t.actor('the-member');
  await addMember(t.app, SYSTEM, org.id, userId, 'member');
  const { createTeam } = await import('../../../src/features/orgs/teams.service.ts');
  await createTeam(t.app, SYSTEM, org.id, { name: 'the-team' });
  const { setBasePermission } = await import('../../../src/features/orgs/orgs.service.ts');
  await setBasePermission(t.app, SYSTEM, org.id, 'none');
  const standing = await import('../../../src/features/users/standing.service.ts');
  await standing.suspendUser(t.app, SYSTEM, (await t.actor('the-suspended')).userId);
  await standing.setRestricted(t.app, SYSTEM, (await t.actor('the-restricted')).userId, true);
}

function send(
  t: TestApp,
  method: string,
  path: string,
  cookie: string | undefined,
  more: RequestInit,
): Promise<Response> {
  const headers = new Headers(more.headers);
  if (cookie) headers.set('cookie', cookie);
  if (!headers.has('sec-fetch-site')) headers.set('sec-fetch-site', 'same-origin');
  if (headers.get('sec-fetch-site') === 'absent') headers.delete('sec-fetch-site');
  const incoming = { socket: { remoteAddress: '127.0.0.1', encrypted: false }, headers: {} };
  const request = t.web.request(
    `${HOST}${path}`,
    { ...more, method: method.toUpperCase(), headers },
    { incoming, outgoing: {} },
  );
  return Promise.resolve(request);
}

/** A route's pattern with its parameters filled in; `owner` and `repo` name the repository asked for. */
export function addressOf(path: string, place: { owner: string; repo: string; org?: string }): string {
  const values: Record<string, string> = {
    owner: place.owner,
    repo: place.repo,
    org: place.org ?? 'the-org',
    name: 'the-stranger',
    user: 'the-stranger',
    username: 'the-stranger',
  };
  const shaped: Record<string, string> = { revisions: '1..2', text: '1.diff' };
  return path
    .replaceAll(/:(\w+)(\{(?:[^{}]|\{[^}]*\})*\})?/g, (_, name: string, pattern: string | undefined) => {
      if (pattern && shaped[name]) return shaped[name];
      const ending = pattern && /\\\.(?:\(\?:)?(\w+)/.exec(pattern)?.[1];
      if (ending) return `${name === 'repo' ? place.repo : 'the-stranger'}.${ending}`;
      // The first of some words.
      const word = pattern && /^\{(\w+)\|/.exec(pattern)?.[1];
      return word ?? values[name] ?? '1';
    })
    .replaceAll('*', 'x');
}

export { DAY, mountedRoutes, PASSWORD };
