// Who may do what in a repository: every ability against every level, visibility and circumstance, by a table of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ABILITIES, type AbilityName, LEVELS, type Unit } from '../../../src/base/abilities.ts';
import {
  type Actor,
  ANONYMOUS,
  type DeployKeyActor,
  SYSTEM,
  type UserActor,
} from '../../../src/base/actor.ts';
import { isAppError } from '../../../src/base/errors.ts';
import { combine, requireAbility, standingOf } from '../../../src/features/repos/repos.policy.ts';
import type { Ability, Owned, Permission, Visibility } from '../../../src/features/repos/repos.types.ts';
import type { Db } from '../../../src/platform/db/db.types.ts';
import { openDb } from '../../../src/platform/db/open-db.ts';
import { silentLog } from '../../../src/platform/observability/log.ts';
import { worldIn } from '../../support/standing.ts';

type Outcome = 'granted' | 'not_found' | 'forbidden' | 'unauthenticated';

/** What each ability asks, written down a second time: a change of the table in the code must be meant. */
const EXPECTED: Partial<
  Record<AbilityName, { needs: Permission; archived?: true; ownerOnly?: true; key?: true }>
> = {
  'repository:star': { needs: 'read', archived: true },
  'repository:see': { needs: 'read', archived: true },
  'code:read': { needs: 'read', archived: true, key: true },
  'code:write': { needs: 'write', key: true },
  'code:mark': { needs: 'read', archived: true },
  'repository:fork': { needs: 'read', archived: true },
  'statuses:write': { needs: 'write' },
  'releases:read': { needs: 'read', archived: true },
  'releases:write': { needs: 'write' },
  'issues:read': { needs: 'read', archived: true },
  'issues:create': { needs: 'read' },
  'issues:comment': { needs: 'read' },
  'issues:follow': { needs: 'read', archived: true },
  'issues:triage': { needs: 'triage' },
  'issues:manage': { needs: 'write' },
  'issues:delete': { needs: 'admin' },
  'conversations:read': { needs: 'read', archived: true },
  'conversations:comment': { needs: 'read' },
  'conversations:follow': { needs: 'read', archived: true },
  'conversations:triage': { needs: 'triage' },
  'conversations:manage': { needs: 'write' },
  'conversations:delete': { needs: 'admin' },
  'pulls:read': { needs: 'read', archived: true },
  'pulls:create': { needs: 'read', key: true },
  'pulls:comment': { needs: 'read' },
  'pulls:follow': { needs: 'read', archived: true },
  'pulls:triage': { needs: 'triage' },
  'pulls:manage': { needs: 'write' },
  'pulls:merge': { needs: 'write' },
  'rules:read': { needs: 'read', archived: true },
  'rules:manage': { needs: 'admin' },
  'repository:watch': { needs: 'read', archived: true },
  'settings:change': { needs: 'maintain', archived: true },
  'settings:read': { needs: 'maintain', archived: true },
  'settings:describe': { needs: 'maintain' },
  'settings:manage': { needs: 'admin' },
  'access:read': { needs: 'admin', archived: true },
  'access:manage': { needs: 'admin', archived: true },
  'webhooks:read': { needs: 'admin', archived: true },
  'webhooks:manage': { needs: 'admin' },
  'deploy-keys:manage': { needs: 'admin', archived: true },
  'repository:own': { needs: 'admin', archived: true, ownerOnly: true },
};
const REPOSITORY_ABILITIES = (Object.keys(ABILITIES) as AbilityName[]).filter(
  (name) => ABILITIES[name].on === 'repository',
) as Ability[];
const VISIBILITIES: Visibility[] = ['public', 'internal', 'private'];
const GIVEN = ['read', 'triage', 'write', 'maintain', 'admin'] as const;

let folder: string;
let db: Db;
let world: ReturnType<typeof worldIn>;
const people = new Map<string, UserActor>();
/** `user public archived` and so on. */
const repositories = new Map<string, Owned>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'och-policy-'));
  db = await openDb({ url: '', pool_size: 1 }, { database: join(folder, 'test.db') }, silentLog());
  world = worldIn(db);
  for (const name of ['none', ...GIVEN, 'owner']) people.set(name, await world.person(name));
  const organizationId = await world.organization('org');
  await world.member(organizationId, who('owner').userId, 'owner');
  await world.member(organizationId, who('none').userId);
  const owners = [
    { id: who('owner').userId, kind: 'user' as const },
    { id: organizationId, kind: 'organization' as const },
  ];
  for (const owner of owners) {
    for (const visibility of VISIBILITIES) {
      for (const archivedAt of [null, 1]) {
        const name = `${visibility}-${archivedAt ? 'archived' : 'live'}`;
        const owned = await world.repository(owner, name, { visibility, archivedAt });
        for (const level of GIVEN) await world.collaborator(owned.repository.id, who(level).userId, level);
        repositories.set(`${owner.kind} ${name}`, owned);
      }
    }
  }
});
afterAll(async () => {
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});

function who(name: string): UserActor {
  const actor = people.get(name);
  if (!actor) throw new Error(`nobody is called ${name}`);
  return actor;
}

function repo(key: string): Owned {
  const owned = repositories.get(key);
  if (!owned) throw new Error(`no repository ${key}`);
  return owned;
}

async function outcome(actor: Actor, owned: Owned, ability: Ability): Promise<Outcome> {
  try {
    await requireAbility(db.read, actor, owned, ability);
    return 'granted';
  } catch (error) {
    if (isAppError(error)) return error.code as Outcome;
    throw error;
  }
}

const rank = (level: string) => (LEVELS.repository as readonly string[]).indexOf(level);

function expected(level: string, owned: Owned, ability: Ability): Outcome {
  const rule = EXPECTED[ability];
  if (!rule) throw new Error(`${ability} is missing in this test's table`);
  const { visibility, archivedAt } = owned.repository;
  const isOpen = visibility === 'public' || (visibility === 'internal' && level !== 'anonymous');
  const held = Math.max(rank(level), isOpen ? rank('read') : 0);
  if (held < rank('read')) return 'not_found';
  if (held < rank(rule.needs)) return level === 'anonymous' ? 'unauthenticated' : 'forbidden';
  if (rule.ownerOnly && owned.ownerKind === 'user' && held < rank('owner')) return 'forbidden';
  return archivedAt !== null && !rule.archived ? 'forbidden' : 'granted';
}

describe('abilities by level, visibility, archive and kind of owner', () => {
  it('are all in the table of this test', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual([...REPOSITORY_ABILITIES].sort());
  });

  for (const ability of REPOSITORY_ABILITIES) {
    it(`${ability} is granted and refused as the table says`, async () => {
      for (const [key, owned] of repositories) {
        for (const level of ['anonymous', 'none', ...GIVEN, 'owner']) {
          const actor = level === 'anonymous' ? ANONYMOUS : who(level);
          const found = await outcome(actor, owned, ability);
          expect(found, `${level} ${key}`).toBe(expected(level, owned, ability));
        }
      }
    });

    it(`${ability} is refused to whoever must set up a second factor, and says nothing of what exists`, async () => {
      for (const level of ['none', 'owner']) {
        const actor = { ...who(level), mustEnrol: true as const };
        for (const owned of repositories.values())
          expect(await outcome(actor, owned, ability)).toBe('forbidden');
      }
    });
  }

  it('are all granted to the program itself', async () => {
    for (const owned of repositories.values())
      for (const ability of REPOSITORY_ABILITIES)
        expect(await outcome(SYSTEM, owned, ability)).toBe('granted');
  });
});

describe('administrators', () => {
  const admin = (more: Partial<UserActor> = {}): UserActor => ({ ...who('none'), isAdmin: true, ...more });
  const hidden = () => repo('user private-live');

  it('hold every permission in person', async () => {
    expect(await outcome(admin(), hidden(), 'repository:own')).toBe('granted');
  });

  it('hold nothing by a token without the scope for administration', async () => {
    const token = admin({ via: 'token', scopes: ['write:repository'] });
    expect(await outcome(token, hidden(), 'code:read')).toBe('not_found');
  });

  it('change nothing by a token that only reads administration', async () => {
    const token = admin({ via: 'token', scopes: ['read:admin', 'write:repository'] });
    expect(await outcome(token, hidden(), 'code:read')).toBe('granted');
    expect(await outcome(token, hidden(), 'code:write')).toBe('forbidden');
    expect(await outcome(token, hidden(), 'repository:own')).toBe('forbidden');
  });

  it('keep by such a token what was given to them by name', async () => {
    const token = { ...admin({ via: 'token', scopes: ['all'] }), userId: who('write').userId };
    const reading = { ...token, scopes: ['read:admin', 'write:repository'] as const };
    expect(await outcome(reading, hidden(), 'code:write')).toBe('granted');
  });

  it('hold nothing while a second factor is missing', async () => {
    expect(await outcome(admin({ mustEnrol: true }), hidden(), 'code:read')).toBe('forbidden');
  });
});

describe('tokens', () => {
  const token = (more: Partial<UserActor>): UserActor => ({ ...who('owner'), via: 'token', ...more });

  it('do only what their scopes say', async () => {
    const owned = repo('user private-live');
    const reading = token({ scopes: ['read:repository'] });
    expect(await outcome(reading, owned, 'code:read')).toBe('granted');
    expect(await outcome(reading, owned, 'code:write')).toBe('forbidden');
    expect(await outcome(token({ scopes: ['write:issue'] }), owned, 'code:read')).toBe('forbidden');
    expect(await outcome(token({ scopes: [] }), owned, 'repository:see')).toBe('forbidden');
  });

  it('limited to repositories read of others what is public, and write nothing there', async () => {
    const chosen = repo('user private-live').repository.id;
    const limited = token({ scopes: ['all'], repositoryIds: [chosen] });
    expect(await outcome(limited, repo('user private-live'), 'repository:own')).toBe('granted');
    expect(await outcome(limited, repo('user public-live'), 'code:read')).toBe('granted');
    expect(await outcome(limited, repo('user public-live'), 'code:write')).toBe('forbidden');
    expect(await outcome(limited, repo('user internal-live'), 'code:read')).toBe('not_found');
    expect(await outcome(limited, repo('user private-archived'), 'code:read')).toBe('not_found');
    expect(
      await outcome(token({ scopes: ['all'], repositoryIds: [] }), repo('user private-live'), 'code:read'),
    ).toBe('not_found');
  });

  it('limited to repositories stay limited in the hands of administrators', async () => {
    const limited = token({ isAdmin: true, scopes: ['all'], repositoryIds: [0] });
    expect(await outcome(limited, repo('organization private-live'), 'code:read')).toBe('not_found');
    expect(await outcome(limited, repo('organization public-live'), 'code:write')).toBe('forbidden');
  });

  it('of restricted people see nothing outside their selection', async () => {
    const limited = token({ isRestricted: true, scopes: ['all'], repositoryIds: [0] });
    expect(await outcome(limited, repo('organization public-live'), 'code:read')).toBe('not_found');
  });
});

describe('restricted people', () => {
  it('see what was given to them and nothing that is open to others', async () => {
    for (const visibility of VISIBILITIES) {
      const owned = repo(`user ${visibility}-live`);
      const restricted = (name: string) => ({ ...who(name), isRestricted: true });
      expect(await outcome(restricted('none'), owned, 'code:read')).toBe('not_found');
      expect(await outcome(restricted('read'), owned, 'code:read')).toBe('granted');
      expect(await outcome(restricted('write'), owned, 'code:write')).toBe('granted');
      expect(await outcome(restricted('owner'), owned, 'repository:own')).toBe('granted');
    }
  });
});

describe('keys', () => {
  const key = (owned: Owned, canWrite: boolean): DeployKeyActor => ({
    ...{ kind: 'deploy-key', keyId: 1, title: 'ci', canWrite },
    repositoryId: owned.repository.id,
  });

  it('deploy keys reach the code of their own repository and nothing else', async () => {
    for (const [name, owned] of repositories) {
      const isArchived = owned.repository.archivedAt !== null;
      for (const ability of REPOSITORY_ABILITIES) {
        // A deploy key is nobody: it proposes nothing.
        const allowed = EXPECTED[ability]?.key === true && ability !== 'pulls:create';
        const writes = ability === 'code:write';
        const own = await outcome(key(owned, true), owned, ability);
        expect(own, `${ability} ${name}`).toBe(allowed && !(writes && isArchived) ? 'granted' : own);
        if (!allowed) expect(['forbidden', 'not_found'], `${ability} ${name}`).toContain(own);
        if (writes && isArchived) expect(own).toBe('forbidden');
        if (writes) expect(await outcome(key(owned, false), owned, ability)).toBe('forbidden');
        const elsewhere = { ...key(owned, true), repositoryId: 0 };
        expect(await outcome(elsewhere, owned, ability), `${ability} ${name}`).toBe('not_found');
      }
    }
  });

  it('SSH keys of people do git and nothing else', async () => {
    const ssh = { ...who('owner'), via: 'ssh' as const };
    for (const ability of REPOSITORY_ABILITIES) {
      const isGit = EXPECTED[ability]?.key === true;
      expect(await outcome(ssh, repo('user private-live'), ability), ability).toBe(
        isGit ? 'granted' : 'forbidden',
      );
    }
  });
});

describe('units', () => {
  const grant = (permission: Permission, caps: Partial<Record<Unit, 'none' | 'read' | 'write'>> = {}) => ({
    source: 'team' as const,
    permission,
    caps: caps as Record<string, 'none' | 'read' | 'write'>,
  });

  it('a cap takes from a grant what is above it', () => {
    for (const level of GIVEN) {
      expect(combine([grant(level, { code: 'none' })]).levels.code).toBe('none');
      expect(combine([grant(level, { code: 'read' })]).levels.code).toBe('read');
      expect(combine([grant(level, { code: 'write' })]).levels.code).toBe(level);
      expect(combine([grant(level, { code: 'none' })]).levels.wiki).toBe(level);
      expect(combine([grant(level, { code: 'none' })]).permission).toBe(level);
    }
    expect(combine([grant('none', { code: 'write' })]).levels.code).toBe('none');
    expect(combine([]).permission).toBe('none');
  });

  it('of several grants each keeps its own cap, and the strongest counts', () => {
    const both = combine([grant('admin', { code: 'read' }), grant('write', { issues: 'none' })]);
    expect(both.permission).toBe('admin');
    expect(both.levels.code).toBe('write');
    expect(both.levels.issues).toBe('admin');
    expect(both.units.code).toBe('write');
  });

  it('that a team may only read cannot be written or triaged by its members', async () => {
    const organizationId = await world.organization('capped');
    const owned = await world.repository({ id: organizationId, kind: 'organization' }, 'capped', {
      visibility: 'private',
    });
    const reading = await world.team(organizationId, 'reading', {
      unitCaps: { code: 'read', issues: 'read' },
    });
    const without = await world.team(organizationId, 'without', {
      unitCaps: { code: 'none', issues: 'none' },
    });
    const [reader, outsider] = [await world.person('cap-read'), await world.person('cap-none')];
    await world.teamMember(reading, reader.userId);
    await world.teamMember(without, outsider.userId);
    for (const team of [reading, without]) await world.teamRepository(team, owned.repository.id, 'write');
    expect(await outcome(reader, owned, 'code:read')).toBe('granted');
    expect(await outcome(reader, owned, 'code:write')).toBe('forbidden');
    expect(await outcome(reader, owned, 'issues:triage')).toBe('forbidden');
    expect(await outcome(outsider, owned, 'repository:see')).toBe('granted');
    expect(await outcome(outsider, owned, 'code:read')).toBe('not_found');
    expect(await outcome(outsider, owned, 'issues:triage')).toBe('not_found');
  });

  it('that are off are there for nobody', async () => {
    const owner = who('owner');
    const owned = await world.repository({ id: owner.userId, kind: 'user' }, 'off', {
      disabledUnits: 'wiki,code',
    });
    for (const actor of [ANONYMOUS, owner, { ...who('none'), isAdmin: true }]) {
      expect(await outcome(actor, owned, 'code:read')).toBe('not_found');
      expect(await outcome(actor, owned, 'code:write')).toBe('not_found');
      expect(await outcome(actor, owned, 'repository:see')).toBe('granted');
    }
  });
});

describe('members of an organization', () => {
  it('hold its base permission, its owners everything, strangers nothing', async () => {
    for (const base of ['none', 'read', 'write', 'admin'] as const) {
      const organizationId = await world.organization(`base-${base}`, base);
      const owned = await world.repository({ id: organizationId, kind: 'organization' }, base, {
        visibility: 'private',
      });
      const [member, owner] = [await world.person(`member-${base}`), await world.person(`owner-${base}`)];
      await world.member(organizationId, member.userId);
      await world.member(organizationId, owner.userId, 'owner');
      expect((await standingOf(db.read, member, owned)).permission).toBe(base);
      expect((await standingOf(db.read, owner, owned)).permission).toBe('owner');
      expect((await standingOf(db.read, who('none'), owned)).permission).toBe('none');
    }
  });
});
