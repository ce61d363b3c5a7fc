// Everything that happens, as one union. Recorded in the transaction that made it happen.
import type { RefUpdate } from '../db/tables/repos.ts';

interface Base {
  /** Undefined for the system itself. */
  actorId?: number;
}

export type DomainEvent =
  | (Base & { kind: 'user.created'; userId: number })
  | (Base & { kind: 'user.signed_in'; userId: number; address: string })
  | (Base & { kind: 'user.password_changed'; userId: number })
  | (Base & { kind: 'user.updated'; userId: number; changes: string[] })
  | (Base & { kind: 'session.ended'; userId: number; sessionId: number | 'others' })
  | (Base & { kind: 'ssh_key.added' | 'ssh_key.removed'; userId: number; fingerprint: string })
  | (Base & { kind: 'access_token.created' | 'access_token.removed'; userId: number; name: string })
  | (Base & { kind: 'repository.created' | 'repository.deleted'; repositoryId: number; name: string })
  | (Base & { kind: 'repository.renamed'; repositoryId: number; from: string; to: string })
  | (Base & { kind: 'repository.updated'; repositoryId: number; changes: string[] })
  | (Base & { kind: 'collaborator.set'; repositoryId: number; userId: number; permission: string })
  | (Base & { kind: 'collaborator.removed'; repositoryId: number; userId: number })
  | (Base & { kind: 'push'; repositoryId: number; updates: RefUpdate[]; reconciled?: true });

export type EventKind = DomainEvent['kind'];

/** Every kind; complete by its type, so a new kind of event does not compile until it is named here too. */
export const EVENT_KINDS: Readonly<Record<EventKind, true>> = {
  'user.created': true,
  'user.updated': true,
  'user.signed_in': true,
  'user.password_changed': true,
  'session.ended': true,
  'ssh_key.added': true,
  'ssh_key.removed': true,
  'access_token.created': true,
  'access_token.removed': true,
  'repository.created': true,
  'repository.deleted': true,
  'repository.renamed': true,
  'repository.updated': true,
  'collaborator.set': true,
  'collaborator.removed': true,
  push: true,
};

export type RecordedEvent = DomainEvent & { id: number; createdAt: number };

/** A room's reaction to events; runs as a job, at least once, so it is idempotent. */
export interface Reactor {
  /** The room's name. */
  name: string;
  kinds: readonly EventKind[];
  onEvent(event: RecordedEvent): Promise<void>;
}
