// Pages of directories: the repository's home, any directory, and the last commits that come after the page.
import { notFound } from '../../base/errors.ts';
import { fragment, page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { findImport } from '../mirrors/imports.service.ts';
import { cloneAddresses, repositoryFrame } from '../repos/frame.service.ts';
import { readsCode } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { aboutModel } from './about.present.ts';
import type { DirectoryPage, FoundEntry, LastCommits, Place } from './code.types.ts';
import { commitDetails } from './commit-details.service.ts';
import { commitCount } from './commit-facts.service.ts';
import { type CommitItem, commitItem } from './commits.present.ts';
import { answerCodeOff, answerEmpty } from './empty.web.ts';
import { lastCommits } from './last-commits.service.ts';
import { addressOf, crumbs, editLinks, refMenu } from './links.present.ts';
import { displayPath, visibleText } from './paths.service.ts';
import { findHomeCommit, requireEntry, requirePlace } from './places.service.ts';
import { readmeModel } from './readmes.present.ts';
import { pageNumber, restOfAddress } from './requests.web.ts';
import { type FileItem, fileItems, parentHref } from './trees.present.ts';
import { readDirectory } from './trees.service.ts';

/** Milliseconds a page waits for what may take long; the rest comes after it. */
const BUDGET = 150;
/** Milliseconds that the request after it waits. */
const LATE_BUDGET = 25_000;

const ROOT = Buffer.alloc(0);

export async function getHome(c: WebContext, open: OpenRepository): Promise<Response> {
  if (!readsCode(open)) return answerCodeOff(c, open);
  const at = await findHomeCommit(c.var.app, open);
  if (at) return answerDirectory(c, open, { at, path: ROOT });
  const imported = await findImport(c.var.app, open);
  const isShown = imported !== undefined && imported.state !== 'done' && imported.state !== 'cancelled';
  return isShown ? c.redirect(`${open.path}/import`, 302) : answerEmpty(c, open);
}

export async function getTree(c: WebContext, open: OpenRepository): Promise<Response> {
  const place = await requirePlace(c.var.app, open, restOfAddress(c));
  return answerDirectory(c, open, place);
}

async function answerDirectory(c: WebContext, open: OpenRepository, place: Place): Promise<Response> {
  const { app } = c.var;
  const { at, path } = place;
  const entry = await requireEntry(app, open, place, 'directory');
  if (entry.type === 'blob') return c.redirect(addressOf(open, 'blob', at, path), 302);
  if (entry.type === 'commit') throw notFound('directory');
  if (at.name !== open.repository.defaultBranch) c.header('X-Robots-Tag', 'noindex, nofollow');
  const isRoot = path.length === 0;
  const [listing, readme, menu, count, about] = await Promise.all([
    listingModel(c, open, place, entry, BUDGET),
    readmeModel(app, open, place, entry.oid),
    refMenu(app, open, 'tree', place),
    commitCount(app, open, at.commit.oid, BUDGET),
    isRoot ? aboutModel(app, open, at, BUDGET) : undefined,
  ]);
  const repo = repositoryFrame(open, 'code');
  return page(c, 'code/tree', {
    feed: feedOf(open, place),
    title: titleOf(open, place),
    description: open.repository.description,
    repo,
    edit: editLinks(open, place, { canWrite: repo.canWrite, isText: false }),
    wide: true,
    isRoot,
    crumbs: crumbs(open, place),
    menu,
    readme,
    about,
    commitCount: count,
    commitsHref: addressOf(open, 'commits', at, path),
    findHref: addressOf(open, 'find', at),
    syncHref: isRoot ? syncAddress(open, place) : undefined,
    clone: cloneAddresses(app, open.path),
    archives: {
      zip: `${open.path}/archive/${at.address}.zip`,
      tar: `${open.path}/archive/${at.address}.tar.gz`,
    },
    ...listing,
  });
}

/** The feed of a branch's commits, as the page of its history names it. */
function feedOf(open: OpenRepository, { at, path }: Place) {
  if (at.kind !== 'branch') return undefined;
  const name = visibleText(at.name);
  const subject = path.length > 0 ? `${displayPath(path)} at ${name}` : name;
  return { href: `${addressOf(open, 'commits', at, path)}.atom`, title: `Commits to ${subject}` };
}

/** Of a fork's branches: where it is told how far they have gone from the parent's. */
function syncAddress(open: OpenRepository, { at }: Place): string | undefined {
  if (!open.forks.parent || at.kind !== 'branch') return undefined;
  return `${open.path}/sync?branch=${encodeURIComponent(at.name)}`;
}

/** The table of files and the bar above it alone, with the last commits that the page did not wait for. */
export async function getTreeCommits(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const place = await requirePlace(app, open, restOfAddress(c));
  const entry = await requireEntry(app, open, place, 'directory');
  if (entry.type !== 'tree') throw notFound('directory');
  const listing = await listingModel(c, open, place, entry, LATE_BUDGET);
  return fragment(c, 'code/directory', {
    ...listing,
    commitCount: await commitCount(app, open, place.at.commit.oid, BUDGET),
    commitsHref: addressOf(open, 'commits', place.at, place.path),
  });
}

interface Listing {
  files: FileItem[];
  up: string | undefined;
  latest: CommitItem | undefined;
  directory: DirectoryPage;
  /** Where the table with last commits is found; undefined when they are there. */
  lateHref: string | undefined;
  pageHref: string;
}

async function listingModel(
  c: WebContext,
  open: OpenRepository,
  place: Place,
  entry: FoundEntry,
  budget: number,
): Promise<Listing> {
  const { app } = c.var;
  const [directory, known] = await Promise.all([
    readDirectory(app, open, entry.oid, pageNumber(c)),
    lastCommits(app, open, place.at.commit.oid, place.path, budget),
  ]);
  const files = await fileItems(app, open, place, directory.entries, known);
  const isRoot = place.path.length === 0;
  return {
    files,
    up: parentHref(open, place),
    latest: await latestItem(c, open, isRoot ? place.at.commit.oid : newest(files, known)?.oid),
    directory,
    lateHref: known ? undefined : lateAddress(open, place, directory.page),
    pageHref: addressOf(open, 'tree', place.at, place.path),
  };
}

function lateAddress(open: OpenRepository, place: Place, number: number): string {
  const address = addressOf(open, 'tree-commits', place.at, place.path);
  return number === 1 ? address : `${address}?page=${number}`;
}

/** The commit above a listing, with its account, signature and checks. */
async function latestItem(
  c: WebContext,
  open: OpenRepository,
  oid: string | undefined,
): Promise<CommitItem | undefined> {
  const { app } = c.var;
  const commit = oid === undefined ? undefined : await app.git.objects(open.dir).commit(oid);
  return commit && commitItem(open, commit, await commitDetails(app, open, [commit]));
}

function newest(files: readonly FileItem[], known: LastCommits | undefined): CommitItem | undefined {
  if (!known) return undefined;
  return files
    .flatMap((file) => file.commit ?? [])
    .reduce<CommitItem | undefined>(
      (best, commit) => (best && best.committedAt >= commit.committedAt ? best : commit),
      undefined,
    );
}

function titleOf(open: OpenRepository, place: Place): string {
  if (place.path.length === 0) {
    const isHome = place.at.name === open.repository.defaultBranch;
    return isHome ? open.path.slice(1) : `${open.path.slice(1)} at ${visibleText(place.at.name)}`;
  }
  return `${open.repository.name}/${displayPath(place.path)} at ${visibleText(place.at.name)} · ${open.path.slice(1)}`;
}
