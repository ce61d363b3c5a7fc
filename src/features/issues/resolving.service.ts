// Turns references into links for one reader, for whole pages at once. Whatever they may not know of stays as it was typed.
import { escapeHtml, type SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import { parseReference, type Reference } from '../../platform/render/reference-words.ts';
import { accountsNamed, teamsNamed } from '../orgs/named-teams.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { issueHref } from './addresses.service.ts';
import { findNamedThings, type NamedThings, type SeenRepository } from './named-things.service.ts';

/** Different references of one page that become links; more stay text. */
const MOST_REFERENCES = 5000;
const MOST_ACCOUNTS = 500;
const FULL_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Links by reference, for whoever opened the repository; what leads nowhere has none. */
export async function resolveReferences(
  app: App,
  open: OpenRepository,
  references: Iterable<string>,
): Promise<Map<string, SafeHtml>> {
  const origin = app.publicUrl();
  const parsed = new Map<string, Reference>();
  for (const stored of new Set(references)) {
    if (parsed.size >= MOST_REFERENCES) break;
    const [typed = ''] = stored.split(' ', 1);
    const reference = parseReference(typed, origin);
    if (reference) parsed.set(stored, reference);
  }
  if (parsed.size === 0) return new Map();
  const known = await findAll(app, open, [...parsed.values()]);
  const links = new Map<string, SafeHtml>();
  for (const [stored, reference] of parsed) {
    const link = linkTo(known, stored, reference);
    if (link !== undefined) links.set(stored, link);
  }
  return links;
}

/** The same links without titles, which may be much longer than what was typed. */
export function untitled(links: ReadonlyMap<string, SafeHtml>): Map<string, SafeHtml> {
  return new Map([...links].map(([word, link]) => [word, link.replace(/ title="[^"]*"/, '') as SafeHtml]));
}

interface Known {
  things: NamedThings;
  accounts: Awaited<ReturnType<typeof accountsNamed>>;
  teams: Awaited<ReturnType<typeof teamsNamed>>;
}

async function findAll(app: App, open: OpenRepository, references: readonly Reference[]): Promise<Known> {
  const people = new Set(references.flatMap((one) => (one.kind === 'user' ? [one.name] : [])));
  const teams = new Set(
    references.flatMap((one) => (one.kind === 'team' ? [`${one.organization}/${one.team}`] : [])),
  );
  return {
    things: await findNamedThings(app, open, references),
    accounts: await accountsNamed(app, open.actor, [...people].slice(0, MOST_ACCOUNTS)),
    teams: await teamsNamed(app, open.actor, teams),
  };
}

function linkTo(known: Known, stored: string, reference: Reference): SafeHtml | undefined {
  if (reference.kind === 'issue') return issueLink(known.things, stored, reference);
  if (reference.kind === 'commit') return commitLink(known.things, stored, reference);
  if (reference.kind === 'user') {
    const account = known.accounts.get(reference.name.toLowerCase());
    return account && anchor('user-mention', `/${account.name}`, stored);
  }
  const team = known.teams.get(`${reference.organization}/${reference.team}`.toLowerCase());
  return team && anchor('user-mention', `/orgs/${team.organization}/teams/${team.name}`, stored);
}

function issueLink(
  things: NamedThings,
  stored: string,
  reference: Reference & { kind: 'issue' },
): SafeHtml | undefined {
  const issue = things.issueOf(reference);
  const repository = issue && things.repositoryOf(issue.repositoryId);
  if (!issue || !repository) return undefined;
  const { commentId } = reference;
  const fragment = commentId === undefined ? '' : `#issuecomment-${commentId}`;
  const href = `${issueHref(repository.path, issue)}${fragment}`;
  const short = `${prefixFor(things, repository)}#${issue.number}${commentId === undefined ? '' : ' (comment)'}`;
  const title = `${issue.state === 'open' ? 'Open' : 'Closed'}: ${issue.title}`;
  return anchor('issue-link', href, isAddress(stored) ? short : stored, title);
}

function commitLink(
  things: NamedThings,
  stored: string,
  { of, oid }: Reference & { kind: 'commit' },
): SafeHtml | undefined {
  const repository = things.repositoryNamed(of);
  const full = stored.split(' ')[1] ?? oid;
  // Abbreviated ones of this repository were looked for when the text was rendered; others are a page's to find.
  if (!repository?.readsCode || (of === undefined && !FULL_ID.test(full))) return undefined;
  const prefix = of === undefined ? '' : prefixFor(things, repository);
  const text = `${prefix === '' ? '' : `${prefix}@`}${oid.slice(0, 7)}`;
  return anchor('sha', `${repository.path}/commit/${full}`, text);
}

/** Other repositories are named in what is shown short. */
function prefixFor({ own }: NamedThings, repository: SeenRepository): string {
  return repository.id === own.id ? '' : repository.path.slice(1);
}

function isAddress(stored: string): boolean {
  return stored.startsWith('http');
}

function anchor(className: string, href: string, stored: string, title?: string): SafeHtml {
  const about = title === undefined ? '' : ` title="${escapeHtml(title)}"`;
  return `<a class="${className}" href="${escapeHtml(href)}"${about}>${escapeHtml(stored)}</a>` as SafeHtml;
}
