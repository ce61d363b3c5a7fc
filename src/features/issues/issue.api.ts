// One issue in Gitea's REST API v1: made, read, changed, deleted and locked, and its timeline.
import type { z } from 'zod';
import { invalid, notFound } from '../../base/errors.ts';
import { describing } from '../../platform/api/description.ts';
import { bodyOf, queryOf } from '../../platform/web/api-input.ts';
import { pageOf } from '../../platform/web/api-pages.ts';
import { pageByNumber } from '../../platform/web/numbered-pages.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { instantIn } from './api-instants.service.ts';
import { closeIssue, reopenIssue } from './closing.service.ts';
import { editText, renameIssue } from './edits.service.ts';
import { changedIssueBody, lockBody, newIssueBody, timelineQuery } from './issue-bodies.input.ts';
import { placeIn } from './issue-places.service.ts';
import { LOCK_REASONS, parseChoice, parseNumber } from './issues.input.ts';
import { issuesJson } from './issues.json.ts';
import { createIssue, findMovedIssue, requireIssue } from './issues.service.ts';
import type { EntryRow, IssueRow } from './issues.types.ts';
import { applyMetadata, setMetadata } from './metadata.service.ts';
import { lockIssue, unlockIssue } from './moderation.service.ts';
import { metadataIn, versionIn } from './request-fields.service.ts';
import { mayOnIssues } from './standing.policy.ts';
import { timelineJson } from './timeline.json.ts';
import { isShown, namesInTimeline, readTimeline } from './timeline.service.ts';
import { deleteIssue } from './transfer.service.ts';

const ISSUES = '/api/v1/repos/:owner/:repo/issues';
const ONE = `${ISSUES}/:index{[0-9]+}`;

const described = describing('issue');

export const issueApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'post',
    path: ISSUES,
    access: 'issues:create',
    handler: postIssue,
    api: described('issueCreateIssue', 'Open an issue', 'Issue', {
      about: 'Labels, assignees, milestone and due date are taken from those who may sort issues.',
      body: newIssueBody,
      example: { title: 'A cup is missing', body: 'The **blue** one.', labels: [1] },
      status: 201,
    }),
  },
  {
    method: 'get',
    path: ONE,
    access: 'conversations:read',
    handler: getIssue,
    api: described('issueGetIssue', 'Get an issue or pull request', 'Issue'),
  },
  {
    method: 'patch',
    path: ONE,
    access: 'conversations:comment',
    handler: patchIssue,
    api: described('issueEditIssue', 'Change an issue', 'Issue', {
      about: 'What is given is changed. Closing takes a reason, as GitHub has it.',
      body: changedIssueBody,
      example: { title: 'A blue cup is missing', state: 'closed' },
      status: 201,
    }),
  },
  {
    method: 'delete',
    path: ONE,
    access: 'conversations:delete',
    handler: removeIssue,
    api: described('issueDelete', 'Delete an issue', 'none'),
  },
  {
    method: 'get',
    path: `${ONE}/timeline`,
    access: 'conversations:read',
    handler: getTimeline,
    api: described('issueGetCommentsAndTimeline', 'List comments and what happened', 'TimelineComment[]', {
      about:
        'A page counts entries; labels and people that were changed together are shown one by one, with the id of their entry.',
      query: timelineQuery,
      paged: true,
    }),
  },
  {
    method: 'put',
    path: `${ONE}/lock`,
    access: 'conversations:manage',
    handler: putLock,
    api: described('issueLockIssue', 'Lock the conversation of an issue', 'none', {
      body: lockBody,
      example: { lock_reason: 'resolved' },
    }),
  },
  {
    method: 'delete',
    path: `${ONE}/lock`,
    access: 'conversations:manage',
    handler: deleteLock,
    api: described('issueUnlockIssue', 'Unlock the conversation of an issue', 'none'),
  },
];

/** The issue that a path of the API names. */
export async function issueOfApi(c: WebContext, open: OpenRepository): Promise<IssueRow> {
  const number = parseNumber(c.req.param('index'));
  if (number === undefined) throw notFound('issue');
  return requireIssue(c.var.app, open, number);
}

async function answer(c: WebContext, open: OpenRepository, issue: IssueRow, status: 200 | 201 = 200) {
  const [json] = await issuesJson(c.var.app, c.var.actor, () => placeIn(open), [issue]);
  return c.json(json, status);
}

/** The old number of an issue that was transferred leads to where it is. */
async function getIssue(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const number = parseNumber(c.req.param('index')) ?? 0;
  const moved = await findMovedIssue(app, actor, open, number);
  if (moved) return c.redirect(`/api/v1/repos${moved.path}/issues/${moved.issue.number}`, 301);
  return answer(c, open, await issueOfApi(c, open));
}

async function postIssue(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const body = await bodyOf(c, newIssueBody);
  const metadata = (await mayOnIssues(app, open, 'issues:triage')) ? await metadataIn(app, body) : {};
  const issue = await createIssue(app, actor, open, {
    title: body.title,
    body: body.body ?? '',
    more: (change) => applyMetadata(change, app, { ...open, actor }, metadata),
  });
  if (body.closed) await closeIssue(app, actor, open, issue, { reason: 'completed' });
  return answer(c, open, await requireIssue(app, open, issue.number), 201);
}

async function patchIssue(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const issue = await issueOfApi(c, open);
  const body = await bodyOf(c, changedIssueBody);
  const metadata = await metadataIn(app, body);
  if (body.body !== undefined)
    await editText(app, actor, open, issue, undefined, { body: body.body, version: versionIn(body, issue) });
  // Clients in Go send every field: an empty title is one that was not given.
  if (body.title) await renameIssue(app, actor, open, issue, body.title);
  if (Object.keys(metadata).length > 0) await setMetadata(app, actor, open, issue, metadata);
  await changeState(c, open, issue, body);
  return answer(c, open, await requireIssue(app, open, issue.number), 201);
}

type ChangedIssue = z.output<ReturnType<typeof changedIssueBody>>;

async function changeState(
  c: WebContext,
  open: OpenRepository,
  issue: IssueRow,
  { state, state_reason: reason, duplicate_of: duplicateOf }: ChangedIssue,
): Promise<void> {
  const { app, actor } = c.var;
  if (state === 'open') await reopenIssue(app, actor, open, issue);
  if (state !== 'closed' || (issue.state === 'closed' && reason === undefined)) return;
  const more = duplicateOf ? { duplicateOf } : {};
  await closeIssue(app, actor, open, issue, { reason: reason ?? 'completed', ...more });
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
  const { after: behind, since, before } = queryOf(c, timelineQuery);
  const changed = { since: instantIn('since', since), before: instantIn('before', before) };
  const asked = pageOf(c);
  const after = /^\d{1,15}$/.exec(behind ?? '')?.[0];
  if (after !== undefined) return answerBehind(c, open, issue, changed, Number(after));
  if (asked.page * asked.limit > DEEPEST)
    throw invalid({ page: `Pages reach ${DEEPEST} entries deep. Follow the header Link for others.` });
  const { items, hasMore } = await pageByNumber(asked, async (last: number | undefined) => {
    const { shown, newerAfter } = await timelinePart(c, open, issue, changed, last ?? 0, ENTRIES_AT_ONCE);
    return { items: shown, next: newerAfter };
  });
  if (hasMore) linkBehind(c, Number(items.at(-1)?.id));
  return answerTimeline(c, open, issue, items);
}

type Changed = Record<'since' | 'before', number | undefined>;

async function answerTimeline(
  c: WebContext,
  open: OpenRepository,
  issue: IssueRow,
  entries: readonly EntryRow[],
): Promise<Response> {
  const names = await namesInTimeline(c.var.app, c.var.actor, open, entries);
  return c.json(await timelineJson(c.var.app, open, issue, entries, names));
}

function linkBehind(c: WebContext, after: number): void {
  const url = new URL(c.req.url);
  url.searchParams.delete('page');
  url.searchParams.set('after', String(after));
  c.header('Link', `<${c.var.app.publicUrl()}${url.pathname}${url.search}>; rel="next"`);
}

async function answerBehind(
  c: WebContext,
  open: OpenRepository,
  issue: IssueRow,
  changed: Changed,
  after: number,
): Promise<Response> {
  const { shown, newerAfter } = await timelinePart(c, open, issue, changed, after, pageOf(c).limit);
  if (newerAfter !== undefined) linkBehind(c, newerAfter);
  return answerTimeline(c, open, issue, shown);
}

async function timelinePart(
  c: WebContext,
  open: OpenRepository,
  issue: IssueRow,
  changed: Changed,
  after: number,
  size: number,
): Promise<{ shown: EntryRow[]; newerAfter: number | undefined }> {
  const { app, actor } = c.var;
  const { entries, newerAfter } = await readTimeline(app, issue.id, { after }, size);
  const names = await namesInTimeline(app, actor, open, entries);
  const shown = entries.filter((entry) => isShown(entry, names) && isWithin(entry, changed));
  return { shown, newerAfter };
}

function isWithin({ createdAt, bodyEditedAt }: EntryRow, { since, before }: Changed): boolean {
  const at = bodyEditedAt ?? createdAt;
  return (since === undefined || at >= since) && (before === undefined || at < before);
}

async function putLock(c: WebContext, open: OpenRepository): Promise<Response> {
  const issue = await issueOfApi(c, open);
  const { lock_reason: given } = await bodyOf(c, lockBody);
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
