// What there is to say of issues, pull requests and what is written in them.
import { SYSTEM } from '../../base/actor.ts';
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { placeIn } from '../issues/issue-places.service.ts';
import { issuesJson } from '../issues/issues.json.ts';
import type { IssueRow } from '../issues/issues.types.ts';
import { findIssue } from '../issues/lookups.service.ts';
import { pullsJson } from '../pulls/pulls.json.ts';
import { findPull } from '../pulls/pulls.service.ts';
import type { Pull } from '../pulls/pulls.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { isToldOf } from './audience.service.ts';
import { commentFacts } from './comment-facts.service.ts';
import type { Facts, Json } from './facts.types.ts';
import type { EventOf, Happening } from './happenings.types.ts';
import { labelFacts, milestoneFacts } from './label-facts.service.ts';
import { bareIssue, leftIssue } from './left-issues.service.ts';
import { reviewFacts } from './review-facts.service.ts';
import { standingFacts } from './standing-facts.service.ts';

/** What the happening is about, as far as it is about an issue, a pull request, a label or a milestone. */
export async function conversationFacts(
  app: App,
  open: OpenRepository,
  happening: Happening,
): Promise<Partial<Facts>> {
  const { event } = happening;
  if (!event) return {};
  if ('issueId' in event && event.issueId !== undefined)
    return issueFacts(app, open, happening, event as IssueEvent);
  const label = await labelFacts(app, open, happening);
  return { ...label, ...(await milestoneFacts(app, open, happening)) };
}

type IssueEvent = EventOf<'issue.opened'> | EventOf<'issue.transferred'> | EventOf<'issue.deleted'>;

async function issueFacts(
  app: App,
  open: OpenRepository,
  happening: Happening,
  event: IssueEvent,
): Promise<Partial<Facts>> {
  const issue = await findIssue(app, event.issueId);
  if (happening.action === 'transferred') return leftIssue(app, open, happening, issue);
  if (issue?.repositoryId !== open.repository.id) return { issue: bareIssue(app, open, event) };
  const pull = issue.isPull ? await findPull(app, issue.id) : undefined;
  const [json] = await issuesJson(app, SYSTEM, () => placeIn(open), [issue]);
  const facts: Partial<Facts> = {
    ...(json ? { issue: { ...json, ...asItWas(happening, json) } } : {}),
    ...(pull ? await pullFacts(app, open, happening, pull) : {}),
    ...(await commentFacts(app, open, happening, issue)),
    ...(await labelFacts(app, open, happening)),
    ...(await milestoneFacts(app, open, happening)),
    ...changesOf(happening, issue),
  };
  return { ...facts, ...(await standingFacts(app, open, issue.id, facts)) };
}

async function pullFacts(
  app: App,
  open: OpenRepository,
  happening: Happening,
  pull: Pull,
): Promise<Partial<Facts>> {
  const [json] = await pullsJson(app, SYSTEM, open, [pull]);
  if (!json) return {};
  const shown = { ...shownPull(open, pull, json), ...asItWas(happening, json) };
  return { pull: shown, ...(await reviewFacts(app, open, happening, pull)), ...reasonOf(happening) };
}

/** What the event made it, which may have been undone by the time that it is told of. */
function asItWas({ event }: Happening, { closed_at }: Json): Json {
  if (event?.kind === 'issue.closed')
    return { state: 'closed', closed_at: closed_at ?? isoTime(event.createdAt) };
  if (event?.kind === 'issue.reopened') return { state: 'open', closed_at: null };
  if (event?.kind === 'issue.locked') return { is_locked: true };
  if (event?.kind === 'issue.unlocked') return { is_locked: false };
  if (event?.kind === 'pull.drafted') return { draft: true };
  return event?.kind === 'pull.readied' ? { draft: false } : {};
}

/** Of a fork that is closed to those of the repository no more is told than its commit. */
function shownPull(open: OpenRepository, { issue, pull }: Pull, json: Json): Json {
  const head = json.head as Json;
  const base = json.base as Json;
  const { visibility, id } = open.repository;
  const repo = head.repo as Json | null;
  const shown = { ...json, base: { ...base, repo: withoutTransfer(base.repo as Json | null) } };
  if (!repo || repo.id === id || isToldOf(repo, visibility))
    return { ...shown, head: { ...head, repo: withoutTransfer(repo) } };
  const ref = `refs/pull/${issue.number}/head`;
  const hidden = { label: pull.headBranch || ref, ref, repo: null, repo_id: -1 };
  return { ...shown, head: { ...head, ...hidden } };
}

/** Neither who is to get a repository nor what it was forked from is part of what happened. */
function withoutTransfer(repo: Json | null): Json | null {
  return repo && { ...repo, ...('repo_transfer' in repo ? { repo_transfer: null, parent: null } : {}) };
}

function reasonOf({ event }: Happening): Pick<Facts, 'reason'> {
  if (event?.kind === 'pull.dequeued') return { reason: event.reason };
  if (event?.kind === 'pull.auto_merge_disabled' && event.reason !== undefined)
    return { reason: event.reason };
  return {};
}

/** What it said before. */
function changesOf({ event }: Happening, issue: IssueRow): Pick<Facts, 'changes'> {
  if (event?.kind === 'issue.text_edited') return { changes: { body: { from: event.before } } };
  if (event?.kind === 'issue.renamed') return { changes: { title: { from: event.from } } };
  if (event?.kind === 'issue.due_changed') return { changes: { due_date: { to: issue.dueOn } } };
  if (event?.kind === 'pull.base_changed') return { changes: { base: { ref: { from: event.from } } } };
  return {};
}
