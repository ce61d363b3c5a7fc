// The history of a branch, tag or commit, or of one file or directory in it.
import { listCommits } from '../../platform/git/history.ts';
import { page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Place } from './code.types.ts';
import { commitDetails } from './commit-details.service.ts';
import { byDay, commitItem } from './commits.present.ts';
import { answerEmpty } from './empty.web.ts';
import { addressOf, crumbs, refMenu } from './links.present.ts';
import { displayPath, visibleText } from './paths.service.ts';
import { findHomeCommit, requirePlace } from './places.service.ts';
import { restOfAddress } from './requests.web.ts';

const PAGE_SIZE = 35;

export async function getCommits(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const place = await placeOf(c, open);
  if (!place) return answerEmpty(c, open);
  const { at, path } = place;
  const cursor = c.req.query('after');
  const [found, menu] = await Promise.all([
    listCommits(app.git, open.dir, {
      from: at.commit.oid,
      limit: PAGE_SIZE,
      ...(path.length > 0 ? { path } : {}),
      ...(cursor ? { cursor } : {}),
    }),
    refMenu(app, open, 'commits', place),
  ]);
  const address = addressOf(open, 'commits', at, path);
  const details = await commitDetails(app, open, found.commits);
  const commits = found.commits.map((commit) => ({
    ...commitItem(open, commit, details),
    browseHref: addressOf(open, 'tree', { ...at, address: commit.oid }),
  }));
  const name = visibleText(at.name);
  const subject = path.length > 0 ? `${displayPath(path)} at ${name}` : name;
  return page(c, 'code/commits', {
    title: `Commits · ${subject} · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    menu,
    crumbs: path.length > 0 ? crumbs(open, place) : undefined,
    days: byDay(commits),
    isFirst: !cursor,
    previous: cursor ? address : undefined,
    next: found.next === undefined ? undefined : `${address}?${new URLSearchParams({ after: found.next })}`,
  });
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
