// The audit log: who did what, when and from where, each entry chained to the one before by a keyed hash, so that a
// change, a gap or a missing end is found by whoever holds the key (`doctor check`).
import type { Origin } from '../../base/actor.ts';
import { equalInConstantTime } from '../../base/crypto.ts';
import type { Reader, Tx } from '../db/db.types.ts';
import type { Secrets } from '../secrets/secrets.ts';
import {
  type AuditRow,
  entriesAfter,
  findActorName,
  findHead,
  insertEntry,
  lastSequence,
  owningOrganization,
  setHead,
} from './audit.store.ts';
import type { DomainEvent } from './events.types.ts';

const PURPOSE = 'audit';
const PAGE = 1000;
const LONGEST_NAME = 254;
const LONGEST_ADDRESS = 64;

/** Where the log ends. */
interface Head {
  sequence: number;
  hash: string;
}

const START: Head = { sequence: 0, hash: '0'.repeat(64) };
/** Chained to where the end is unknown, since its mark was removed or forged: no check passes behind it. */
const BROKEN = 'broken';

/** Adds an event to the log within its transaction. */
export async function appendAudit(tx: Tx, secrets: Secrets, event: DomainEvent, at: number): Promise<void> {
  const { kind, actorId, origin, ...rest } = event;
  const { userId, organizationId, repositoryId, ...data } = {
    userId: undefined,
    organizationId: undefined,
    repositoryId: undefined,
    ...rest,
  };
  // The end is what the signed mark says, not the last row: an end that was cut off stays a gap for ever.
  const head = await endOf(tx, secrets);
  const { name, via, address = '' } = origin ?? (await assumedOrigin(tx, event));
  const entry = {
    sequence: head.sequence + 1,
    at,
    kind,
    actorId: actorId ?? null,
    actorName: storable(name, LONGEST_NAME),
    via,
    address: storable(address, LONGEST_ADDRESS),
    userId: userId ?? null,
    organizationId: organizationId ?? (await ownerOf(tx, repositoryId)),
    repositoryId: repositoryId ?? null,
    data: JSON.stringify(data),
  };
  const hash = hashOf(secrets, head.hash, entry);
  await setHead(tx, headText(secrets, { sequence: entry.sequence, hash }));
  await insertEntry(tx, { ...entry, hash });
}

async function endOf(tx: Tx, secrets: Secrets): Promise<Head> {
  const text = await findHead(tx);
  const head = text === undefined ? undefined : parseHead(secrets, text);
  if (head) return head;
  const sequence = await lastSequence(tx);
  return text === undefined && sequence === 0 ? START : { sequence, hash: BROKEN };
}

/** What is known of an act whose event says only who. */
async function assumedOrigin(tx: Tx, event: DomainEvent): Promise<Origin> {
  const from = 'address' in event ? { address: event.address } : {};
  if (event.actorId === undefined) return { name: '', via: 'system', ...from };
  return { name: (await findActorName(tx, event.actorId)) ?? '', via: 'session', ...from };
}

async function ownerOf(tx: Tx, repositoryId: number | undefined): Promise<number | null> {
  if (repositoryId === undefined) return null;
  return (await owningOrganization(tx, repositoryId)) ?? null;
}

/** Text that every engine keeps exactly as it is hashed. */
function storable(text: string, length: number): string {
  return text.slice(0, length).toWellFormed().replaceAll('\0', '');
}

export interface AuditCheck {
  /** How many entries hold, from the first on. */
  entries: number;
  /** What is wrong, in a sentence; undefined when the chain holds. */
  fault: string | undefined;
}

/** Walks the whole chain. */
export async function checkAudit(reader: Reader, secrets: Secrets): Promise<AuditCheck> {
  // Before the entries: whoever writes meanwhile only moves it on.
  const text = await findHead(reader);
  const walked = await walk(reader, secrets);
  if (walked.fault !== undefined) return walked;
  if (text === undefined && walked.entries === 0) return walked;
  return { entries: walked.entries, fault: faultOfEnd(secrets, text, walked.entries) };
}

async function walk(reader: Reader, secrets: Secrets): Promise<AuditCheck> {
  let last: Head = START;
  for (;;) {
    const page = await entriesAfter(reader, last.sequence, PAGE);
    for (const row of page) {
      const fault = faultOf(secrets, last, row);
      if (fault) return { entries: last.sequence, fault };
      last = row;
    }
    if (page.length < PAGE) return { entries: last.sequence, fault: undefined };
  }
}

function faultOfEnd(secrets: Secrets, text: string | undefined, entries: number): string | undefined {
  const head = text === undefined ? undefined : parseHead(secrets, text);
  if (!head)
    return `The mark of the end was removed or changed: entries after number ${entries} may be missing.`;
  return head.sequence > entries ? `Entries after number ${entries} are missing.` : undefined;
}

function faultOf(secrets: Secrets, last: Head, row: AuditRow): string | undefined {
  if (row.sequence !== last.sequence + 1) return `Entry ${last.sequence + 1} is missing.`;
  const isGenuine = equalInConstantTime(row.hash, hashOf(secrets, last.hash, row));
  return isGenuine ? undefined : `Entry ${row.sequence} was changed.`;
}

type Hashed = Omit<AuditRow, 'id' | 'hash'>;

function hashOf(secrets: Secrets, previous: string, entry: Hashed): string {
  const { sequence, at, kind, actorId, actorName, via, address, userId, organizationId, repositoryId, data } =
    entry;
  const fields = [previous, sequence, at, kind, actorId, actorName, via, address, userId, organizationId];
  return secrets.authenticate(PURPOSE, JSON.stringify([...fields, repositoryId, data]));
}

function headText(secrets: Secrets, { sequence, hash }: Head): string {
  return `${sequence} ${hash} ${secrets.authenticate(PURPOSE, JSON.stringify(['head', sequence, hash]))}`;
}

/** Undefined for a mark that was not made with our key. */
function parseHead(secrets: Secrets, text: string): Head | undefined {
  const [sequence, hash = ''] = text.split(' ');
  const head = { sequence: Number(sequence), hash };
  return equalInConstantTime(text, headText(secrets, head)) ? head : undefined;
}
