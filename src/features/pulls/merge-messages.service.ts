// What merges say: GitHub's words, or what the repository's settings make of a pull request. A template's variables are
// those of Gitea: ${PullRequestTitle}, ${PullRequestDescription}, ${CommitMessages} and so on.
import type { App } from '../../platform/app.types.ts';
import type { MergeStyle } from '../../platform/db/tables/pulls.ts';
import type { Oid, Signature } from '../../platform/git/git.types.ts';
import { withTrailer } from '../code/commit-authors.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { findUserById } from '../users/users.service.ts';
import { mergeSettingsOf } from './merge-settings.service.ts';
import { coAuthorsOf, listToldCommits, type ToldCommit, withoutCoAuthors } from './merged-commits.service.ts';
import type { MergePlan, MessageTemplate } from './merges.types.ts';
import type { Pull } from './pulls.types.ts';

export interface MergeMessage {
  title: string;
  body: string;
}

/** What templates may name, with what it stands for; shown beside the fields. */
export const MESSAGE_VARIABLES = [
  ['PullRequestTitle', 'the title'],
  ['PullRequestIndex', 'the number, such as 12'],
  ['PullRequestReference', 'the number as a reference, such as #12'],
  ['PullRequestDescription', 'the text'],
  ['PullRequestPosterName', 'who opened it'],
  ['HeadRepoOwnerName', 'whose repository the commits come from'],
  ['HeadBranch', 'the branch they come from'],
  ['BaseBranch', 'the branch they go into'],
  ['CommitMessages', 'the messages of all commits, as a list'],
  ['CoAuthors', 'Co-authored-by lines of everybody else who wrote a commit'],
] as const;

const DEFAULTS: Readonly<Record<'merge' | 'squash', MessageTemplate>> = {
  merge: {
    title: 'Merge pull request ${PullRequestReference} from ${HeadRepoOwnerName}/${HeadBranch}',
    body: '${PullRequestTitle}',
  },
  squash: { title: '${PullRequestTitle} (${PullRequestReference})', body: '${CommitMessages}' },
};

/** The template that a style begins from where a repository has none of its own. */
export function defaultTemplate(style: MergeStyle): MessageTemplate {
  return DEFAULTS[style === 'squash' ? 'squash' : 'merge'];
}

/** What a merge says unless somebody writes something else. Of rebased commits, nothing: they keep their messages. */
export async function defaultMessage(
  app: App,
  open: OpenRepository,
  pull: Pull,
  style: MergeStyle,
  { baseOid, headOid }: { baseOid: Oid; headOid: Oid },
): Promise<MergeMessage> {
  if (style === 'rebase' || style === 'fast_forward') return { title: '', body: '' };
  const { messages } = await mergeSettingsOf(app, open.repository.id);
  const template = { ...defaultTemplate(style), ...messages[style] };
  const isSquash = style === 'squash';
  const needsCommits = isSquash || namesCommits(template);
  const commits = needsCommits ? await listToldCommits(app, open, { baseOid, headOid }) : [];
  const [only] = commits;
  if (isSquash && only && commits.length === 1 && !messages.squash) return messageOfOne(pull, only);
  const values = await valuesOf(app, open, pull, commits);
  return {
    title: filled(template.title, values).replace(/\s+/g, ' ').trim(),
    body: filled(template.body, values).trim(),
  };
}

/** The message as git keeps it: what was typed, or else the default; squashed commits name their co-authors at the end. */
export async function messageOfMerge(
  app: App,
  open: OpenRepository,
  pull: Pull,
  plan: MergePlan,
  at: { baseOid: Oid; headOid: Oid; author: Signature },
): Promise<string> {
  const fallback =
    plan.title === undefined || plan.message === undefined
      ? await defaultMessage(app, open, pull, plan.style, at)
      : { title: '', body: '' };
  const title =
    plan.title?.replace(/[\r\n]+/g, ' ').trim() || fallback.title || `Merge #${pull.issue.number}`;
  const body = plan.message ?? fallback.body;
  const text = cleanMessage(`${title}\n\n${body}`);
  return plan.style === 'squash' ? withCoAuthors(app, open, pull, text, at) : text;
}

async function withCoAuthors(
  app: App,
  open: OpenRepository,
  pull: Pull,
  text: string,
  at: { baseOid: Oid; headOid: Oid; author: Signature },
): Promise<string> {
  const commits = await listToldCommits(app, open, at);
  const people = await coAuthorsOf(app, commits, pull.issue.authorId, [at.author.email]);
  return people
    .filter(({ email }) => !text.toLowerCase().includes(`<${email.toLowerCase()}>`))
    .reduce((so, { name, email }) => withTrailer(so, `Co-authored-by: ${name} <${email}>`), text);
}

/** As GitHub: a single commit says itself what it is. */
function messageOfOne(pull: Pull, { message }: ToldCommit): MergeMessage {
  const [title = '', ...rest] = message.split('\n');
  return { title: `${title} (#${pull.issue.number})`, body: withoutCoAuthors(rest.join('\n')) };
}

function namesCommits({ title, body }: MessageTemplate): boolean {
  return `${title}${body}`.includes('${CommitMessages}') || `${title}${body}`.includes('${CoAuthors}');
}

async function valuesOf(
  app: App,
  open: OpenRepository,
  { issue, pull }: Pull,
  commits: readonly ToldCommit[],
): Promise<Record<string, string>> {
  const poster = await findUserById(app, issue.authorId);
  const [owner, branch] = headNames(pull, open.owner.name, poster?.name ?? '');
  const people = await coAuthorsOf(app, commits, issue.authorId, []);
  return {
    PullRequestTitle: issue.title,
    PullRequestIndex: String(issue.number),
    PullRequestReference: `#${issue.number}`,
    PullRequestDescription: issue.body,
    PullRequestPosterName: poster?.name ?? '',
    HeadRepoOwnerName: owner,
    HeadBranch: branch,
    BaseBranch: pull.baseBranch,
    CommitMessages: commits.map(({ message }) => `* ${withoutCoAuthors(message)}`).join('\n\n'),
    CoAuthors: people.map(({ name, email }) => `Co-authored-by: ${name} <${email}>`).join('\n'),
  };
}

/** Whose the head is, and its name: of commits that came by refs/for/, who pushed them and their topic. */
function headNames(pull: Pull['pull'], ownerName: string, posterName: string): [string, string] {
  if (pull.headBranch === '') return [posterName, pull.topic ?? pull.headLabel];
  const colon = pull.headLabel.indexOf(':');
  return [colon < 0 ? ownerName : pull.headLabel.slice(0, colon), pull.headBranch];
}

/** Variables inside what a variable stands for are text. */
function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\$\{([A-Za-z]{1,40})\}/g, (all, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? '') : all,
  );
}

/** A message as `git commit` keeps one that was typed (git-stripspace(1)): no blanks at ends of lines, no two empty lines. */
export function cleanMessage(text: string): string {
  const lines = text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.trimEnd());
  return lines
    .filter((line, at) => line !== '' || (lines[at - 1] ?? '') !== '')
    .join('\n')
    .replace(/^\n/, '')
    .trimEnd();
}
