// Who is acting, and what an access token lets them do: the first question every service asks.
import { invalid } from './errors.ts';

export const SCOPE_AREAS = ['repository', 'user', 'admin'] as const;
export type ScopeArea = (typeof SCOPE_AREAS)[number];
export type AccessScope = 'all' | `read:${ScopeArea}` | `write:${ScopeArea}`;

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
  /** How they proved who they are. */
  via: 'session' | 'password' | 'token' | 'ssh';
  /** Only with `via: 'token'`: what the token may be used for. */
  scopes?: readonly AccessScope[];
}

/** Somebody not signed in. */
export interface AnonymousActor {
  kind: 'anonymous';
}

/** The program itself: jobs, and the command line run by whoever owns the data directory. */
export interface SystemActor {
  kind: 'system';
}

export type Actor = UserActor | AnonymousActor | SystemActor;

export const ANONYMOUS: AnonymousActor = { kind: 'anonymous' };
export const SYSTEM: SystemActor = { kind: 'system' };

/** Who did it, for an event; nobody is named for the program itself. */
export function actorIdOf(actor: Actor): { actorId?: number } {
  return actor.kind === 'user' ? { actorId: actor.userId } : {};
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
