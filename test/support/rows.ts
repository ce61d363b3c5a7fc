// Rows for store suites: complete, valid, and told apart by their name.
import type { repositories } from '../../src/platform/db/tables/repos.ts';
import type { users } from '../../src/platform/db/tables/users.ts';

const AT = 1_700_000_000_000;

export function newUser(name: string) {
  return {
    kind: 'user',
    name,
    nameKey: name.toLowerCase(),
    displayName: name,
    email: `${name}@example.org`,
    emailKey: `${name.toLowerCase()}@example.org`,
    isAdmin: false,
    isSuspended: false,
    createdAt: AT,
    updatedAt: AT,
    isRestricted: false,
    mustChangePassword: false,
    bio: '',
    location: '',
    website: '',
    avatarHash: null,
    hidesEmail: true,
    hasSecondFactor: false,
    followerCount: 0,
    followingCount: 0,
  } satisfies typeof users.$inferInsert;
}

export function newRepository(ownerId: number, name: string) {
  return {
    ownerId,
    name,
    nameKey: name.toLowerCase(),
    description: '',
    website: '',
    visibility: 'public',
    defaultBranch: 'main',
    objectFormat: 'sha1',
    storageKey: `storage-${ownerId}-${name}`,
    isEmpty: true,
    sizeBytes: 0,
    pushesSinceRepack: 0,
    createdAt: AT,
    updatedAt: AT,
    archivedAt: null,
    disabledUnits: '',
    starCount: 0,
    parentId: null,
    networkId: null,
    forkCount: 0,
    poolId: null,
    isTemplate: false,
    isMirror: false,
  } satisfies typeof repositories.$inferInsert;
}
