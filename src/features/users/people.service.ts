// Who may know of an account, and pages of people.
import type { Actor } from '../../base/actor.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { hasAdminPower } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import type { PeoplePage, Person, PersonCursor } from './people.types.ts';
import { findUserByName } from './users.service.ts';
import type { UserRow } from './users.types.ts';

export const PEOPLE_PAGE_SIZE = 30;

/** Whether somebody may see an account's page: suspended accounts are for administrators, deleted ones for nobody. */
export function maySeeAccount(actor: Actor, account: Pick<UserRow, 'kind' | 'isSuspended'>): boolean {
  return account.kind !== 'ghost' && (!account.isSuspended || hasAdminPower(actor));
}

/** The person or bot of this name whose page the actor may see; throws AppError not_found. */
export async function requirePerson(app: App, actor: Actor, name: string): Promise<UserRow> {
  const found = await findUserByName(app, name);
  if (!found || found.kind === 'organization' || !maySeeAccount(actor, found)) throw notFound('user');
  return found;
}

/** Where a page of people goes on; throws AppError invalid for what no page has led to. */
export function personCursorOf(text: string | undefined): PersonCursor | undefined {
  if (text === undefined || text === '') return undefined;
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text);
  if (!match)
    throw new AppError('invalid', 'This page of the list does not exist. Start again from the first page.');
  return { since: Number(match[1]), id: Number(match[2]) };
}

/** One page of rows that were asked for with one more than fits. */
export function pageOfPeople(rows: Person[]): PeoplePage {
  const items = rows.slice(0, PEOPLE_PAGE_SIZE);
  const last = items.at(-1);
  return { items, next: rows.length > PEOPLE_PAGE_SIZE && last ? `${last.since}-${last.id}` : undefined };
}
