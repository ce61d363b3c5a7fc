// Entries of a feed as sentences: who did what, where, when.
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import { path } from '../../platform/render/addresses.ts';
import type { FeedEntry, FeedEvent, IssueEvent } from './feed.types.ts';

export interface FeedLine {
  actor: { name: string; avatarHash: string | null };
  icon: string;
  /** What stands between the actor and the repository, e.g. `pushed to`, with the ref it names. */
  verb: string;
  ref: { label: string; href: string | undefined; isCode: boolean } | undefined;
  /** What it is about, in a line of its own. */
  about: { text: string; href: string } | undefined;
  /** `in` or `of` before the repository's name, where a ref stands before it. */
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
      description: TELLS_DESCRIPTION.has(event.kind) ? repository.repository.description : '',
    },
    ...said(event, href),
  };
}

const TELLS_DESCRIPTION: ReadonlySet<FeedEvent['kind']> = new Set([
  'repository.created',
  'repository.starred',
  'repository.forked',
  'release.published',
]);

const SAID = {
  'repository.created': { icon: 'repo', verb: 'created' },
  'repository.starred': { icon: 'star', verb: 'starred' },
  'repository.forked': { icon: 'repo-forked', verb: 'forked another repository to' },
} as const;

type Said = Pick<FeedLine, 'icon' | 'verb' | 'ref' | 'about' | 'link' | 'more'>;

function said(event: FeedEvent, href: string): Said {
  const plain = { ref: undefined, about: undefined, link: '', more: 0 };
  if (event.kind === 'release.published') {
    const ref = { label: event.tag, href: path(`${href}/releases/tag`, event.tag), isCode: true };
    return { ...plain, icon: 'rocket', verb: 'released', ref, link: 'of' };
  }
  if (isOfIssue(event)) return { ...plain, ...saidOfIssue(event, href) };
  if (event.kind !== 'push') {
    return { ...SAID[event.kind], ...plain };
  }
  const [first, ...rest] = event.updates;
  if (!first) return { icon: 'repo-push', verb: 'pushed to', ...plain };
  return { ...plain, ...saidOfRef(first, href), link: 'in', more: rest.length };
}

function isOfIssue(event: FeedEvent): event is IssueEvent {
  return event.kind.startsWith('issue.') || event.kind === 'pull.review_submitted';
}

const SAID_OF_ISSUE = {
  'issue.opened': { icon: 'issue-opened', verb: 'opened' },
  'issue.closed': { icon: 'issue-closed', verb: 'closed' },
  'issue.reopened': { icon: 'issue-reopened', verb: 'reopened' },
  'issue.commented': { icon: 'comment', verb: 'commented on' },
  'pull.review_submitted': { icon: 'eye', verb: 'reviewed' },
} as const;

const PULL_ICONS: Readonly<Partial<Record<IssueEvent['kind'], string>>> = {
  'issue.opened': 'git-pull-request',
  'issue.closed': 'git-pull-request-closed',
  'issue.reopened': 'git-pull-request',
};

const REVIEWED: Readonly<Record<string, string>> = {
  approved: 'approved',
  changes_requested: 'requested changes to',
};
const CLOSED_AS: Readonly<Record<string, string>> = {
  not_planned: 'as not planned in',
  duplicate: 'as a duplicate in',
};

function saidOfIssue(event: IssueEvent, repository: string): Omit<Said, 'more'> {
  const { kind, number, title, entryId, isPull, reason = '' } = event;
  const issue = `${repository}/${isPull ? 'pull' : 'issues'}/${number}`;
  const place =
    entryId === undefined || (kind !== 'issue.commented' && kind !== 'pull.review_submitted')
      ? ''
      : `?comment=${entryId}#issuecomment-${entryId}`;
  const { icon, verb } = isPull ? saidOfPull(kind, reason) : saidOfPlainIssue(kind, reason);
  return {
    icon,
    verb: `${verb} ${isPull ? 'pull request' : 'issue'}`,
    ref: { label: `#${number}`, href: issue + place, isCode: false },
    about: { text: title, href: issue + place },
    link: CLOSED_AS[reason] ?? 'in',
  };
}

function saidOfPlainIssue(kind: IssueEvent['kind'], reason: string): { icon: string; verb: string } {
  const { icon, verb } = SAID_OF_ISSUE[kind];
  return { icon: kind === 'issue.closed' && reason !== 'completed' ? 'skip' : icon, verb };
}

function saidOfPull(kind: IssueEvent['kind'], reason: string): { icon: string; verb: string } {
  if (kind === 'issue.closed' && reason === 'merged') return { icon: 'git-merge', verb: 'merged' };
  const { icon, verb } = SAID_OF_ISSUE[kind];
  return { icon: PULL_ICONS[kind] ?? icon, verb: REVIEWED[reason] ?? verb };
}

function saidOfRef(update: RefUpdate, href: string): Pick<FeedLine, 'icon' | 'verb' | 'ref'> {
  const [, type = '', name = update.ref] = /^refs\/(heads|tags)\/(.+)$/s.exec(update.ref) ?? [];
  const noun = type === 'tags' ? 'tag' : 'branch';
  const icon = type === 'tags' ? 'tag' : 'git-branch';
  const address = type === '' ? undefined : path(`${href}/tree`, name);
  if (ZERO.test(update.newOid))
    return { icon, verb: `deleted the ${noun}`, ref: { label: name, href: undefined, isCode: true } };
  const ref = { label: name, href: address, isCode: true };
  if (ZERO.test(update.oldOid)) return { icon, verb: `created the ${noun}`, ref };
  return { icon: 'repo-push', verb: type === 'tags' ? 'moved the tag' : 'pushed to', ref };
}

/** The same in words alone, for readers of feeds. */
export function lineText(line: FeedLine): string {
  const ref = line.ref ? ` ${line.ref.label}${line.more ? ` and ${line.more} more` : ''} ${line.link}` : '';
  const about = line.about ? `: ${line.about.text}` : '';
  return `${line.actor.name} ${line.verb}${ref} ${line.repository.label}${about}`;
}
