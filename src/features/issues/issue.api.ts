// One issue in Gitea's REST API v1: made, read, changed, deleted, locked and pinned, and its timeline.
import { invalid, notFound } from '../../base/errors.ts';
import { pageOf } from '../../platform/web/api-pages.ts';
import { readJson } from '../../platform/web/json.ts';
import { pageByNumber } from '../../platform/web/numbered-pages.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { closeIssue, reopenIssue } from './closing.service.ts';
import { editText, renameIssue } from './edits.service.ts';
import { CLOSE_REASONS, LOCK_REASONS, parseChoice, parseNumber } from './issues.input.ts';
import { issuesJson, timelineJson } from './issues.json.ts';
import { createIssue, findMovedIssue, listPinned, requireIssue } from './issues.service.ts';
import type { IssueRow } from './issues.types.ts';
import { applyMetadata, setMetadata } from './metadata.service.ts';
import { lockIssue, pinIssue, unlockIssue, unpinIssue } from './moderation.service.ts';
import { metadataIn, textIn } from './request-fields.service.ts';
import { mayOnIssues } from './standing.policy.ts';
import { isShown, namesInTimeline, readTimeline } from './timeline.service.ts';
import { deleteIssue } from './transfer.service.ts';

export { textIn } from './request-fields.service.ts';

const ISSUES = '/api/v1/repos/:owner/:repo/issues';
const ONE = `${ISSUES}/:index{[0-9]+}`;

export const issueApiRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'post', path: ISSUES, access: 'issues:create', handler: postIssue },
  { method: 'get', path: `${ISSUES}/pinned`, access: 'conversations:read', handler: getPinned },
  { method: 'get', path: ONE, access: 'conversations:read', handler: getIssue },
  { method: 'patch', path: ONE, access: 'conversations:comment', handler: patchIssue },
  { method: 'delete', path: ONE, access: 'conversations:delete', handler: removeIssue },
  { method: 'get', path: `${ONE}/timeline`, access: 'conversations:read', handler: getTimeline },
  { method: 'put', path: `${ONE}/lock`, access: 'conversations:manage', handler: putLock },
  { method: 'delete', path: `${ONE}/lock`, access: 'conversations:manage', handler: deleteLock },
  { method: 'post', path: `${ONE}/pin`, access: 'conversations:manage', handler: postPin },
  { method: 'delete', path: `${ONE}/pin`, access: 'conversations:manage', handler: deletePin },
];

/** The issue that a path of the API names. */
export async function issueOfApi(c: WebContext, open: OpenRepository): Promise<IssueRow> {
  const number = parseNumber(c.req.param('index'));
  if (number === undefined) throw notFound('issue');
  return requireIssue(c.var.app, open, number);
}

async function answer(c: WebContext, open: OpenRepository, issue: IssueRow, status: 200 | 201 = 200) {
  const [body] = await issuesJson(c.var.app, () => open, [issue]);
  return c.json(body, status);
}

/** The old number of an issue that was transferred leads to where it is. */
async function getIssue(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const number = parseNumber(c.req.param('index')) ?? 0;
  const moved = await findMovedIssue(app, actor, open, number);
  if (moved) return c.redirect(`/api/v1/repos${moved.path}/issues/${moved.issue.number}`, 301);
  return answer(c, open, await issueOfApi(c, open));
}

async function getPinned(c: WebContext, open: OpenRepository): Promise<Response> {
  const pinned = await listPinned(c.var.app, open);
  return c.json(await issuesJson(c.var.app, () => open, pinned));
}

async function postIssue(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const body = await readJson(c);
  const metadata = (await mayOnIssues(app, open, 'issues:triage')) ? await metadataIn(app, body) : {};
  const issue = await createIssue(app, actor, open, {
    title: textIn(body, 'title') ?? '',
    body: textIn(body, 'body') ?? '',
    more: (change) => applyMetadata(change, app, { ...open, actor }, metadata),
  });
  if (body.closed === true) await closeIssue(app, actor, open, issue, { reason: 'completed' });
  return answer(c, open, await requireIssue(app, open, issue.number), 201);
}

/** What is given is changed; texts name the version they were made from by `content_version`, or replace any. */
async function patchIssue(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const issue = await issueOfApi(c, open);
  const body = await readJson(c);
  const [title, text] = [textIn(body, 'title'), textIn(body, 'body')];
  const metadata = await metadataIn(app, body);
  if (text !== undefined)
    await editText(app, actor, open, issue, undefined, { body: text, version: versionIn(body, issue) });
  if (title !== undefined) await renameIssue(app, actor, open, issue, title);
  if (Object.keys(metadata).length > 0) await setMetadata(app, actor, open, issue, metadata);
  await changeState(c, open, issue, body);
  return answer(c, open, await requireIssue(app, open, issue.number), 201);
}

/** The version that a text was made from; without one the text replaces what there is. */
export function versionIn(body: Record<string, unknown>, text: { bodyVersion: number }): number {
  const given = body.content_version;
  if (given === undefined || given === null) return text.bodyVersion;
  if (typeof given !== 'number' || !Number.isSafeInteger(given))
    throw invalid({ content_version: 'Give a whole number.' });
  return given;
}

async function changeState(
  c: WebContext,
  open: OpenRepository,
  issue: IssueRow,
  body: Record<string, unknown>,
): Promise<void> {
  const { app, actor } = c.var;
  const state = textIn(body, 'state');
  if (state === undefined) return;
  if (parseChoice('state', state, ['open', 'closed']) === 'open') {
    await reopenIssue(app, actor, open, issue);
    return;
  }
  const reason = parseChoice('state_reason', textIn(body, 'state_reason') ?? 'completed', CLOSE_REASONS);
  if (issue.state === 'closed' && textIn(body, 'state_reason') === undefined) return;
  const duplicateOf = textIn(body, 'duplicate_of');
  await closeIssue(app, actor, open, issue, { reason, ...(duplicateOf ? { duplicateOf } : {}) });
}

async function removeIssue(c: WebContext, open: OpenRepository): Promise<Response> {
  await deleteIssue(c.var.app, c.var.actor, open, await issueOfApi(c, open));
  return c.body(null, 204);
}

/** Entries that are read at once on the way to a page. */
const ENTRIES_AT_ONCE = 200;
/** Entries that can be reached by numbers of pages; links lead to the rest. */
const DEEPEST = 4900;

/** Entries in their order, by pages; however long the timeline, it goes on behind an entry by `?after=<id>`. */
async function getTimeline(c: WebContext, open: OpenRepository): Promise<Response> {
  const issue = await issueOfApi(c, open);
  const after = /^\d{1,15}$/.exec(c.req.query('after') ?? '')?.[0];
  if (after !== undefined) return answerBehind(c, open, issue, Number(after));
  const asked = pageOf(c);
  if (asked.page * asked.limit > DEEPEST)
    throw invalid({ page: `Pages reach ${DEEPEST} entries deep. Follow the header Link for others.` });
  const { items, hasMore } = await pageByNumber(asked, async (last: number | undefined) => {
    const part = await timelinePart(c, open, issue, last ?? 0, ENTRIES_AT_ONCE);
    return { items: part.shown, next: part.newerAfter };
  });
  if (hasMore) linkBehind(c, Number(items.at(-1)?.id));
  return c.json(items);
}

function linkBehind(c: WebContext, after: number): void {
  const url = new URL(c.req.url);
  url.searchParams.delete('page');
  url.searchParams.set('after', String(after));
  c.header('Link', `<${c.var.app.publicUrl()}${url.pathname}${url.search}>; rel="next"`);
}

async function answerBehind(c: WebContext, open: OpenRepository, issue: IssueRow, after: number) {
  const { shown, newerAfter } = await timelinePart(c, open, issue, after, pageOf(c).limit);
  if (newerAfter !== undefined) linkBehind(c, newerAfter);
  return c.json(shown);
}

async function timelinePart(
  c: WebContext,
  open: OpenRepository,
  issue: IssueRow,
  after: number,
  size: number,
) {
  const { app, actor } = c.var;
  const { entries, newerAfter } = await readTimeline(app, issue.id, { after }, size);
  const names = await namesInTimeline(app, actor, open, entries);
  const shown = entries.filter((entry) => isShown(entry, names));
  return { shown: shown.map((entry) => timelineJson(app, open, issue, entry, names)), newerAfter };
}

async function putLock(c: WebContext, open: OpenRepository): Promise<Response> {
  const issue = await issueOfApi(c, open);
  const given = textIn(await readJson(c), 'lock_reason');
  const reason = given
    ? parseChoice('lock_reason', given.toLowerCase().replace(/[ -]/g, '_'), LOCK_REASONS)
    : undefined;
  await lockIssue(c.var.app, c.var.actor, open, issue, reason);
  return c.body(null, 204);
}

async function deleteLock(c: WebContext, open: OpenRepository): Promise<Response> {
  await unlockIssue(c.var.app, c.var.actor, open, await issueOfApi(c, open));
  return c.body(null, 204);
}

async function postPin(c: WebContext, open: OpenRepository): Promise<Response> {
  await pinIssue(c.var.app, c.var.actor, open, await issueOfApi(c, open));
  return c.body(null, 204);
}

async function deletePin(c: WebContext, open: OpenRepository): Promise<Response> {
  await unpinIssue(c.var.app, c.var.actor, open, await issueOfApi(c, open));
  return c.body(null, 204);
}
