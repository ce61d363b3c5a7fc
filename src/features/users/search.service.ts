// Looking for people by a part of their name. Names are public; addresses are never looked at, since a search would tell them.
import type { App } from '../../platform/app.types.ts';
import { countFound, listFound, type PeopleOrder, type PeopleWanted } from './search.store.ts';

/** One page of the ids of the people and bots that fit, and how many fit in all. */
export async function findPeople(
  app: App,
  wanted: PeopleWanted,
  page: { order: PeopleOrder; page: number; limit: number },
): Promise<{ ids: number[]; total: number }> {
  const words = wanted.words?.trim();
  const asked = { id: wanted.id, words: words === '' ? undefined : words };
  const { order, limit } = page;
  const [ids, total] = await Promise.all([
    listFound(app.db.read, asked, { order, limit, offset: (page.page - 1) * limit }),
    countFound(app.db.read, asked),
  ]);
  return { ids, total };
}
