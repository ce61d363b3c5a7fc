// The outbox: an event and one job per reactor are rows of the transaction that made it happen.
import type { Clock } from '../../base/time.ts';
import type { Db, Tx } from '../db/db.types.ts';
import type { Jobs } from '../jobs/jobs.types.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { appendAudit } from './audit.ts';
import { type EventRow, findEvent, findEvents, insertEvent, listEvents } from './events.store.ts';
import type { Events } from './events.ts';
import {
  type Companion,
  type DomainEvent,
  EVENT_KINDS,
  type Reactor,
  type RecordedEvent,
} from './events.types.ts';

interface Parts {
  db: Db;
  clock: Clock;
  jobs: Jobs;
  secrets: Secrets;
}

/** Opens the outbox. Reactors subscribe before the jobs start. */
export function openEvents({ db, clock, jobs, secrets }: Parts): Events {
  const reactors = new Map<string, Reactor>();
  const companions: Companion[] = [];

  async function record(tx: Tx, event: DomainEvent): Promise<number> {
    const now = clock.now();
    const row = await insertEvent(tx, toRow(event, now));
    if (EVENT_KINDS[event.kind] === 'audited') await appendAudit(tx, secrets, event, now);
    const fairnessKey = row.repositoryId === null ? `user:${row.actorId ?? 0}` : `repo:${row.repositoryId}`;
    for (const reactor of reactors.values()) {
      if (!reactor.kinds.includes(event.kind)) continue;
      await jobs.enqueue(tx, jobKind(reactor), { eventId: row.id }, { fairnessKey });
    }
    for (const companion of companions)
      if (companion.kinds.has(event.kind)) await companion.write(tx, recorded(event, row));
    return row.id;
  }

  function subscribe(reactor: Reactor): void {
    if (reactors.has(reactor.name)) throw new Error(`The reactor ${reactor.name} is subscribed already.`);
    reactors.set(reactor.name, reactor);
    jobs.define<{ eventId: number }>({
      kind: jobKind(reactor),
      queue: 'events',
      async run({ eventId }) {
        const row = await findEvent(db.read, eventId);
        const event = row && fromRow(row);
        if (event) await reactor.onEvent(event);
      },
    });
  }

  return {
    record,
    subscribe,
    accompany: (companion) => companions.push(companion),
    async recent(filter) {
      const rows = await listEvents(db.read, filter);
      return rows.map(fromRow).filter((event) => event !== undefined);
    },
    async byIds(ids) {
      const rows = await findEvents(db.read, ids);
      return rows.map(fromRow).filter((event) => event !== undefined);
    },
  };
}

function jobKind(reactor: Reactor): string {
  return `react:${reactor.name}`;
}

function toRow(event: DomainEvent, now: number): Omit<EventRow, 'id'> {
  // Where it came from is for the audit log alone.
  const { kind, actorId, origin: _, ...rest } = event;
  const { repositoryId, ...data } = { repositoryId: undefined, ...rest };
  return { kind, actorId: actorId ?? null, repositoryId: repositoryId ?? null, data, createdAt: now };
}

function recorded(event: DomainEvent, { id, createdAt }: EventRow): RecordedEvent {
  return { ...event, id, createdAt };
}

/** Undefined for a kind this version does not know, written by a newer one. */
function fromRow(row: EventRow): RecordedEvent | undefined {
  if (!Object.hasOwn(EVENT_KINDS, row.kind)) return undefined;
  return {
    ...row.data,
    kind: row.kind,
    id: row.id,
    createdAt: row.createdAt,
    ...(row.actorId === null ? {} : { actorId: row.actorId }),
    ...(row.repositoryId === null ? {} : { repositoryId: row.repositoryId }),
  } as RecordedEvent;
}
