// A small world of owners, organizations, nested teams and repositories for tests of who may do what, by rows alone.
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { UserActor } from '../../src/base/actor.ts';
import type { Owned } from '../../src/features/repos/repos.types.ts';
import type { Db, Tx } from '../../src/platform/db/db.types.ts';
import {
  organizationMembers,
  organizations,
  teamAncestors,
  teamMembers,
  teams,
} from '../../src/platform/db/tables/orgs.ts';
import {
  collaborators,
  type GivenPermission,
  repositories,
  teamRepositories,
} from '../../src/platform/db/tables/repos.ts';
import { users } from '../../src/platform/db/tables/users.ts';
import { insertReturning } from '../../src/platform/db/write-forms.ts';
import { newRepository, newUser } from './rows.ts';

const AT = 1_700_000_000_000;
type Caps = Record<string, 'none' | 'read' | 'write'>;
type RepositoryInsert = Partial<typeof repositories.$inferInsert>;

/** Adds rows; every call is one transaction. */
export function worldIn(db: Db) {
  const add = <T extends SQLiteTable>(table: T, row: T['$inferInsert']) =>
    db.write(async (tx: Tx) => void (await tx.insert(table).values(row)));
  return {
    async person(name: string, more: Partial<typeof users.$inferInsert> = {}): Promise<UserActor> {
      const row = await db.write((tx) => insertReturning(tx, users, { ...newUser(name), ...more }));
      return actorOf(row.id, name);
    },
    async organization(
      name: string,
      basePermission: 'none' | 'read' | 'write' | 'admin' = 'none',
    ): Promise<number> {
      const account = {
        ...newUser(name),
        kind: 'organization' as const,
        email: '',
        emailKey: `:${name.toLowerCase()}`,
      };
      const row = await db.write((tx) => insertReturning(tx, users, account));
      await add(organizations, {
        userId: row.id,
        visibility: 'public',
        basePermission,
        memberCreation: 'all',
        requiresTwoFactor: false,
      });
      return row.id;
    },
    member: (organizationId: number, userId: number, role: 'member' | 'owner' = 'member') =>
      add(organizationMembers, { organizationId, userId, role, isPublic: false, createdAt: AT }),
    /** `above`: the team it is nested in and those above that one, nearest first. */
    async team(
      organizationId: number,
      name: string,
      { unitCaps = {}, above = [] }: { unitCaps?: Caps; above?: number[] } = {},
    ): Promise<number> {
      const row = await db.write((tx) =>
        insertReturning(tx, teams, {
          organizationId,
          parentId: above[0] ?? null,
          name,
          nameKey: name,
          description: '',
          isSecret: false,
          unitCaps,
          createdAt: AT,
        }),
      );
      for (const [depth, ancestorId] of [row.id, ...above].entries())
        await add(teamAncestors, { teamId: row.id, ancestorId, depth });
      return row.id;
    },
    teamMember: (teamId: number, userId: number) =>
      add(teamMembers, { teamId, userId, role: 'member', createdAt: AT }),
    teamRepository: (teamId: number, repositoryId: number, permission: GivenPermission) =>
      add(teamRepositories, { teamId, repositoryId, permission, createdAt: AT }),
    collaborator: (repositoryId: number, userId: number, permission: GivenPermission) =>
      add(collaborators, { repositoryId, userId, permission, createdAt: AT }),
    async repository(
      owner: { id: number; kind: 'user' | 'organization' },
      name: string,
      more: RepositoryInsert = {},
    ): Promise<Owned> {
      const row = { ...newRepository(owner.id, name), ...more };
      const repository = await db.write((tx) => insertReturning(tx, repositories, row));
      return { repository, ownerKind: owner.kind };
    },
  };
}

/** Somebody signed in on the web. */
export function actorOf(userId: number, name: string): UserActor {
  return { kind: 'user', userId, name, isAdmin: false, via: 'session' };
}
