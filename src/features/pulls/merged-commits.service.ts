// The commits of a pull request as messages of merges tell of them: who wrote what, and whom they name as co-authors.
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { verifiedEmailsOf } from '../users/emails.service.ts';

export interface ToldCommit {
  oid: Oid;
  author: Person;
  message: string;
}

export interface Person {
  name: string;
  email: string;
}

/** A message names no more commits than this; of more it names the oldest. */
const MOST_COMMITS = 250;
const MAX_BYTES = 4 * 1024 * 1024;

/** What a head has that a base has not, merges left out, oldest first; at most 250. */
export async function listToldCommits(
  app: App,
  open: Pick<OpenRepository, 'dir'>,
  { baseOid, headOid }: { baseOid: Oid; headOid: Oid },
): Promise<ToldCommit[]> {
  const format = '--format=%H%x00%aN%x00%aE%x00%B%x00';
  const args = ['log', '--reverse', '--topo-order', '--no-merges', '--no-show-signature', format];
  const limits = ['--encoding=UTF-8', headOid, `^${baseOid}`, '--'];
  // --max-count would keep the newest ones: what there is beyond is cut here.
  const { stdout } = await app.git.run([...args, ...limits], { dir: open.dir, maxBytes: MAX_BYTES });
  const fields = stdout.toString('utf8').split('\0');
  const told: ToldCommit[] = [];
  for (let at = 0; at + 3 < fields.length && told.length < MOST_COMMITS; at += 4) {
    const [oid = '', name = '', email = '', message = ''] = fields.slice(at, at + 4);
    told.push({ oid: oid.trim(), author: { name, email }, message: message.trim() });
  }
  return told;
}

const CO_AUTHOR = 'co-authored-by:';

/** Everybody who wrote commits or is named as a co-author in them, once each, without the author of the result. */
export async function coAuthorsOf(
  app: App,
  commits: readonly ToldCommit[],
  authorId: number,
  own: readonly string[],
): Promise<Person[]> {
  const emails = [...own, ...(await verifiedEmailsOf(app, authorId))];
  const seen = new Set(emails.map((email) => email.toLowerCase()));
  const found: Person[] = [];
  for (const person of commits.flatMap(({ author, message }) => [author, ...namedCoAuthors(message)])) {
    const key = person.email.toLowerCase();
    if (key === '' || seen.has(key)) continue;
    seen.add(key);
    found.push(person);
  }
  return found;
}

/** Those whom the trailers of a message name. */
export function namedCoAuthors(message: string): Person[] {
  return message.split('\n').flatMap((line) => {
    if (!line.toLowerCase().startsWith(CO_AUTHOR)) return [];
    const text = line.slice(CO_AUTHOR.length).trim();
    const open = text.lastIndexOf('<');
    if (open < 0 || !text.endsWith('>')) return [];
    return [{ name: text.slice(0, open).trim(), email: text.slice(open + 1, -1).trim() }];
  });
}

/** A message without the lines that name co-authors, which the result names once for all of them. */
export function withoutCoAuthors(message: string): string {
  const lines = message.split('\n').filter((line) => !line.toLowerCase().startsWith(CO_AUTHOR));
  return lines.join('\n').trim();
}
