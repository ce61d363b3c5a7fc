// Atom and RSS feeds of releases, tags, and the commits of a branch, also at Gitea's addresses. Drafts are in none, whoever asks.
import { escapeHtml } from '../../base/html.ts';
import { listCommits } from '../../platform/git/history.ts';
import {
  answerFeed,
  FEED_ENDING,
  type FeedEntryModel,
  type FeedFormat,
  type FeedModel,
  feedId,
  formatOf,
} from '../../platform/web/atom.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { visibleText } from '../code/paths.service.ts';
import { addressOfPlace, requirePlace } from '../code/places.service.ts';
import { listTagsByTime } from '../code/refs.service.ts';
import { findTagObject } from '../code/tags.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { namesOf } from '../users/authorship.service.ts';
import { notesOf } from './notes-html.service.ts';
import { releaseHref } from './releases.present.ts';
import { listReleases } from './releases.service.ts';
import { restBehind } from './requests.web.ts';

const ENTRIES = 20;

export async function getReleasesFeed(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const { items } = await listReleases(app, open, { limit: ENTRIES });
  const people = await namesOf(
    app,
    items.flatMap(({ row }) => row.authorId ?? []),
  );
  const notes = await notesOf(
    app,
    open,
    items.map(({ row }) => row),
  );
  const entries = items.map(
    ({ row }): FeedEntryModel => ({
      id: idOf(c, open, `release/${row.id}`),
      title: visibleText(row.title || row.tagName),
      href: app.publicUrl() + releaseHref(open, row.tagName),
      updated: Math.max(row.publishedAt ?? 0, row.updatedAt),
      author: people.get(row.authorId ?? 0)?.name,
      html: notes.get(row.id) ?? '',
    }),
  );
  return answer(c, open, { title: 'Releases', path: '/releases', feed: '/releases', entries });
}

export async function getTagsFeed(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const tags = await listTagsByTime(app, open, ENTRIES);
  const entries = await Promise.all(
    tags.map(async ({ name, ref, commit }): Promise<FeedEntryModel> => {
      const tag = await findTagObject(app, open, ref.oid);
      const by = tag?.tagger ?? commit?.committer;
      return {
        id: idOf(c, open, `tag/${ref.oid}/${encodeURIComponent(name)}`),
        title: visibleText(name),
        href: app.publicUrl() + releaseHref(open, name),
        updated: by?.time ?? 0,
        author: visibleText(by?.name ?? ''),
        html: messageHtml(tag?.message ?? commit?.message ?? ''),
      };
    }),
  );
  return answer(c, open, { title: 'Tags', path: '/tags', feed: '/tags', entries });
}

/** `/commits/<branch>.atom`, also of a path below it. */
export function getCommitsFeed(c: WebContext, open: OpenRepository): Promise<Response> {
  const format = formatOf(c.req.path);
  const at = { format, feed: (path: string) => `/commits/${path}.${format}` };
  return answerCommits(c, open, restBehind(c, 'commits').replace(FEED_ENDING, ''), at);
}

/** Gitea's `/atom/branch/<branch>` and `/rss/branch/<branch>`. */
export function getBranchFeed(c: WebContext, open: OpenRepository): Promise<Response> {
  const format = c.req.param('format') === 'rss' ? 'rss' : 'atom';
  const at = { format, feed: (path: string) => `/${format}/branch/${path}` } as const;
  return answerCommits(c, open, `refs/heads/${restBehind(c, 'branch')}`, at);
}

interface FeedAddress {
  format: FeedFormat;
  feed(path: string): string;
}

async function answerCommits(
  c: WebContext,
  open: OpenRepository,
  rest: string,
  { format, feed }: FeedAddress,
): Promise<Response> {
  const { app } = c.var;
  const place = await requirePlace(app, open, rest);
  const { commits } = await listCommits(app.git, open.dir, {
    from: place.at.commit.oid,
    limit: ENTRIES,
    signal: c.req.raw.signal,
    ...(place.path.length > 0 ? { path: place.path } : {}),
  });
  const entries = commits.map((commit): FeedEntryModel => {
    const [first = ''] = commit.message.trim().split('\n');
    return {
      id: idOf(c, open, `commit/${commit.oid}`),
      title: visibleText(first).slice(0, 250) || '(no message)',
      href: `${app.publicUrl()}${open.path}/commit/${commit.oid}`,
      updated: commit.committer.time,
      author: visibleText(commit.author.name),
      html: messageHtml(commit.message),
    };
  });
  const path = addressOfPlace(place);
  const title = `Commits to ${visibleText(place.at.name)}`;
  const self = feed(path.replace(/^refs\/heads\//, ''));
  return answerAs(c, open, { title, path: `/commits/${path}`, feed: self, entries }, format);
}

function messageHtml(message: string): string {
  return `<pre>${escapeHtml(message.trim().slice(0, 20_000))}</pre>`;
}

/** A name that stays when the repository is renamed (RFC 4151, tag: URIs). */
function idOf(c: WebContext, open: OpenRepository, what: string): string {
  return feedId(c, `repository/${open.repository.id}/${what}`);
}

interface Answered extends Pick<FeedModel, 'entries'> {
  title: string;
  path: string;
  feed: string;
}

/** In the format that the end of the address asks for, which `feed` gets too. */
function answer(c: WebContext, open: OpenRepository, answered: Answered): Response {
  const format = formatOf(c.req.path);
  return answerAs(c, open, { ...answered, feed: `${answered.feed}.${format}` }, format);
}

function answerAs(
  c: WebContext,
  open: OpenRepository,
  { title, path, feed, entries }: Answered,
  format: FeedFormat,
): Response {
  const base = c.var.app.publicUrl() + open.path;
  const model = { title: `${title} · ${open.path.slice(1)}`, href: base + path, self: base + feed, entries };
  return answerFeed(c, model, format);
}
