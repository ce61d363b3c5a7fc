// The history of a branch, tag or commit, or of one file or directory in it.
import { page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Place } from './code.types.ts';
import { commitDetails } from './commit-details.service.ts';
import { byDay, commitItem } from './commits.present.ts';
import { answerEmpty } from './empty.web.ts';
import { addressOf, crumbs, refMenu } from './links.present.ts';
import { type HistoryPage, parseHistoryFilter, readHistory } from './path-history.service.ts';
import { displayPath, encodePath, visibleText } from './paths.service.ts';
import { findHomeCommit, requirePlace } from './places.service.ts';
import { restOfAddress } from './requests.web.ts';

const PAGE_SIZE = 35;

export async function getCommits(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const place = await placeOf(c, open);
  if (!place) return answerEmpty(c, open);
  const { at, path } = place;
  const { author, since, until, after: cursor } = c.req.query();
  const typed = { author, since, until };
  const filter = await parseHistoryFilter(app, typed);
  const { signal } = c.req.raw;
  const [found, menu] = await Promise.all([
    readHistory(app, open, { from: at.commit.oid, path, limit: PAGE_SIZE, cursor, filter, signal }),
    refMenu(app, open, 'commits', place),
  ]);
  const address = addressOf(open, 'commits', at, path);
  const commits = await itemsOf(c, open, found);
  const query = Object.fromEntries(Object.entries(typed).filter(([, value]) => value)) as Record<
    string,
    string
  >;
  const name = visibleText(at.name);
  const subject = path.length > 0 ? `${displayPath(path)} at ${name}` : name;
  const isFirst = !cursor;
  return page(c, 'code/commits', {
    title: `Commits · ${subject} · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    ...(at.kind === 'branch' ? { feed: { href: `${address}.atom`, title: `Commits to ${subject}` } } : {}),
    menu,
    crumbs: path.length > 0 ? crumbs(open, place) : undefined,
    days: byDay(commits),
    isFirst,
    isCut: found.isCut,
    filter: { ...typed, isOn: filter !== undefined, address, authors: authorsOf(commits) },
    graphHref: path.length > 0 ? undefined : `${open.path}/graph/${at.address}`,
    previous: isFirst ? undefined : addressWith(address, query),
    next: found.next && nextAddress(open, place, found.next, query),
  });
}

/** What the rows show: also where to browse, and what the path was called before. */
async function itemsOf(c: WebContext, open: OpenRepository, found: HistoryPage) {
  const details = await commitDetails(c.var.app, open, found.commits);
  return found.commits.map((commit) => {
    const before = found.renames.get(commit.oid);
    const renamedFrom = before && {
      name: displayPath(before.path),
      href: `${open.path}/commits/${before.parent}/${encodePath(before.path)}`,
    };
    return {
      ...commitItem(open, commit, details),
      browseHref: addressOf(open, 'tree', { address: commit.oid }),
      ...(renamedFrom ? { renamedFrom } : {}),
    };
  });
}

function authorsOf(commits: readonly { authorName: string }[]): string[] {
  return [...new Set(commits.map(({ authorName }) => authorName))].slice(0, 30);
}

function addressWith(address: string, query: Record<string, string>): string {
  const text = new URLSearchParams(query).toString();
  return text === '' ? address : `${address}?${text}`;
}

/** The page after this one: of the path as it was called there. */
function nextAddress(
  open: OpenRepository,
  { at, path }: Place,
  next: NonNullable<HistoryPage['next']>,
  query: Record<string, string>,
): string {
  const isSame = next.from === at.commit.oid && next.path.equals(path);
  const start = isSame ? at : { address: next.from };
  const after = next.cursor === '0' ? {} : { after: next.cursor };
  return addressWith(addressOf(open, 'commits', start, next.path), { ...query, ...after });
}

/**
 * `/commits` alone means what the repository's home shows: undefined when that is nothing. The path need not exist
 * today: its history may.
 */
async function placeOf(c: WebContext, open: OpenRepository): Promise<Place | undefined> {
  const rest = restOfAddress(c);
  if (rest !== '') return requirePlace(c.var.app, open, rest);
  const at = await findHomeCommit(c.var.app, open);
  return at && { at, path: Buffer.alloc(0) };
}
