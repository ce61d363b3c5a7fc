// What requests about one issue share: which issue and which comment they mean, and forms that come back as they were.
import { type ErrorCode, type FieldErrors, isAppError, notFound } from '../../base/errors.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { findComment } from './comments.service.ts';
import { parseNumber } from './issues.input.ts';
import { requireIssue } from './issues.service.ts';
import type { EntryRow, IssueRow } from './issues.types.ts';
import type { TimelinePlace } from './timeline.service.ts';

/** The path of an issue's page in tables of routes. */
export const ISSUE = '/:owner/:repo/issues/:number{[0-9]+}';

/** The path of a pull request's page; numbers are shared. */
const PULL = '/:owner/:repo/pull/:number{[0-9]+}';

/**
 * Routes of issues and, but for pages of their own, the same ones of pull requests below `/pull/:number`, each with the abilities
 * on what is there: `issueAt` finds no pull request under the first and no issue under the second.
 */
export function withTwins(routes: Route<Ability, OpenRepository>[]): Route<Ability, OpenRepository>[] {
  const twins = routes
    .filter(({ path, access }) => path.startsWith(`${ISSUE}/`) && access.startsWith('issues:'))
    .map((route) => ({
      ...route,
      path: route.path.replace(ISSUE, PULL),
      access: route.access.replace('issues:', 'pulls:') as Ability,
    }));
  return [...routes, ...twins];
}

/** The issue or pull request that an address names, by what stands before the number; throws AppError not_found. */
export async function issueAt(c: WebContext, open: OpenRepository): Promise<IssueRow> {
  const number = parseNumber(c.req.param('number'));
  if (number === undefined) throw notFound('issue');
  const issue = await requireIssue(c.var.app, open, number);
  if (issue.isPull !== c.var.route.startsWith(PULL)) throw notFound('issue');
  return issue;
}

/** The tab of a repository that an issue or a pull request stands under. */
export function tabOf({ isPull }: Pick<IssueRow, 'isPull'>): 'issues' | 'pulls' {
  return isPull ? 'pulls' : 'issues';
}

/** `Issue #12` or `Pull request #12`, for titles. */
export function nameOf({ isPull, number }: Pick<IssueRow, 'isPull' | 'number'>): string {
  return `${isPull ? 'Pull request' : 'Issue'} #${number}`;
}

/** The comment that an address names by `:comment`. */
export async function commentAt(c: WebContext, issue: IssueRow): Promise<EntryRow> {
  return requireCommentById(c, issue, c.req.param('comment'));
}

/** The comment of an id as a form or an address holds it; undefined for an empty one. */
export async function optionalComment(
  c: WebContext,
  issue: IssueRow,
  text: string | undefined,
): Promise<EntryRow | undefined> {
  return text === undefined || text === '' ? undefined : requireCommentById(c, issue, text);
}

async function requireCommentById(
  c: WebContext,
  issue: IssueRow,
  text: string | undefined,
): Promise<EntryRow> {
  const id = parseId(text);
  if (id === undefined) throw notFound('comment');
  return findComment(c.var.app, issue, id);
}

/** An id of an entry in an address, or undefined. */
export function parseId(text: string | undefined): number | undefined {
  return /^[1-9]\d{0,14}$/.test(text ?? '') ? Number(text) : undefined;
}

/** Refusals after which a form comes back with what was typed, beside which field, and with which status. */
export function refusalOf(error: unknown, field: string): { errors: FieldErrors; status: number } {
  if (isAppError(error, 'invalid') && error.fields) return { errors: error.fields, status: 422 };
  if (!isAppError(error, 'invalid', 'forbidden', 'conflict', 'rate_limited')) throw error;
  return { errors: { [field]: error.message }, status: STATUS[error.code] ?? 422 };
}

const STATUS: Partial<Record<ErrorCode, number>> = { forbidden: 403, conflict: 409, rate_limited: 429 };

/** The part of a timeline that an address asks for: `after`, `before` (or `newest`), or around a `comment`. */
export function timelinePlace(c: WebContext): TimelinePlace {
  const { after, before, comment } = c.req.query();
  if (before === 'newest') return { before: Number.MAX_SAFE_INTEGER };
  return { after: parseId(after), before: parseId(before), around: parseId(comment) };
}
