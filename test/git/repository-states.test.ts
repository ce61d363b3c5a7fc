// What becomes of git itself when a repository is archived, loses its code or its owner, and when members come and go.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SYSTEM } from '../../src/base/actor.ts';
import { addSshKey } from '../../src/features/auth/ssh-keys.service.ts';
import { removeMember } from '../../src/features/orgs/members.service.ts';
import { createOrganization, setBasePermission } from '../../src/features/orgs/orgs.service.ts';
import { openRepository } from '../../src/features/repos/access.service.ts';
import { parseNewRepository } from '../../src/features/repos/repos.input.ts';
import { changeRepository, createRepository, setArchived } from '../../src/features/repos/repos.service.ts';
import { giveTeamAccess } from '../../src/features/repos/team-access.service.ts';
import { transferRepository } from '../../src/features/repos/transfers.service.ts';
import { worldIn } from '../support/standing.ts';
import {
  type ClientResult,
  command,
  git,
  type TransportServer,
  transportServer,
  workTree,
} from './support/transport-server.ts';

let server: TransportServer;
let tree: string;
const keys = new Map<string, string>();

beforeAll(async () => {
  server = await transportServer();
  tree = await workTree(server.work, { commits: 1 });
  for (const name of ['ada', 'tim']) await addKey(name);
});
afterAll(() => server.close());

async function addKey(name: string): Promise<void> {
  const file = join(server.work, `id_${name}`);
  await command('ssh-keygen', ['-q', '-N', '', '-t', 'ed25519', '-f', file]);
  const actor = await server.person(name);
  const key = readFileSync(`${file}.pub`, 'utf8');
  await addSshKey(server.app, actor, actor.userId, { title: name, key });
  keys.set(name, file);
}

/** Pushes a branch, or lists the refs, as somebody over HTTP or SSH. */
function as(name: string, way: 'http' | 'ssh', path: string, act: 'push' | 'ls'): Promise<ClientResult> {
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes'];
  const words = ['-F', '/dev/null', '-i', keys.get(name) ?? '', ...options.flatMap((one) => ['-o', one])];
  const env = { GIT_SSH_COMMAND: ['ssh', ...words].join(' ') };
  const url = way === 'http' ? server.urlAs(name, path) : `ssh://git@127.0.0.1:${server.sshPort}${path}`;
  const branch = `${name}-${way}-${Math.random().toString(36).slice(2)}`;
  return git(tree, act === 'push' ? ['push', url, `main:${branch}`] : ['ls-remote', url], env);
}

const WAYS = ['http', 'ssh'] as const;

test('an archived repository is cloned by both ways and pushed to by neither, with the reason told', async () => {
  const { path } = await server.repository('ada', 'put-away');
  const ada = await server.person('ada');
  for (const way of WAYS) expect((await as('ada', way, path, 'push')).code).toBe(0);
  const open = await openRepository(server.app, ada, 'ada', 'put-away', 'repository:own');
  await setArchived(server.app, ada, open, true);
  for (const way of WAYS) {
    const pushed = await as('ada', way, path, 'push');
    expect(pushed.code).not.toBe(0);
    expect(pushed.stderr, way).toContain('archived');
    expect((await as('ada', way, path, 'ls')).code).toBe(0);
  }
  await setArchived(server.app, ada, open, false);
  for (const way of WAYS) expect((await as('ada', way, path, 'push')).code).toBe(0);
});

test('code that is switched off is reached by neither way, and answers as if there were no repository', async () => {
  const { path } = await server.repository('ada', 'no-code');
  const ada = await server.person('ada');
  const open = await openRepository(server.app, ada, 'ada', 'no-code', 'repository:own');
  await changeRepository(server.app, ada, open, { disabledUnits: 'code' });
  for (const way of WAYS)
    for (const act of ['push', 'ls'] as const) {
      const [off, missing] = [
        await as('ada', way, path, act),
        await as('ada', way, '/ada/not-there.git', act),
      ];
      expect(off.code).not.toBe(0);
      expect(off.stderr.replaceAll('no-code', 'X')).toBe(missing.stderr.replaceAll('not-there', 'X'));
    }
});

test('a team’s member pushes by both ways, and no longer when the team or the membership is taken away', async () => {
  const [ada, tim] = [await server.person('ada'), await server.person('tim')];
  const organization = await createOrganization(server.app, ada, { name: 'guild', visibility: 'public' });
  await setBasePermission(server.app, ada, organization.id, 'none');
  const input = parseNewRepository({ owner: 'guild', name: 'tools', visibility: 'private' });
  await createRepository(server.app, ada, input);
  const open = await openRepository(server.app, ada, 'guild', 'tools', 'repository:own');
  const world = worldIn(server.app.db);
  const team = await world.team(organization.id, 'crew');
  const nested = await world.team(organization.id, 'inner', { above: [team] });
  await world.member(organization.id, tim.userId);
  await world.teamMember(nested, tim.userId);
  const path = '/guild/tools.git';
  const outcomes = async () => {
    const codes: boolean[] = [];
    for (const way of WAYS)
      for (const act of ['push', 'ls'] as const) codes.push((await as('tim', way, path, act)).code === 0);
    return codes;
  };
  expect(await outcomes()).toEqual([false, false, false, false]);
  await giveTeamAccess(server.app, ada, open, { teamId: team, permission: 'write' });
  expect(await outcomes()).toEqual([true, true, true, true]);
  await giveTeamAccess(server.app, ada, open, { teamId: team, permission: 'read' });
  expect(await outcomes()).toEqual([false, true, false, true]);
  await giveTeamAccess(server.app, ada, open, { teamId: team, permission: 'write' });
  await removeMember(server.app, SYSTEM, organization.id, tim.userId);
  expect(await outcomes()).toEqual([false, false, false, false]);
});

test('a transferred repository is reached at its earlier address by those who may, and by nobody else', async () => {
  const { path } = await server.repository('ada', 'moving', { visibility: 'private' });
  const ada = await server.person('ada');
  await createOrganization(server.app, ada, { name: 'haven', visibility: 'public' });
  const open = await openRepository(server.app, ada, 'ada', 'moving', 'repository:own');
  await transferRepository(server.app, ada, open, 'haven');
  for (const way of WAYS) {
    expect((await as('ada', way, path, 'push')).code, way).toBe(0);
    expect((await as('ada', way, '/haven/moving.git', 'ls')).code, way).toBe(0);
    const [hidden, missing] = [
      await as('tim', way, path, 'ls'),
      await as('tim', way, '/ada/not-there.git', 'ls'),
    ];
    expect(hidden.stderr.replaceAll('moving', 'X')).toBe(missing.stderr.replaceAll('not-there', 'X'));
  }
});
