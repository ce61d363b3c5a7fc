// Notes written from the commits since the release before: what changed, by whom, and the comparison that shows it all.
import type { App } from '../../platform/app.types.ts';
import type { Commit, Oid } from '../../platform/git/git.types.ts';
import { containsCommit } from '../../platform/git/history.ts';
import { encodePath, visibleText } from '../code/paths.service.ts';
import { findNamedCommit } from '../code/places.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { accountsByAddress, namesOf } from '../users/authorship.service.ts';
import { listPublished } from './releases.store.ts';

/** Commits that are read; the comparison shows those beyond. */
const MOST_COMMITS = 1000;
const MOST_LINES = 300;
/** Releases among which the one before is looked for. */
const MOST_LOOKED_AT = 20;
const PATIENCE = 10_000;

/** Headings by the prefixes of Conventional Commits; everything else goes under the last. */
const GROUPS: readonly (readonly [heading: string, prefixes: readonly string[]])[] = [
  ['Features', ['feat', 'feature']],
  ['Fixes', ['fix', 'bugfix', 'hotfix']],
  ['Performance', ['perf']],
  ['Documentation', ['docs', 'doc']],
  ['Other changes', []],
];

export interface NotesRequest {
  tag: string;
  /** What will be tagged, where the tag does not exist. */
  target: string;
  signal?: AbortSignal;
}

/** Markdown about what changed since the release before; undefined where neither tag nor target exists. */
export async function generateNotes(
  app: App,
  open: OpenRepository,
  request: NotesRequest,
): Promise<string | undefined> {
  const at =
    (await findNamedCommit(app, open, `refs/tags/${request.tag}`)) ??
    (await findNamedCommit(app, open, request.target || open.repository.defaultBranch));
  if (!at) return undefined;
  const before = await releaseBefore(app, open, request.tag, at.commit.oid);
  const commits = await commitsSince(app, open, at.commit.oid, before?.oid, request.signal);
  const names = await authorsOf(app, commits);
  const listed = firstParents(commits, at.commit.oid).filter((commit) => !isTrivial(commit));
  return [
    `## What’s changed\n\n${linesOf(listed, names) || 'Nothing but the tag.'}`,
    contributorsOf(commits, names),
    changelogLine(app, open, request.tag, before?.tag),
  ]
    .filter(Boolean)
    .join('\n\n');
}

interface Before {
  tag: string;
  oid: Oid;
}

/** The newest release whose tag is an ancestor, or the nearest tag that is. */
async function releaseBefore(
  app: App,
  open: OpenRepository,
  tag: string,
  oid: Oid,
): Promise<Before | undefined> {
  const rows = await listPublished(app.db.read, open.repository.id, { limit: MOST_LOOKED_AT });
  for (const { tagName } of rows) {
    const found = tagName === tag ? undefined : await tagCommit(app, open, tagName);
    if (found && found !== oid && (await containsCommit(app.git, open.dir, found, oid)))
      return { tag: tagName, oid: found };
  }
  return nearestTag(app, open, oid);
}

async function tagCommit(app: App, open: OpenRepository, tag: string): Promise<Oid | undefined> {
  return (await app.git.objects(open.dir).commit(`refs/tags/${tag}`))?.oid;
}

async function nearestTag(app: App, open: OpenRepository, oid: Oid): Promise<Before | undefined> {
  const args = ['describe', '--tags', '--abbrev=0', `${oid}^`];
  const options = { dir: open.dir, okCodes: [0, 128], timeout: PATIENCE };
  const { code, stdout } = await app.git.run(args, options);
  const tag = stdout.toString('utf8').replace(/\n$/, '');
  if (code !== 0 || tag === '') return undefined;
  const found = await tagCommit(app, open, tag);
  return found === undefined ? undefined : { tag, oid: found };
}

async function commitsSince(
  app: App,
  open: OpenRepository,
  tip: Oid,
  before: Oid | undefined,
  signal: AbortSignal | undefined,
): Promise<Commit[]> {
  const args = ['rev-list', `--max-count=${MOST_COMMITS}`, tip, ...(before ? [`^${before}`] : [])];
  const options = { dir: open.dir, timeout: PATIENCE, ...(signal ? { signal } : {}) };
  const { stdout } = await app.git.run(args, options);
  return app.git.objects(open.dir).commits(stdout.toString('latin1').split('\n').filter(Boolean));
}

/** The line of development itself: a merge stands for what it brought. */
function firstParents(commits: readonly Commit[], tip: Oid): Commit[] {
  const byOid = new Map(commits.map((commit) => [commit.oid, commit]));
  const line: Commit[] = [];
  for (let at = byOid.get(tip); at; at = byOid.get(at.parents[0] ?? '')) line.push(at);
  return line;
}

/** Merges of branches into each other say nothing to readers. */
function isTrivial({ message, parents }: Commit): boolean {
  return (
    parents.length > 1 && /^Merge (?:remote-tracking )?branch '(?:main|master|origin\/.*)'/.test(message)
  );
}

function linesOf(commits: readonly Commit[], names: ReadonlyMap<string, string>): string {
  const grouped = new Map<string, string[]>();
  for (const commit of commits.slice(0, MOST_LINES)) {
    const subject = subjectOf(commit);
    const heading = headingOf(subject);
    const line = `* ${escapeMarkdown(subject)} by ${authorOf(commit, names)} in ${commit.oid.slice(0, 10)}`;
    grouped.set(heading, [...(grouped.get(heading) ?? []), line]);
  }
  const more = commits.length > MOST_LINES ? `\n* and ${commits.length - MOST_LINES} more` : '';
  if (grouped.size === 1) return [...grouped.values()].map((lines) => lines.join('\n')).join('') + more;
  const sections = GROUPS.flatMap(([heading]) => {
    const lines = grouped.get(heading);
    return lines ? [`### ${heading}\n\n${lines.join('\n')}`] : [];
  });
  return sections.join('\n\n') + more;
}

/** The first line; of a merge of a branch, what its message says below. */
function subjectOf({ message, parents }: Commit): string {
  const lines = message.split('\n').map((line) => line.trim());
  const [first = ''] = lines;
  const below = parents.length > 1 && /^Merge /.test(first) ? lines.slice(1).find(Boolean) : undefined;
  return (
    visibleText(below ?? first)
      .slice(0, 200)
      .toWellFormed() || '(no message)'
  );
}

function headingOf(subject: string): string {
  const prefix = /^([a-z]+)(?:\([^)]{0,50}\))?!?: /i.exec(subject)?.[1]?.toLowerCase() ?? '';
  return GROUPS.find(([, prefixes]) => prefixes.includes(prefix))?.[0] ?? 'Other changes';
}

/** Accounts by the addresses of their commits, lower case. */
async function authorsOf(app: App, commits: readonly Commit[]): Promise<Map<string, string>> {
  const ids = await accountsByAddress(
    app,
    commits.map(({ author }) => author.email.toLowerCase()),
  );
  const people = await namesOf(app, ids.values());
  return new Map(
    [...ids].flatMap(([address, id]) => {
      const name = people.get(id)?.name;
      return name === undefined ? [] : [[address, name] as const];
    }),
  );
}

function authorOf({ author }: Commit, names: ReadonlyMap<string, string>): string {
  const account = names.get(author.email.toLowerCase());
  return account === undefined ? escapeMarkdown(visibleText(author.name) || 'unknown') : `@${account}`;
}

function contributorsOf(commits: readonly Commit[], names: ReadonlyMap<string, string>): string {
  const people = [...new Set(commits.map((commit) => authorOf(commit, names)))];
  if (people.length < 2) return '';
  const shown = people.slice(0, 50);
  const more = people.length > shown.length ? ` and ${people.length - shown.length} more` : '';
  return `**Contributors**: ${shown.join(', ')}${more}`;
}

function changelogLine(app: App, open: OpenRepository, tag: string, before: string | undefined): string {
  const base = `${app.publicUrl()}${open.path}`;
  const address = before
    ? `${base}/compare/${encodePath(before)}...${encodePath(tag)}`
    : `${base}/commits/${encodePath(tag)}`;
  return `**Full changelog**: ${address.replace(/[()*_[\]]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)}`;
}

/** Text of others in our notes means itself and nothing else. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>~@&]/g, '\\$&').slice(0, 500);
}
