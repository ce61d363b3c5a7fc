// What requests about one issue share: which issue and which comment they mean, and forms that come back as they were.
import { type ErrorCode, type FieldErrors, isAppError, notFound } from '../../base/errors.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { findComment } from './comments.service.ts';
import { parseNumber } from './issues.input.ts';
import { requireIssue } from './issues.service.ts';
import type { EntryRow, IssueRow } from './issues.types.ts';

/** The path of an issue's page in tables of routes. */
export const ISSUE = '/:owner/:repo/issues/:number{[0-9]+}';

/** The issue that an address names; throws AppError not_found. */
export async function issueAt(c: WebContext, open: OpenRepository): Promise<IssueRow> {
  const number = parseNumber(c.req.param('number'));
  if (number === undefined) throw notFound('issue');
  return requireIssue(c.var.app, open, number);
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
