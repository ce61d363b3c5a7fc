// Entries of a feed as sentences: who did what, where, when.
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import { path } from '../../platform/render/addresses.ts';
import type { FeedEntry, FeedEvent } from './feed.types.ts';

export interface FeedLine {
  actor: { name: string; avatarHash: string | null };
  icon: string;
  /** What stands between the actor and the repository, e.g. `pushed to`, with the ref it names. */
  verb: string;
  ref: { label: string; href: string | undefined } | undefined;
  /** `in` or `at` before the repository's name, where a ref stands before it. */
  link: string;
  more: number;
  repository: { href: string; label: string; description: string };
  at: number;
}

const ZERO = /^0+$/;

/** One line of a feed. */
export function feedLine({ event, actor, repository }: FeedEntry): FeedLine {
  const name = repository.repository.name;
  const href = path('', repository.ownerName, name);
  return {
    actor,
    at: event.createdAt,
    repository: {
      href,
      label: `${repository.ownerName}/${name}`,
      description: event.kind === 'push' ? '' : repository.repository.description,
    },
    ...said(event, href),
  };
}

const SAID = {
  'repository.created': { icon: 'repo', verb: 'created' },
  'repository.starred': { icon: 'star', verb: 'starred' },
  'repository.forked': { icon: 'repo-forked', verb: 'forked another repository to' },
} as const;

function said(event: FeedEvent, href: string): Pick<FeedLine, 'icon' | 'verb' | 'ref' | 'link' | 'more'> {
  const plain = { ref: undefined, link: '', more: 0 };
  if (event.kind === 'release.published') {
    const ref = { label: event.tag, href: path(`${href}/releases/tag`, event.tag) };
    return { icon: 'rocket', verb: 'released', ref, link: 'of', more: 0 };
  }
  if (event.kind !== 'push') {
    return { ...SAID[event.kind], ...plain };
  }
  const [first, ...rest] = event.updates;
  if (!first) return { icon: 'repo-push', verb: 'pushed to', ...plain };
  return { ...saidOfRef(first, href), link: 'in', more: rest.length };
}

function saidOfRef(update: RefUpdate, href: string): Pick<FeedLine, 'icon' | 'verb' | 'ref'> {
  const [, type = '', name = update.ref] = /^refs\/(heads|tags)\/(.+)$/s.exec(update.ref) ?? [];
  const noun = type === 'tags' ? 'tag' : 'branch';
  const icon = type === 'tags' ? 'tag' : 'git-branch';
  const address = type === '' ? undefined : path(`${href}/tree`, name);
  if (ZERO.test(update.newOid))
    return { icon, verb: `deleted the ${noun}`, ref: { label: name, href: undefined } };
  const ref = { label: name, href: address };
  if (ZERO.test(update.oldOid)) return { icon, verb: `created the ${noun}`, ref };
  return { icon: 'repo-push', verb: type === 'tags' ? 'moved the tag' : 'pushed to', ref };
}
