// Turns commits into what pages and lists show of them.
import type { Commit } from '../../platform/git/git.types.ts';
import { replaceShortcodes } from '../../platform/render/emoji.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { visibleText } from './paths.service.ts';

export interface CommitItem {
  oid: string;
  short: string;
  href: string;
  /** The message's first line. */
  title: string;
  /** The rest of the message, or ''. */
  body: string;
  authorName: string;
  authorEmail: string;
  /** Milliseconds since 1970. */
  authoredAt: number;
  committerName: string;
  committedAt: number;
  /** Whether somebody else committed it than wrote it. */
  isByOther: boolean;
}

/** Characters of a title shown in lists and headings. */
const MAX_TITLE = 250;
const MAX_BODY = 20_000;

/** What lists show of a commit. */
export function commitItem(open: OpenRepository, commit: Commit): CommitItem {
  const [first = '', ...rest] = commit.message.trimStart().split('\n');
  const { author, committer } = commit;
  return {
    oid: commit.oid,
    short: commit.oid.slice(0, 7),
    href: `${open.path}/commit/${commit.oid}`,
    title: shortened(replaceShortcodes(visibleText(first)).trim(), MAX_TITLE) || '(no message)',
    body: shortened(visibleLines(rest.join('\n')), MAX_BODY),
    authorName: visibleText(author.name) || 'unknown',
    authorEmail: visibleText(author.email),
    authoredAt: author.time,
    committerName: visibleText(committer.name) || 'unknown',
    committedAt: committer.time,
    isByOther: author.email !== committer.email && committer.email !== 'noreply@github.com',
  };
}

/** Commits grouped by the day they were committed, in UTC. */
export function byDay(commits: readonly CommitItem[]): { day: number; commits: CommitItem[] }[] {
  const groups: { day: number; commits: CommitItem[] }[] = [];
  for (const commit of commits) {
    const day = Math.floor(commit.committedAt / 86_400_000) * 86_400_000;
    const last = groups.at(-1);
    if (last?.day === day) last.commits.push(commit);
    else groups.push({ day, commits: [commit] });
  }
  return groups;
}

function visibleLines(text: string): string {
  return text.trim().split(/\r?\n/).map(visibleText).join('\n');
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most).toWellFormed()}…` : text;
}
