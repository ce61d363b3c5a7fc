// Who is acting, by what proof, and what an access token lets them do: the first question every service asks.
import { invalid } from './errors.ts';

export const SCOPE_AREAS = [
  'repository',
  'issue',
  'package',
  'user',
  'organization',
  'notification',
  'actions',
  'admin',
] as const;
export type ScopeArea = (typeof SCOPE_AREAS)[number];
/** What a token needs for one act. */
export type NeededScope = `read:${ScopeArea}` | `write:${ScopeArea}`;
export type AccessScope = 'all' | NeededScope;

export const ACCESS_SCOPES: readonly AccessScope[] = [
  'all',
  ...SCOPE_AREAS.flatMap((area): AccessScope[] => [`read:${area}`, `write:${area}`]),
];

/** Whether scopes cover reading or writing an area; write includes read. */
export function scopesAllow(
  scopes: readonly AccessScope[],
  need: 'read' | 'write',
  area: ScopeArea,
): boolean {
  return (
    scopes.includes('all') ||
    scopes.includes(`write:${area}`) ||
    (need === 'read' && scopes.includes(`read:${area}`))
  );
}

export interface UserActor {
  kind: 'user';
  userId: number;
  name: string;
  isAdmin: boolean;
  /** SHA-256 in hex of the uploaded picture, for showing who is signed in. */
  avatarHash?: string;
  /** Sees only what was given to them by name: not what is public or internal. */
  isRestricted?: boolean;
  /** How they proved who they are. */
  via: 'session' | 'password' | 'token' | 'ssh';
  /** Only with `via: 'token'`: what the token may be used for. */
  scopes?: readonly AccessScope[];
  /** Only with `via: 'token'`: the repositories it is limited to; elsewhere it reads what anybody may. */
  repositoryIds?: readonly number[];
  /** Only with `via: 'token'` or `'ssh'`: what they proved it by, which may be taken back while something takes long. */
  credential?: { kind: 'token' | 'ssh-key'; id: number };
  /** A second factor is required of this account and missing: it reaches nothing but its set-up. */
  mustEnrol?: true;
  /** An administrator asks for a new password: until it is chosen, the account reaches nothing else. */
  mustChangePassword?: true;
  /** The administrator who acts as this account. */
  sudoBy?: string;
  /** The client's address. */
  address?: string;
}

/** A key that stands for one repository, whoever holds it. */
export interface DeployKeyActor {
  kind: 'deploy-key';
  keyId: number;
  title: string;
  repositoryId: number;
  canWrite: boolean;
  address?: string;
}

/** Somebody not signed in. */
export interface AnonymousActor {
  kind: 'anonymous';
  address?: string;
}

/** The program itself: jobs, and the command line run by whoever owns the data directory. */
export interface SystemActor {
  kind: 'system';
  /** What it is called in the audit log; `system` unless said. */
  name?: string;
}

export type Actor = UserActor | DeployKeyActor | AnonymousActor | SystemActor;

export const ANONYMOUS: AnonymousActor = { kind: 'anonymous' };
export const SYSTEM: SystemActor = { kind: 'system' };
export const COMMAND_LINE: SystemActor = { kind: 'system', name: 'command line' };

/** Who caused an event, as the audit log keeps it: also when the account is gone. */
export interface Origin {
  name: string;
  via: UserActor['via'] | 'deploy-key' | 'anonymous' | 'system';
  address?: string;
}

/** The same actor, seen at a client's address. */
export function seenFrom<A extends Actor>(actor: A, address: string): A {
  return { ...actor, address };
}

/** Who did it, for an event; nobody is named for the program itself. */
export function doneBy(actor: Actor): { actorId?: number; origin: Origin } {
  if (actor.kind === 'system') return { origin: { name: actor.name ?? 'system', via: 'system' } };
  const from = actor.address === undefined ? {} : { address: actor.address };
  if (actor.kind === 'anonymous') return { origin: { name: '', via: 'anonymous', ...from } };
  if (actor.kind === 'deploy-key') return { origin: { name: actor.title, via: 'deploy-key', ...from } };
  const name = actor.sudoBy === undefined ? actor.name : `${actor.name} (by ${actor.sudoBy})`;
  return { actorId: actor.userId, origin: { name, via: actor.via, ...from } };
}

/** Scopes from text such as `read:repository,write:user`; unknown ones throw with the known ones named. */
export function parseScopes(text: string): AccessScope[] {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
  const unknown = words.find((word) => !ACCESS_SCOPES.includes(word as AccessScope));
  if (unknown !== undefined || words.length === 0) {
    throw invalid({ scopes: `Choose scopes from: ${ACCESS_SCOPES.join(', ')}.` });
  }
  return words as AccessScope[];
}
