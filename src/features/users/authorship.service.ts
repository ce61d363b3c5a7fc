// Whose commits are whose: addresses in commits prove nothing, but an account counts those it proved to be its own.
import type { App } from '../../platform/app.types.ts';
import { findByVerified, findNamed, findPeopleAmong, type Named } from './authorship.store.ts';

/** Addresses in one statement at most. */
const AT_ONCE = 500;

/** The accounts that addresses (in lower case) belong to: verified ones, and the private no-reply addresses of this site. */
export async function accountsByAddress(app: App, addresses: Iterable<string>): Promise<Map<string, number>> {
  const wanted = [...new Set(addresses)];
  const found = new Map<string, number>();
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const part = wanted.slice(from, from + AT_ONCE);
    for (const row of await findByVerified(app.db.read, part)) found.set(row.emailKey, row.userId);
    for (const [address, userId] of await byNoReply(app, part)) found.set(address, userId);
  }
  return found;
}

/** `<id>+<name>@users.noreply.<host>`; the name may be an earlier one. */
async function byNoReply(app: App, addresses: string[]): Promise<[string, number][]> {
  const ending = `@users.noreply.${new URL(app.publicUrl()).hostname.toLowerCase()}`;
  const claimed = addresses.flatMap((address): [string, number][] => {
    const id = address.endsWith(ending) ? /^(\d{1,15})\+/.exec(address)?.[1] : undefined;
    return id === undefined ? [] : [[address, Number(id)]];
  });
  const people = await findPeopleAmong(
    app.db.read,
    claimed.map(([, id]) => id),
  );
  return claimed.filter(([, id]) => people.has(id));
}

/** Names and pictures of accounts by their id; suspended and deleted ones are left out. */
export async function namesOf(app: App, ids: Iterable<number>): Promise<Map<number, Named>> {
  const rows = await findNamed(app.db.read, [...new Set(ids)]);
  return new Map(rows.map((row) => [row.id, row]));
}
