// Records what happened and hands it, in the same transaction, to the rooms that react.
// open-events.ts opens it.
import type { Tx } from '../db/db.types.ts';
import type { Companion, DomainEvent, EventKind, Reactor, RecordedEvent } from './events.types.ts';

export interface Events {
  /** Writes the event and one job per subscribed reactor in the caller's transaction. Returns the event's id. */
  record(tx: Tx, event: DomainEvent): Promise<number>;
  subscribe(reactor: Reactor): void;
  /** Has rows written within the transactions of some events. */
  accompany(companion: Companion): void;
  /** Newest first. */
  recent(filter: {
    repositoryId?: number;
    actorId?: number;
    kind?: EventKind;
    limit: number;
    beforeId?: number;
  }): Promise<RecordedEvent[]>;
  /** Those that exist, in no order. */
  byIds(ids: number[]): Promise<RecordedEvent[]>;
}
