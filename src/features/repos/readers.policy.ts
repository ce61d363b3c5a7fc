// Who of some people may read a repository: the rule of `standingOf`, for a set of people. A test compares both.
import type { Unit } from '../../base/abilities.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { grantsOfPeople, type PersonRow } from './readers.store.ts';
import { combine, isUnitOn, permissionIncludes } from './repos.policy.ts';
import type { Owned } from './repos.types.ts';
import type { Grant } from './standing.store.ts';

/**
 * Of these people the ids of those who may read a unit (or see the repository at all, without a unit); `isInPower` says
 * of administrators whether they are held back by nothing.
 */
export async function readersOf(
  reader: Reader | Tx,
  owned: Owned,
  unit: Unit | undefined,
  people: readonly PersonRow[],
  isInPower: (person: PersonRow) => Promise<boolean>,
): Promise<number[]> {
  const { repository, ownerKind } = owned;
  if (repository.deletedAt !== null || (unit !== undefined && !isUnitOn(repository, unit))) return [];
  const isOpen = repository.visibility !== 'private';
  const [open, others] = parted(
    people,
    (person) => person.id === repository.ownerId || (isOpen && !person.isRestricted),
  );
  const ids = others.map(({ id }) => id);
  const grants = await grantsOfPeople(reader, repository, ownerKind === 'organization', ids);
  const [given, rest] = parted(others, ({ id }) => reads(grants.get(id) ?? [], unit));
  // Few are administrators: each is asked for alone.
  const powerful: PersonRow[] = [];
  for (const person of rest) if (person.isAdmin && (await isInPower(person))) powerful.push(person);
  return [...open, ...given, ...powerful].map(({ id }) => id);
}

/** As `readersOf`, those who may change what a unit holds. */
export async function writersOf(
  reader: Reader | Tx,
  { repository, ownerKind }: Owned,
  unit: Unit,
  people: readonly PersonRow[],
  isInPower: (person: PersonRow) => Promise<boolean>,
): Promise<number[]> {
  if (repository.deletedAt !== null || !isUnitOn(repository, unit)) return [];
  const ids = people.map(({ id }) => id);
  const grants = await grantsOfPeople(reader, repository, ownerKind === 'organization', ids);
  const writers: number[] = [];
  for (const person of people) {
    const { units } = combine(grants.get(person.id) ?? []);
    const isOwner = person.id === repository.ownerId;
    if (isOwner || units[unit] === 'write' || (person.isAdmin && (await isInPower(person))))
      writers.push(person.id);
  }
  return writers;
}

function reads(grants: readonly Grant[], unit: Unit | undefined): boolean {
  const { permission, units } = combine(grants);
  return unit === undefined ? permissionIncludes(permission, 'read') : units[unit] !== 'none';
}

function parted<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}
