// The people whom a repository knows, and which of them may read a unit of it: for whoever chooses among them.
import type { Unit } from '../../base/abilities.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { findKnownAmong, type KnownPerson, listKnownPeople, listPeople } from './known-people.store.ts';
import { readersAmong } from './readers.service.ts';
import type { OpenRepository } from './repos.types.ts';

export type { KnownPerson } from './known-people.store.ts';

type At = Pick<OpenRepository, 'repository' | 'owner'>;

/** The owner, collaborators and members of the organization who may read a unit, by name; perhaps fewer than `limit`. */
export async function knownReaders(
  app: App,
  at: At,
  unit: Unit,
  filter: { begins?: string | undefined; limit: number },
): Promise<KnownPerson[]> {
  return readable(app, at, unit, await listKnownPeople(app.db.read, at.repository, filter));
}

/** Of these people those who may read a unit, known or not, by name. */
export async function readersNamed(
  app: App,
  at: At,
  unit: Unit,
  userIds: readonly number[],
): Promise<KnownPerson[]> {
  return readable(app, at, unit, await listPeople(app.db.read, userIds));
}

/** Of these people those whom the repository knows, whatever they may read. */
export async function knownAmong(
  reader: Reader | Tx,
  { repository }: At,
  userIds: readonly number[],
): Promise<Set<number>> {
  return findKnownAmong(reader, repository, userIds);
}

async function readable(
  app: App,
  { repository, owner }: At,
  unit: Unit,
  people: readonly KnownPerson[],
): Promise<KnownPerson[]> {
  const ids = people.map(({ id }) => id);
  const readers = await readersAmong(app, { repository, ownerKind: owner.kind }, unit, ids);
  return people.filter(({ id }) => readers.has(id));
}
