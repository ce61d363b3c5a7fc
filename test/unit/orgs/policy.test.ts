// Where each kind of actor stands towards an organization, for each visibility and membership.
import { describe, expect, it, test } from 'vitest';
import { type Actor, ANONYMOUS, SYSTEM, type UserActor } from '../../../src/base/actor.ts';
import { levelFor, mayCreateRepository, viewerOf } from '../../../src/features/orgs/orgs.policy.ts';
import type { MemberRole, OrganizationVisibility } from '../../../src/features/orgs/orgs.types.ts';

const user = (more: Partial<UserActor> = {}): UserActor => ({
  kind: 'user',
  userId: 7,
  name: 'ada',
  isAdmin: false,
  via: 'session',
  ...more,
});
const deployKey: Actor = { kind: 'deploy-key', keyId: 1, title: 'ci', repositoryId: 3, canWrite: true };
const token = { via: 'token' } as const;

/** Actor, its membership, and the level for public, internal and private organizations. */
const TABLE: [string, Actor, MemberRole | undefined, string, string, string][] = [
  ['anonymous people', ANONYMOUS, undefined, 'visitor', 'none', 'none'],
  ['strangers', user(), undefined, 'visitor', 'visitor', 'none'],
  ['restricted strangers', user({ isRestricted: true }), undefined, 'none', 'none', 'none'],
  ['members', user(), 'member', 'member', 'member', 'member'],
  ['restricted members', user({ isRestricted: true }), 'member', 'member', 'member', 'member'],
  ['owners', user(), 'owner', 'owner', 'owner', 'owner'],
  ['administrators', user({ isAdmin: true }), undefined, 'owner', 'owner', 'owner'],
  [
    'administrators who lack their second factor',
    user({ isAdmin: true, mustEnrol: true }),
    undefined,
    'visitor',
    'visitor',
    'none',
  ],
  [
    'an administrator’s token without the scope',
    user({ isAdmin: true, ...token, scopes: ['write:organization'] }),
    undefined,
    'visitor',
    'visitor',
    'none',
  ],
  [
    'an administrator’s token that changes administration',
    user({ isAdmin: true, ...token, scopes: ['write:admin'] }),
    undefined,
    'owner',
    'owner',
    'owner',
  ],
  [
    'an administrator’s token that only reads administration',
    user({ isAdmin: true, ...token, scopes: ['read:admin', 'write:organization'] }),
    undefined,
    'member',
    'member',
    'member',
  ],
  ['an owner’s token', user({ ...token, scopes: ['all'] }), 'owner', 'owner', 'owner', 'owner'],
  [
    'an owner’s token limited to repositories',
    user({ ...token, scopes: ['all'], repositoryIds: [1] }),
    'owner',
    'visitor',
    'none',
    'none',
  ],
  ['deploy keys', deployKey, undefined, 'visitor', 'none', 'none'],
  ['the program', SYSTEM, undefined, 'owner', 'owner', 'owner'],
];

describe('levels', () => {
  for (const [who, actor, role, open, internal, hidden] of TABLE) {
    it(`${who}: ${open}, ${internal}, ${hidden}`, () => {
      expect(levelFor(actor, 'public', role)).toBe(open);
      expect(levelFor(actor, 'internal', role)).toBe(internal);
      expect(levelFor(actor, 'private', role)).toBe(hidden);
    });
  }
});

test('lists are made for the same eyes', () => {
  expect(viewerOf(ANONYMOUS)).toBe('anyone');
  expect(viewerOf(deployKey)).toBe('anyone');
  expect(viewerOf(user({ ...token, repositoryIds: [1] }))).toBe('anyone');
  expect(viewerOf(user({ isAdmin: true }))).toBe('all');
  expect(viewerOf(SYSTEM)).toBe('all');
  expect(viewerOf(user({ isRestricted: true }))).toEqual({ userId: 7, isRestricted: true });
  expect(viewerOf(user({ isAdmin: true, mustEnrol: true }))).toEqual({ userId: 7, isRestricted: false });
});

test('who may create repositories', () => {
  const all = ['public', 'internal', 'private'] as const;
  const allowed = (
    level: 'none' | 'visitor' | 'member' | 'owner',
    memberCreation: 'none' | 'private' | 'all',
    organization: OrganizationVisibility = 'public',
  ) =>
    all.filter((visibility) =>
      mayCreateRepository(level, { memberCreation, visibility: organization }, visibility),
    );
  expect(allowed('owner', 'none')).toEqual(all);
  expect(allowed('member', 'all')).toEqual(all);
  expect(allowed('member', 'private')).toEqual(['private']);
  expect(allowed('member', 'none')).toEqual([]);
  expect(allowed('visitor', 'all')).toEqual([]);
  expect(allowed('none', 'all')).toEqual([]);
  // What more people see than the organization would betray it.
  expect(allowed('owner', 'all', 'internal')).toEqual(['internal', 'private']);
  expect(allowed('owner', 'all', 'private')).toEqual(['private']);
  expect(allowed('member', 'all', 'private')).toEqual(['private']);
});
