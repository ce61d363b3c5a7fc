// The audit log: who did what, when and from where, each entry chained to the one before by a keyed hash, so that a
// change, a gap or a missing end is found by whoever holds the key (`doctor check`).
import type { Reader, Tx } from '../db/db.types.ts';
import type { Secrets } from '../secrets/secrets.ts';
import {
  type AuditRow,
  entriesAfter,
  findHead,
  insertEntry,
  lastEntry,
  owningOrganization,
  setHead,
} from './audit.store.ts';
import type { DomainEvent } from './events.types.ts';

const PURPOSE = 'audit';
const PAGE = 1000;
const FIRST = '0'.repeat(64);

/** Adds an event to the log within its transaction. */
export async function appendAudit(tx: Tx, secrets: Secrets, event: DomainEvent, at: number): Promise<void> {
  const { kind, actorId, origin, ...rest } = event;
  const { userId, organizationId, repositoryId, ...data } = {
    userId: undefined,
    organizationId: undefined,
    repositoryId: undefined,
    ...rest,
  };
  const owner =
    organizationId ?? (repositoryId === undefined ? undefined : await owningOrganization(tx, repositoryId));
  const last = await lastEntry(tx);
  const entry = {
    sequence: (last?.sequence ?? 0) + 1,
    at,
    kind,
    actorId: actorId ?? null,
    actorName: origin?.name ?? '',
    via: origin?.via ?? 'system',
    address: origin?.address ?? '',
    userId: userId ?? null,
    organizationId: owner ?? null,
    repositoryId: repositoryId ?? null,
    data: JSON.stringify(data),
  };
  const hash = hashOf(secrets, last?.hash ?? FIRST, entry);
  await insertEntry(tx, { ...entry, hash });
  await setHead(tx, headOf(secrets, entry.sequence, hash));
}

export interface AuditCheck {
  entries: number;
  /** What is wrong, in a sentence; undefined when the chain holds. */
  fault: string | undefined;
}

/** Walks the whole chain. */
export async function checkAudit(reader: Reader, secrets: Secrets): Promise<AuditCheck> {
  let last = { sequence: 0, hash: FIRST };
  for (;;) {
    const page = await entriesAfter(reader, last.sequence, PAGE);
    for (const row of page) {
      const fault = faultOf(secrets, last, row);
      if (fault) return { entries: last.sequence, fault };
      last = row;
    }
    if (page.length < PAGE) break;
  }
  const head = await findHead(reader);
  if (head === undefined && last.sequence === 0) return { entries: 0, fault: undefined };
  // Read before the head: the server may have gone on meanwhile.
  const isWhole =
    head === headOf(secrets, last.sequence, last.hash) || (await hasGrown(reader, last.sequence));
  const fault = isWhole ? undefined : `Entries after number ${last.sequence} are missing.`;
  return { entries: last.sequence, fault };
}

async function hasGrown(reader: Reader, sequence: number): Promise<boolean> {
  return ((await lastEntry(reader))?.sequence ?? 0) > sequence;
}

function faultOf(
  secrets: Secrets,
  last: { sequence: number; hash: string },
  row: AuditRow,
): string | undefined {
  if (row.sequence !== last.sequence + 1) return `Entry ${last.sequence + 1} is missing.`;
  return row.hash === hashOf(secrets, last.hash, row) ? undefined : `Entry ${row.sequence} was changed.`;
}

type Hashed = Omit<AuditRow, 'id' | 'hash'>;

function hashOf(secrets: Secrets, previous: string, entry: Hashed): string {
  const { sequence, at, kind, actorId, actorName, via, address, userId, organizationId, repositoryId, data } =
    entry;
  const fields = [previous, sequence, at, kind, actorId, actorName, via, address, userId, organizationId];
  return secrets.authenticate(PURPOSE, JSON.stringify([...fields, repositoryId, data]));
}

function headOf(secrets: Secrets, sequence: number, hash: string): string {
  return secrets.authenticate(PURPOSE, JSON.stringify(['head', sequence, hash]));
}
