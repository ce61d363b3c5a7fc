// Entries of feeds as Gitea's API clients expect them: one kind of activity each, with who, where and what.
import type { Actor } from '../../base/actor.ts';
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { commentsJson } from '../issues/comments.json.ts';
import { toldEntries } from '../issues/told-issues.service.ts';
import { summariesJson } from '../repos/repository.json.ts';
import { accountsJson, ghostJson } from '../users/accounts.json.ts';
import type { FeedEntry, FeedEvent, IssueEvent } from './feed.types.ts';
import { mayReadIssues } from './feed-entries.service.ts';

type Json = Record<string, unknown>;

/** Entries that were found for the actor, as the feed of the account `ownerId`: in a constant number of statements. */
export async function activitiesJson(
  app: App,
  actor: Actor,
  ownerId: number,
  entries: readonly FeedEntry[],
): Promise<Json[]> {
  const places = new Map(entries.map(({ repository }) => [repository.repository.id, repository]));
  const [people, repositories, comments] = await Promise.all([
    accountsJson(
      app,
      actor,
      entries.map(({ event }) => event.actorId),
    ),
    summariesJson(app, actor, [...places.values()]),
    commentsOf(app, actor, entries),
  ]);
  const shown = new Map(repositories.map((json) => [json.id, json]));
  return entries.flatMap(({ event, repository }) => {
    const repo = shown.get(event.repositoryId);
    if (!repo) return [];
    const commentId = commentIdOf(event);
    return {
      id: event.id,
      user_id: ownerId,
      ...doing(event, `${repository.ownerName}/${repository.repository.name}`),
      act_user_id: event.actorId,
      act_user: people.get(event.actorId) ?? ghostJson(app),
      repo_id: event.repositoryId,
      repo,
      comment_id: commentId ?? 0,
      comment: (commentId && comments.get(commentId)) || null,
      is_private: repository.repository.visibility !== 'public',
      created: isoTime(event.createdAt),
    };
  });
}

function isOfIssue(event: FeedEvent): event is IssueEvent {
  return event.kind.startsWith('issue.') || event.kind === 'pull.review_submitted';
}

function commentIdOf(event: FeedEvent): number | undefined {
  const isText = event.kind === 'issue.commented' || event.kind === 'pull.review_submitted';
  return isText ? event.entryId : undefined;
}

async function commentsOf(app: App, actor: Actor, entries: readonly FeedEntry[]): Promise<Map<number, Json>> {
  const places = new Map(
    entries.flatMap(({ event, repository }) => {
      const id = commentIdOf(event);
      const path = `/${repository.ownerName}/${repository.repository.name}`;
      const isHidden = event.kind === 'issue.commented' && !mayReadIssues(actor);
      return id === undefined || isHidden || !isOfIssue(event) ? [] : [[id, { issue: event, path }] as const];
    }),
  );
  const rows = await toldEntries(app, places.keys());
  const found = rows.flatMap((entry) => {
    const place = places.get(entry.id);
    return place ? [{ entry, ...place }] : [];
  });
  const shown = await commentsJson(app, actor, { path: '' }, found);
  return new Map(shown.map((json) => [Number(json.id), json]));
}

interface Doing {
  op_type: string;
  ref_name: string;
  content: string;
}

const PLAIN = {
  'repository.created': 'create_repo',
  'repository.forked': 'create_repo',
  'repository.starred': 'star_repo',
} as const;

function doing(event: FeedEvent, repository: string): Doing {
  if (event.kind === 'push') return pushing(event.updates[0], repository);
  if (event.kind === 'release.published')
    return { op_type: 'publish_release', ref_name: event.tag, content: event.tag };
  if (isOfIssue(event))
    return { op_type: doingToIssue(event), ref_name: '', content: `${event.number}|${event.title}` };
  return { op_type: PLAIN[event.kind], ref_name: '', content: '' };
}

const ZERO = /^0+$/;

/** As Gitea writes it: JSON in a text. Of several refs pushed at once the first is named, as on pages. */
function pushing(
  update: { ref: string; oldOid: string; newOid: string } | undefined,
  repository: string,
): Doing {
  if (!update) return { op_type: 'commit_repo', ref_name: '', content: '' };
  const { ref: ref_name, oldOid, newOid } = update;
  const isTag = ref_name.startsWith('refs/tags/');
  if (ZERO.test(newOid)) return { op_type: isTag ? 'delete_tag' : 'delete_branch', ref_name, content: '' };
  const compare = ZERO.test(oldOid) ? '' : `${repository}/compare/${oldOid}...${newOid}`;
  const content = JSON.stringify({ HeadCommit: { Sha1: newOid }, CompareURL: compare });
  return { op_type: isTag ? 'push_tag' : 'commit_repo', ref_name, content };
}

const TO_ISSUE = {
  'issue.opened': ['create_issue', 'create_pull_request'],
  'issue.closed': ['close_issue', 'close_pull_request'],
  'issue.reopened': ['reopen_issue', 'reopen_pull_request'],
  'issue.commented': ['comment_issue', 'comment_pull'],
  'pull.review_submitted': ['comment_pull', 'comment_pull'],
} as const;

const REVIEWS: Readonly<Record<string, string>> = {
  approved: 'approve_pull_request',
  changes_requested: 'reject_pull_request',
};

function doingToIssue({ kind, isPull, reason = '' }: IssueEvent): string {
  if (kind === 'issue.closed' && isPull && reason === 'merged') return 'merge_pull_request';
  const [toIssue, toPull] = TO_ISSUE[kind];
  if (kind === 'pull.review_submitted') return REVIEWS[reason] ?? toPull;
  return isPull ? toPull : toIssue;
}
