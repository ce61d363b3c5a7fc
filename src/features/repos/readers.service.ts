// Which of some people may read a repository, asked at once: visible.service.ts turned round, for telling people.
import type { Unit } from '../../base/abilities.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { mustEnrol } from '../auth/actors.service.ts';
import { findUserById } from '../users/users.service.ts';
import { readersOf, writersOf } from './readers.policy.ts';
import { listActivePeople, type PersonRow } from './readers.store.ts';
import type { Owned } from './repos.types.ts';

/** People in one statement at most. */
const AT_ONCE = 500;

/**
 * Of these people those who may read a unit of a live repository (or see it at all, without a unit) when they come by
 * themselves, in a constant number of statements for each 500. Suspended accounts and what is nobody's account are
 * never among them.
 */
export async function readersAmong(
  app: App,
  owned: Owned,
  unit: Unit | undefined,
  userIds: Iterable<number>,
  reader: Reader | Tx = app.db.read,
): Promise<Set<number>> {
  const wanted = [...new Set(userIds)];
  const found = new Set<number>();
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const people = await listActivePeople(reader, wanted.slice(from, from + AT_ONCE));
    for (const id of await readersOf(reader, owned, unit, people, (one) => isInPower(app, one)))
      found.add(id);
  }
  return found;
}

/** As `readersAmong`, those who may change what a unit of a repository holds. */
export async function writersAmong(
  app: App,
  owned: Owned,
  unit: Unit,
  userIds: Iterable<number>,
  reader: Reader | Tx = app.db.read,
): Promise<Set<number>> {
  const wanted = [...new Set(userIds)];
  const found = new Set<number>();
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const people = await listActivePeople(reader, wanted.slice(from, from + AT_ONCE));
    for (const id of await writersOf(reader, owned, unit, people, (one) => isInPower(app, one)))
      found.add(id);
  }
  return found;
}

/** As `hasAdminPower`, of somebody who is not there. */
async function isInPower(app: App, person: PersonRow): Promise<boolean> {
  if (person.mustChangePassword) return false;
  const user = await findUserById(app, person.id);
  return user !== undefined && !(await mustEnrol(app, user));
}
