// Atom feeds of releases, tags, and the commits of a branch. Drafts are in none, whoever asks.
import { escapeHtml } from '../../base/html.ts';
import { listCommits } from '../../platform/git/history.ts';
import { answerFeed, type FeedEntryModel, type FeedModel, feedId } from '../../platform/web/atom.ts';
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
  return answer(c, open, { title: 'Releases', path: '/releases', feed: '/releases.atom', entries });
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
  return answer(c, open, { title: 'Tags', path: '/tags', feed: '/tags.atom', entries });
}

/** `/commits/<branch>.atom`, also of a path below it. */
export async function getCommitsFeed(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const rest = restBehind(c, 'commits').replace(/\.atom$/, '');
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
  return answer(c, open, { title, path: `/commits/${path}`, feed: `/commits/${path}.atom`, entries });
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

function answer(c: WebContext, open: OpenRepository, { title, path, feed, entries }: Answered): Response {
  const base = c.var.app.publicUrl() + open.path;
  return answerFeed(c, {
    title: `${title} · ${open.path.slice(1)}`,
    href: base + path,
    self: base + feed,
    entries,
  });
}
