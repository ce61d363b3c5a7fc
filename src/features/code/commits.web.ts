// The history of a branch, tag or commit, or of one file or directory in it.
import { notFound } from '../../base/errors.ts';
import { listCommits } from '../../platform/git/history.ts';
import { page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Place } from './code.types.ts';
import { byDay, commitItem } from './commits.present.ts';
import { addressOf, crumbs, refMenu } from './links.present.ts';
import { displayPath } from './paths.service.ts';
import { findNamedCommit, requirePlace } from './places.service.ts';
import { restOfAddress } from './requests.web.ts';

const PAGE_SIZE = 35;

export async function getCommits(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const place = await placeOf(c, open);
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
  const commits = found.commits.map((commit) => ({
    ...commitItem(open, commit),
    browseHref: addressOf(open, 'tree', { ...at, address: commit.oid }),
  }));
  const subject = path.length > 0 ? `${displayPath(path)} at ${at.name}` : at.name;
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

/** `/commits` alone means the default branch. The path need not exist today: its history may. */
async function placeOf(c: WebContext, open: OpenRepository): Promise<Place> {
  const rest = restOfAddress(c);
  if (rest !== '') return requirePlace(c.var.app, open, rest);
  const at = await findNamedCommit(c.var.app, open, open.repository.defaultBranch);
  if (!at) throw notFound('branch');
  return { at, path: Buffer.alloc(0) };
}
