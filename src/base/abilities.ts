// Who may do what, as data: every ability of the product, what it asks of whoever wants it, and by which means it may
// be used. Rooms only find out where somebody stands; the judgement is `requireGranted` in judgement.ts.
import type { NeededScope } from './actor.ts';

/** Where somebody stands towards a thing, weakest first; each level includes those before it. */
export const LEVELS = {
  site: ['anyone', 'user', 'admin'],
  /** `admin`: an administrator of the site who is not the account's own person. */
  account: ['none', 'visitor', 'admin', 'self'],
  organization: ['none', 'visitor', 'member', 'owner'],
  repository: ['none', 'read', 'triage', 'write', 'maintain', 'admin', 'owner'],
} as const;

export type Kind = keyof typeof LEVELS;
export type LevelOf<K extends Kind> = (typeof LEVELS)[K][number];

/** The parts of a repository that are switched on and off, and given to teams, one by one. */
export const UNITS = ['code', 'issues', 'pulls', 'wiki', 'releases', 'packages', 'actions'] as const;
export type Unit = (typeof UNITS)[number];
/** The units that the product has today; the others are judged already, and shown nowhere yet. */
export const SHIPPED_UNITS = ['code', 'issues', 'pulls', 'releases'] as const satisfies readonly Unit[];
export const UNIT_ACCESS = ['none', 'read', 'write'] as const;
export type UnitAccess = (typeof UNIT_ACCESS)[number];

export interface Rule<K extends Kind = Kind> {
  on: K;
  needs: LevelOf<K>;
  /** The scope an access token needs; `never`: no token will do, so that a token can never widen its own power. */
  scope: NeededScope | 'never';
  /** Only for repositories: the unit it belongs to, which must be on and open to whoever wants it. */
  unit?: Unit;
  /** Instead of `unit`: several, any of which will do, with the level on the one that is open widest. */
  anyUnit?: readonly Unit[];
  /** Also in an archived repository, where otherwise only reading is possible. */
  evenArchived?: true;
  /** May be used by SSH keys and deploy keys. */
  keys?: true;
  /** Also for a session that is held back until a second factor or a new password is there: it leads out of that. */
  whilePending?: true;
  /** Repositories of a person: what is destructive is the owner's alone, however much they gave to others. */
  onPersonal?: 'owner';
}

const site = (needs: LevelOf<'site'>, scope: Rule['scope']): Rule<'site'> => ({ on: 'site', needs, scope });
const account = (
  needs: LevelOf<'account'>,
  scope: Rule['scope'],
  more: Pick<Rule, 'whilePending'> = {},
): Rule<'account'> => ({ on: 'account', needs, scope, ...more });
const organization = (
  needs: LevelOf<'organization'>,
  scope: Rule['scope'],
  more: Pick<Rule, 'whilePending'> = {},
): Rule<'organization'> => ({ on: 'organization', needs, scope, ...more });
const repository = (
  needs: LevelOf<'repository'>,
  scope: Rule['scope'],
  more: Pick<Rule, 'unit' | 'anyUnit' | 'evenArchived' | 'keys' | 'onPersonal'> = {},
): Rule<'repository'> => ({ on: 'repository', needs, scope, ...more });

const READS = { evenArchived: true } as const;
const GIT = { unit: 'code', keys: true } as const;
/** What issues and pull requests have in common. */
const TALK = { anyUnit: ['issues', 'pulls'] } as const;

export const ABILITIES = {
  'site:administer': site('admin', 'write:admin'),
  'users:list': site('admin', 'read:admin'),
  'users:create': site('admin', 'write:admin'),
  'audit:read': site('admin', 'read:admin'),
  'site-webhooks:read': site('admin', 'read:admin'),
  'organizations:create': site('user', 'write:organization'),
  'repositories:create': site('user', 'write:repository'),
  'repositories:list': site('anyone', 'read:repository'),
  'stars:write': site('user', 'write:user'),

  'account:read': account('admin', 'read:user'),
  'profile:read': account('visitor', 'read:user'),
  'profile:write': account('admin', 'write:user'),
  'follows:write': account('visitor', 'write:user'),
  'blocks:read': account('self', 'read:user'),
  'blocks:manage': account('self', 'write:user'),
  'keys:read': account('self', 'read:user'),
  'keys:write': account('self', 'write:user'),
  'emails:read': account('self', 'read:user'),
  /** Webhooks told of all one's own repositories. */
  'own-webhooks:read': account('self', 'read:user'),
  'own-webhooks:manage': account('self', 'write:user'),
  'emails:manage': account('self', 'never'),
  'tokens:manage': account('self', 'never'),
  'sessions:manage': account('self', 'never'),
  'password:change': account('self', 'never', { whilePending: true }),
  'second-factors:manage': account('self', 'never', { whilePending: true }),
  /** One's own saved replies and saved views. */
  'replies:manage': account('self', 'write:user'),
  'notifications:read': account('self', 'read:notification'),
  'notifications:manage': account('self', 'write:notification'),
  'invitations:answer': account('self', 'write:organization'),
  'account:delete': account('self', 'never'),
  'account:suspend': account('admin', 'write:admin'),

  'organization:see': organization('visitor', 'read:organization'),
  'membership:manage': organization('member', 'write:organization'),
  /** Also for whom its rule about second factors holds back: who leaves is under it no more. */
  'membership:end': organization('member', 'write:organization', { whilePending: true }),
  'members:read': organization('member', 'read:organization'),
  'teams:read': organization('member', 'read:organization'),
  'members:manage': organization('owner', 'write:organization'),
  /** Of teams one maintains; owners maintain every team. */
  'team-members:manage': organization('member', 'write:organization'),
  'teams:manage': organization('owner', 'write:organization'),
  'organization:manage': organization('owner', 'write:organization'),
  'organization-webhooks:read': organization('owner', 'read:organization'),
  'organization-webhooks:manage': organization('owner', 'write:organization'),
  'organization:audit': organization('owner', 'read:organization'),
  'organization:delete': organization('owner', 'write:organization'),

  'repository:see': repository('read', 'read:repository', READS),
  'repository:star': repository('read', 'write:user', READS),
  'code:read': repository('read', 'read:repository', { ...READS, ...GIT }),
  'code:write': repository('write', 'write:repository', GIT),
  /** Marks for oneself which files of a comparison one has seen. */
  'code:mark': repository('read', 'write:user', { ...READS, unit: 'code' }),
  /** Copies what one may read; that one may make repositories is judged besides. */
  'repository:fork': repository('read', 'write:repository', { ...READS, unit: 'code' }),
  'statuses:write': repository('write', 'write:repository', { unit: 'code' }),
  'releases:read': repository('read', 'read:repository', { ...READS, unit: 'releases' }),
  'releases:write': repository('write', 'write:repository', { unit: 'releases' }),
  'issues:read': repository('read', 'read:issue', { ...READS, unit: 'issues' }),
  /** Opening issues and uploading for them; that somebody is signed in is judged besides, as for comments. */
  'issues:create': repository('read', 'write:issue', { unit: 'issues' }),
  /** Comments, reactions, and edits of what one wrote. */
  'issues:comment': repository('read', 'write:issue', { unit: 'issues' }),
  /** What one chooses for oneself about an issue or its repository; changes nothing for others. */
  'issues:follow': repository('read', 'write:notification', { ...READS, unit: 'issues' }),
  'issues:triage': repository('triage', 'write:issue', { unit: 'issues' }),
  /** Edits others' texts, hides and deletes comments, locks, pins, transfers; labels and milestones. */
  'issues:manage': repository('write', 'write:issue', { unit: 'issues' }),
  'issues:delete': repository('admin', 'write:issue', { unit: 'issues' }),
  /**
   * What issues and pull requests share: labels, milestones, files, previews, and addresses that hold a number of either.
   * Whatever then reads or changes one of them judges by its own kind.
   */
  'conversations:read': repository('read', 'read:issue', { ...READS, ...TALK }),
  'conversations:comment': repository('read', 'write:issue', TALK),
  'conversations:follow': repository('read', 'write:notification', { ...READS, ...TALK }),
  'conversations:triage': repository('triage', 'write:issue', TALK),
  'conversations:manage': repository('write', 'write:issue', TALK),
  'conversations:delete': repository('admin', 'write:issue', TALK),
  /** Pull requests show code, so their unit is never more open than code is; see `combine` in the repos room. */
  'pulls:read': repository('read', 'read:repository', { ...READS, unit: 'pulls' }),
  /** Proposes what one pushed somewhere, also by refs/for/; that somebody is signed in is judged besides. */
  'pulls:create': repository('read', 'write:repository', { unit: 'pulls', keys: true }),
  /** Comments, reactions, reviews, and edits of what one wrote. */
  'pulls:comment': repository('read', 'write:issue', { unit: 'pulls' }),
  'pulls:follow': repository('read', 'write:notification', { ...READS, unit: 'pulls' }),
  'pulls:triage': repository('triage', 'write:issue', { unit: 'pulls' }),
  /** As `issues:manage`; dismisses reviews and resolves others' threads too. */
  'pulls:manage': repository('write', 'write:issue', { unit: 'pulls' }),
  /** Merges by whatever way, queues, and brings the base into a head; rules are judged besides. */
  'pulls:merge': repository('write', 'write:repository', { unit: 'pulls' }),
  'rules:read': repository('read', 'read:repository', { ...READS, unit: 'code' }),
  'rules:manage': repository('admin', 'write:repository', { unit: 'code' }),
  'repository:watch': repository('read', 'write:notification', READS),
  'settings:read': repository('maintain', 'read:repository', READS),
  /** The door of whatever changes several settings at once; each of them is judged by its own ability as well. */
  'settings:change': repository('maintain', 'write:repository', READS),
  'settings:describe': repository('maintain', 'write:repository'),
  'settings:manage': repository('admin', 'write:repository'),
  'access:read': repository('admin', 'read:repository', READS),
  'access:manage': repository('admin', 'write:repository', READS),
  /** What is sent elsewhere, and with which secret: for whoever administers the repository alone. */
  'webhooks:read': repository('admin', 'read:repository', READS),
  'webhooks:manage': repository('admin', 'write:repository'),
  'deploy-keys:manage': repository('admin', 'write:repository', READS),
  'repository:own': repository('admin', 'write:repository', { ...READS, onPersonal: 'owner' }),
} as const satisfies Record<string, Rule>;

export type AbilityName = keyof typeof ABILITIES;
/** The abilities on one kind of thing. */
export type AbilityOn<K extends Kind> = {
  [A in AbilityName]: (typeof ABILITIES)[A]['on'] extends K ? A : never;
}[AbilityName];

/** The rule of an ability. */
export function ruleOf(ability: AbilityName): Rule {
  return ABILITIES[ability];
}

/** Whether a level includes another of its kind. */
export function levelIncludes<K extends Kind>(kind: K, held: LevelOf<K>, needed: LevelOf<K>): boolean {
  const order: readonly string[] = LEVELS[kind];
  return order.indexOf(held) >= order.indexOf(needed);
}
