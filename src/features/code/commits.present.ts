// Turns commits into what pages and lists show of them.
import type { Commit } from '../../platform/git/git.types.ts';
import { replaceShortcodes } from '../../platform/render/emoji.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { CommitDetails } from './commit-details.service.ts';
import { visibleText } from './paths.service.ts';
import { type SignatureItem, signatureItem } from './signature-words.service.ts';
import { type ChecksItem, checksItem } from './statuses.json.ts';

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
  /** The account whose verified address the author's is, if any. */
  author?: CommitPerson;
  committer?: CommitPerson;
  signature?: SignatureItem;
  checks?: ChecksItem;
}

export interface CommitPerson {
  name: string;
  avatarHash: string | null;
  href: string;
}

/** Characters of a title shown in lists and headings. */
const MAX_TITLE = 250;
const MAX_BODY = 20_000;

/** What lists show of a commit; accounts, signatures and checks where they were asked for. */
export function commitItem(open: OpenRepository, commit: Commit, details?: CommitDetails): CommitItem {
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
    ...(details ? detailsItem(commit, details) : {}),
  };
}

function detailsItem(
  { oid, author, committer }: Commit,
  { accounts, signatures, statuses }: CommitDetails,
): Pick<CommitItem, 'author' | 'committer' | 'signature' | 'checks'> {
  const item: ReturnType<typeof detailsItem> = {};
  const [by, from] = [personItem(accounts, author.email), personItem(accounts, committer.email)];
  const signature = signatureItem(signatures.get(oid));
  const checks = checksItem(statuses.get(oid));
  if (by) item.author = by;
  if (from) item.committer = from;
  if (signature) item.signature = signature;
  if (checks) item.checks = checks;
  return item;
}

/** The account that an address of a commit belongs to, as a link with its picture. */
export function personItem(accounts: CommitDetails['accounts'], email: string): CommitPerson | undefined {
  const account = accounts.get(email.toLowerCase());
  return account && { name: account.name, avatarHash: account.avatarHash, href: `/${account.name}` };
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

/** A text of several lines in which nothing hides. */
export function visibleLines(text: string): string {
  return text.trim().split(/\r?\n/).map(visibleText).join('\n');
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most).toWellFormed()}…` : text;
}
