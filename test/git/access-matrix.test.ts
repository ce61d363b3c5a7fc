// The matrix of git itself: everybody who may come, over HTTP and over SSH, reading and writing, with real clients.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SYSTEM } from '../../src/base/actor.ts';
import {
  command,
  git,
  gitOk,
  PASSWORD,
  type TransportServer,
  transportServer,
  workTree,
} from './support/transport-server.ts';

const GIVEN = ['read', 'triage', 'write', 'maintain', 'admin'] as const;
const PEOPLE = [
  ...GIVEN,
  'stranger',
  'restricted',
  'owner',
  'site-admin',
  'suspended',
  'pending',
  'enrolled',
];
const VISIBILITIES = ['public', 'internal', 'private'] as const;

let server: TransportServer;
let tree: string;
const keys = new Map<string, string>();
const tokens = new Map<string, string>();
const ids = new Map<string, number>();

beforeAll(async () => {
  server = await transportServer({ accounts: { two_factor: 'administrators' }, limits: GENEROUS });
  for (const name of PEOPLE) await addPerson(name);
  for (const visibility of VISIBILITIES) await addRepository(visibility);
  await addRepository('elsewhere');
  await setStanding();
  await addDeployKeys();
  tree = await workTree(server.work, { commits: 1 });
}, 120_000);
afterAll(() => server.close());

/** Hundreds of refusals in a row are no attack here. */
const GENEROUS = { logins_per_account: 100_000, logins_per_network: 100_000 };

async function addPerson(name: string): Promise<void> {
  const users = await import('../../src/features/users/users.service.ts');
  const isAdmin = name === 'site-admin' || name === 'pending';
  const account = { name: `the-${name}`, email: `${name}@example.org`, password: PASSWORD, isAdmin };
  const { id } = await users.createUser(server.app, SYSTEM, account);
  ids.set(name, id);
  const { addSshKey } = await import('../../src/features/auth/ssh-keys.service.ts');
  await addSshKey(server.app, SYSTEM, id, { title: name, key: await makeKey(name) });
  tokens.set(name, await server.token(`the-${name}`));
}

async function makeKey(name: string): Promise<string> {
  const file = join(server.work, `id_${name}`);
  await command('ssh-keygen', ['-q', '-N', '', '-C', name, '-t', 'ed25519', '-f', file]);
  keys.set(name, file);
  return readFileSync(`${file}.pub`, 'utf8');
}

async function addRepository(name: string): Promise<void> {
  const { createRepository } = await import('../../src/features/repos/repos.service.ts');
  const { parseNewRepository } = await import('../../src/features/repos/repos.input.ts');
  const { openRepository } = await import('../../src/features/repos/access.service.ts');
  const { giveAccess } = await import('../../src/features/repos/collaborators.service.ts');
  const owner = await server.person('the-owner');
  const visibility = name === 'elsewhere' ? 'private' : name;
  await createRepository(server.app, owner, parseNewRepository({ name, visibility, readme: true }));
  const open = await openRepository(server.app, SYSTEM, 'the-owner', name, 'access:manage');
  for (const permission of GIVEN)
    await giveAccess(server.app, SYSTEM, open, { username: `the-${permission}`, permission });
}

async function setStanding(): Promise<void> {
  const standing = await import('../../src/features/users/standing.service.ts');
  await standing.suspendUser(server.app, SYSTEM, idOf('suspended'));
  await standing.setRestricted(server.app, SYSTEM, idOf('restricted'), true);
  await enrol('enrolled');
  await enrol('site-admin');
}

/** Gives an account a second factor as it would by itself. */
async function enrol(name: string): Promise<void> {
  const { offerTotp, confirmTotp } = await import('../../src/features/auth/totp.service.ts');
  const { generate } = await import('otplib');
  const actor = await server.person(`the-${name}`);
  const { secret, sealed } = await offerTotp(server.app, actor, actor.userId);
  const code = await generate({ secret });
  await confirmTotp(server.app, actor, actor.userId, { sealed, code, sessionId: undefined });
}

async function addDeployKeys(): Promise<void> {
  const { addDeployKey } = await import('../../src/features/repos/deploy-keys.service.ts');
  const { openRepository } = await import('../../src/features/repos/access.service.ts');
  for (const [name, repository, canWrite] of [
    ['deploy-read', 'private', false],
    ['deploy-write', 'private', true],
  ] as const) {
    const open = await openRepository(server.app, SYSTEM, 'the-owner', repository, 'deploy-keys:manage');
    await addDeployKey(server.app, SYSTEM, open, { title: name, key: await makeKey(name), canWrite });
  }
}

function idOf(name: string): number {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`nobody is called ${name}`);
  return id;
}

type Service = 'upload-pack' | 'receive-pack';

async function overHttp(repository: string, service: Service, authorization?: string): Promise<number> {
  const url = `${server.url}/the-owner/${repository}.git/info/refs?service=git-${service}`;
  const answer = await fetch(url, authorization === undefined ? {} : { headers: { authorization } });
  await answer.arrayBuffer();
  return answer.status;
}

const byPassword = (name: string) => `Basic ${Buffer.from(`the-${name}:${PASSWORD}`).toString('base64')}`;
const byToken = (token: string | undefined) =>
  `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;

/** What a person gets for reading and for writing: [upload-pack, receive-pack]. */
type Pair = [read: number, write: number];
const NOT_THERE: Pair = [404, 404];
const READS: Pair = [200, 403];
/** The door is open to whoever may propose commits; that branches are not, real pushes show below and in proposals.test.ts. */
const PROPOSES: Pair = [200, 200];
const WRITES: Pair = [200, 200];
const UNKNOWN: Pair = [401, 401];
const HELD_BACK: Pair = [403, 403];

const EXPECTED: Record<string, Record<(typeof VISIBILITIES)[number], Pair>> = {
  anonymous: { public: [200, 401], internal: UNKNOWN, private: UNKNOWN },
  stranger: { public: PROPOSES, internal: PROPOSES, private: NOT_THERE },
  restricted: { public: NOT_THERE, internal: NOT_THERE, private: NOT_THERE },
  read: { public: PROPOSES, internal: PROPOSES, private: PROPOSES },
  triage: { public: PROPOSES, internal: PROPOSES, private: PROPOSES },
  write: { public: WRITES, internal: WRITES, private: WRITES },
  maintain: { public: WRITES, internal: WRITES, private: WRITES },
  admin: { public: WRITES, internal: WRITES, private: WRITES },
  owner: { public: WRITES, internal: WRITES, private: WRITES },
  suspended: { public: UNKNOWN, internal: UNKNOWN, private: UNKNOWN },
};

describe('over HTTP', () => {
  for (const [persona, expected] of Object.entries(EXPECTED)) {
    test(`${persona} by password`, async () => {
      const header = persona === 'anonymous' ? undefined : byPassword(persona);
      expect(await everywhere((repository, service) => overHttp(repository, service, header))).toEqual(
        expected,
      );
    });

    if (persona === 'anonymous') continue;
    test(`${persona} by token`, async () => {
      const header = byToken(tokens.get(persona));
      expect(await everywhere((repository, service) => overHttp(repository, service, header))).toEqual(
        expected,
      );
    });
  }

  test('an administrator reaches everything by a token of all scopes, and no more than others by one for repositories', async () => {
    const all = await everywhere((repository, service) =>
      overHttp(repository, service, byToken(tokens.get('site-admin'))),
    );
    expect(all).toEqual({ public: WRITES, internal: WRITES, private: WRITES });
    const narrow = byToken(await server.token('the-site-admin', 'write:repository'));
    const some = await everywhere((repository, service) => overHttp(repository, service, narrow));
    expect(some).toEqual({ public: PROPOSES, internal: PROPOSES, private: NOT_THERE });
  });

  test('a password alone is not enough for an account with a second factor', async () => {
    for (const visibility of VISIBILITIES)
      expect([401, 403]).toContain(await overHttp(visibility, 'upload-pack', byPassword('enrolled')));
    expect(await overHttp('public', 'upload-pack', byToken(tokens.get('enrolled')))).toBe(200);
  });

  test('an account that must set up a second factor reaches nothing, by password or token', async () => {
    const byTheToken = await everywhere((repository, service) =>
      overHttp(repository, service, byToken(tokens.get('pending'))),
    );
    expect(byTheToken).toEqual({ public: HELD_BACK, internal: HELD_BACK, private: HELD_BACK });
    for (const visibility of VISIBILITIES)
      expect([401, 403]).toContain(await overHttp(visibility, 'upload-pack', byPassword('pending')));
  });

  test.each([
    ['read:repository', READS],
    ['write:repository', WRITES],
    ['read:user,write:user', HELD_BACK],
    ['write:admin', HELD_BACK],
    ['read:issue,write:package,write:organization,write:notification,write:actions', HELD_BACK],
  ] as const)('a token of the owner with %s', async (scopes, expected) => {
    const header = byToken(await server.token('the-owner', scopes));
    expect([
      await overHttp('private', 'upload-pack', header),
      await overHttp('private', 'receive-pack', header),
    ]).toEqual(expected);
  });

  test('a token limited to one repository reads elsewhere what anybody may', async () => {
    const { createAccessToken } = await import('../../src/features/auth/tokens.service.ts');
    const { openRepository } = await import('../../src/features/repos/access.service.ts');
    const { repository } = await openRepository(server.app, SYSTEM, 'the-owner', 'elsewhere', 'code:read');
    const made = await createAccessToken(server.app, SYSTEM, idOf('owner'), {
      name: 'limited',
      scopes: ['write:repository'],
      repositoryIds: [repository.id],
    });
    const header = byToken(made.token);
    expect(await overHttp('elsewhere', 'receive-pack', header)).toBe(200);
    const others = await everywhere((name, service) => overHttp(name, service, header));
    expect(others).toEqual({ public: READS, internal: NOT_THERE, private: NOT_THERE });
  });
});

async function everywhere(
  ask: (repository: string, service: Service) => Promise<number>,
): Promise<Record<string, Pair>> {
  const found: Record<string, Pair> = {};
  for (const visibility of VISIBILITIES)
    found[visibility] = [await ask(visibility, 'upload-pack'), await ask(visibility, 'receive-pack')];
  return found;
}

/** Runs a real git with the key of a persona; says whether it could, and what it was told. */
async function overSsh(
  persona: string,
  repository: string,
  write: boolean,
): Promise<{ ok: boolean; told: string }> {
  const options = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
    'IdentitiesOnly=yes',
  ];
  const ssh = [
    'ssh',
    '-F',
    '/dev/null',
    '-i',
    keys.get(persona) ?? '',
    ...options.flatMap((option) => ['-o', option]),
  ];
  const url = `ssh://git@127.0.0.1:${server.sshPort}/the-owner/${repository}.git`;
  const args = write ? ['push', url, `HEAD:refs/heads/by-${persona}`] : ['ls-remote', url];
  const result = await git(tree, args, { GIT_SSH_COMMAND: ssh.join(' ') });
  return { ok: result.code === 0, told: result.stderr };
}

describe('over SSH', () => {
  test.each([
    ['stranger', { public: [true, false], internal: [true, false], private: [false, false] }],
    ['restricted', { public: [false, false], internal: [false, false], private: [false, false] }],
    ['read', { public: [true, false], internal: [true, false], private: [true, false] }],
    ['triage', { public: [true, false], internal: [true, false], private: [true, false] }],
    ['write', { public: [true, true], internal: [true, true], private: [true, true] }],
    ['maintain', { public: [true, true], internal: [true, true], private: [true, true] }],
    ['admin', { public: [true, true], internal: [true, true], private: [true, true] }],
    ['owner', { public: [true, true], internal: [true, true], private: [true, true] }],
    ['site-admin', { public: [true, true], internal: [true, true], private: [true, true] }],
    ['suspended', { public: [false, false], internal: [false, false], private: [false, false] }],
    ['pending', { public: [false, false], internal: [false, false], private: [false, false] }],
    ['deploy-read', { public: [false, false], internal: [false, false], private: [true, false] }],
    ['deploy-write', { public: [false, false], internal: [false, false], private: [true, true] }],
  ])('%s', async (persona, expected) => {
    const found: Record<string, boolean[]> = {};
    for (const visibility of VISIBILITIES)
      found[visibility] = [
        (await overSsh(persona, visibility, false)).ok,
        (await overSsh(persona, visibility, true)).ok,
      ];
    expect(found).toEqual(expected);
  });

  test('a hidden repository is told of exactly as a missing one', async () => {
    for (const persona of ['stranger', 'restricted', 'deploy-read']) {
      const [hidden, missing] = [
        await overSsh(persona, 'elsewhere', false),
        await overSsh(persona, 'no-where', false),
      ];
      expect(hidden.ok).toBe(false);
      expect(hidden.told.replaceAll('elsewhere', 'no-where')).toBe(missing.told);
    }
  });

  test('what a suspended account holds stops at once, also a key that was just used', async () => {
    const standing = await import('../../src/features/users/standing.service.ts');
    expect((await overSsh('write', 'private', true)).ok).toBe(true);
    await standing.suspendUser(server.app, SYSTEM, idOf('write'));
    expect((await overSsh('write', 'private', true)).ok).toBe(false);
    await standing.unsuspendUser(server.app, SYSTEM, idOf('write'));
    await gitOk(tree, ['status']);
  });
});
