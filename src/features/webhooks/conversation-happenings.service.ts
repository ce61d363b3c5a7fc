// What happens to issues, and to pull requests as far as they are the same, as webhooks are told of it.
import type { App } from '../../platform/app.types.ts';
import { labelsOfIssue } from '../issues/labels.service.ts';
import { toldIssues } from '../issues/told-issues.service.ts';
import type { EventOf, HappeningPart, Makers, Particulars } from './happenings.types.ts';
import type { HookFormat } from './hooks.types.ts';

const GITHUB = ['github'] as const;
const NOT_GITHUB: readonly HookFormat[] = [
  'gitea',
  'slack',
  'discord',
  'msteams',
  'matrix',
  'telegram',
  'mattermost',
];
/** People or labels of one change that are told of one by one. */
export const MOST_AT_ONCE = 100;

type Suffix = '' | '_assign' | '_label' | '_milestone' | '_comment';
type OfIssue = { repositoryId: number; issueId: number };

/** Whether it is a pull request; undefined where it is gone, or in another repository by now, whose people are others. */
async function kindOf(app: App, { repositoryId, issueId }: OfIssue): Promise<'issue' | 'pull' | undefined> {
  const issue = (await toldIssues(app, [issueId])).get(issueId);
  if (issue?.repositoryId !== repositoryId) return undefined;
  return issue.isPull ? 'pull' : 'issue';
}

const NAMES = {
  issue: {
    '': 'issues',
    _assign: 'issue_assign',
    _label: 'issue_label',
    _milestone: 'issue_milestone',
    _comment: 'issue_comment',
  },
  pull: {
    '': 'pull_request',
    _assign: 'pull_request_assign',
    _label: 'pull_request_label',
    _milestone: 'pull_request_milestone',
    _comment: 'pull_request_comment',
  },
} as const;

interface Said {
  part: string;
  action: string;
  about?: Particulars;
  formats?: readonly HookFormat[];
}

async function tell(
  app: App,
  event: OfIssue,
  suffix: Suffix,
  said: readonly Said[],
): Promise<HappeningPart[]> {
  const kind = await kindOf(app, event);
  if (!kind) return [];
  const { repositoryId } = event;
  return said.map((one) => ({ ...one, name: NAMES[kind][suffix], repositoryId }));
}

type Plain = EventOf<
  | 'issue.opened'
  | 'issue.renamed'
  | 'issue.due_changed'
  | 'issue.reopened'
  | 'issue.locked'
  | 'issue.unlocked'
  | 'issue.pinned'
  | 'issue.unpinned'
>;

const ACTIONS: Readonly<Record<Plain['kind'], string>> = {
  'issue.opened': 'opened',
  'issue.renamed': 'edited',
  'issue.due_changed': 'edited',
  'issue.reopened': 'reopened',
  'issue.locked': 'locked',
  'issue.unlocked': 'unlocked',
  'issue.pinned': 'pinned',
  'issue.unpinned': 'unpinned',
};

function ofIssue(app: App, event: Plain): Promise<HappeningPart[]> {
  return tell(app, event, '', [{ part: 'issue', action: ACTIONS[event.kind] }]);
}

/** That a merge closes is told by the merge. */
function ofClosing(app: App, event: EventOf<'issue.closed'>): Promise<HappeningPart[]> | HappeningPart[] {
  if (event.reason === 'merged') return [];
  return tell(app, event, '', [{ part: 'issue', action: 'closed' }]);
}

function ofComment(app: App, event: EventOf<'issue.commented'>): Promise<HappeningPart[]> {
  return tell(app, event, '_comment', [
    { part: 'comment', action: 'created', about: { entryId: event.entryId } },
  ]);
}

function ofDeletedComment(app: App, event: EventOf<'issue.comment_deleted'>): Promise<HappeningPart[]> {
  return tell(app, event, '_comment', [
    { part: 'comment', action: 'deleted', about: { entryId: event.entryId } },
  ]);
}

function ofText(app: App, event: EventOf<'issue.text_edited'>): Promise<HappeningPart[]> {
  const { entryId } = event;
  if (entryId === undefined) return tell(app, event, '', [{ part: 'issue', action: 'edited' }]);
  return tell(app, event, '_comment', [{ part: 'comment', action: 'edited', about: { entryId } }]);
}

/** GitHub tells of each label by itself. */
async function ofLabels(
  app: App,
  event: EventOf<'issue.labeled' | 'issue.unlabeled'>,
): Promise<HappeningPart[]> {
  const action = event.kind === 'issue.labeled' ? 'labeled' : 'unlabeled';
  const each = event.labelIds.slice(0, MOST_AT_ONCE).map((labelId) => ({
    ...{ part: `${action}:${labelId}`, action, about: { labelId }, formats: GITHUB },
  }));
  const isBare = action === 'unlabeled' && (await labelsOfIssue(app, event.issueId)).length === 0;
  const all = { part: 'labels', action: isBare ? 'label_cleared' : 'label_updated', formats: NOT_GITHUB };
  return tell(app, event, '_label', [all, ...each]);
}

function ofAssignees(
  app: App,
  event: EventOf<'issue.assigned' | 'issue.unassigned'>,
): Promise<HappeningPart[]> {
  const action = event.kind === 'issue.assigned' ? 'assigned' : 'unassigned';
  const each = event.userIds
    .slice(0, MOST_AT_ONCE)
    .map((userId) => ({ part: `${action}:${userId}`, action, about: { userId } }));
  return tell(app, event, '_assign', each);
}

function ofMilestoned(
  app: App,
  event: EventOf<'issue.milestoned' | 'issue.demilestoned'>,
): Promise<HappeningPart[]> {
  const action = event.kind === 'issue.milestoned' ? 'milestoned' : 'demilestoned';
  return tell(app, event, '_milestone', [{ part: 'milestone', action }]);
}

/** Where it was it has been transferred; where it is now it is new. */
async function ofTransfer(app: App, event: EventOf<'issue.transferred'>): Promise<HappeningPart[]> {
  const arrived = await tell(app, event, '', [{ part: 'arrived', action: 'opened' }]);
  const gone = { part: 'left', name: 'issues', action: 'transferred' } as const;
  return [{ ...gone, repositoryId: event.fromRepositoryId }, ...arrived];
}

function ofDeletion(_app: App, { repositoryId }: EventOf<'issue.deleted'>): HappeningPart[] {
  return [{ part: 'issue', name: 'issues', action: 'deleted', repositoryId }];
}

type Label = EventOf<
  | 'label.created'
  | 'label.updated'
  | 'label.deleted'
  | 'organization_label.created'
  | 'organization_label.updated'
  | 'organization_label.deleted'
>;

const CHANGES: Readonly<Record<string, string>> = {
  created: 'created',
  updated: 'edited',
  deleted: 'deleted',
  closed: 'closed',
  reopened: 'opened',
};

function changeOf(kind: string): string {
  return CHANGES[kind.slice(kind.indexOf('.') + 1)] ?? '';
}

function ofLabel(_app: App, event: Label): HappeningPart[] {
  const of = { part: 'label', name: 'label', action: changeOf(event.kind) } as const;
  if ('organizationId' in event) return [{ ...of, ownerIds: [event.organizationId] }];
  return [{ ...of, repositoryId: event.repositoryId }];
}

type Milestone = EventOf<
  'milestone.created' | 'milestone.updated' | 'milestone.closed' | 'milestone.reopened' | 'milestone.deleted'
>;

function ofMilestone(_app: App, { kind, repositoryId }: Milestone): HappeningPart[] {
  return [{ part: 'milestone', name: 'milestone', action: changeOf(kind), repositoryId }];
}

export const CONVERSATION_MAKERS = {
  'issue.opened': ofIssue,
  'issue.renamed': ofIssue,
  'issue.due_changed': ofIssue,
  'issue.reopened': ofIssue,
  'issue.locked': ofIssue,
  'issue.unlocked': ofIssue,
  'issue.pinned': ofIssue,
  'issue.unpinned': ofIssue,
  'issue.closed': ofClosing,
  'issue.commented': ofComment,
  'issue.comment_deleted': ofDeletedComment,
  'issue.text_edited': ofText,
  'issue.labeled': ofLabels,
  'issue.unlabeled': ofLabels,
  'issue.assigned': ofAssignees,
  'issue.unassigned': ofAssignees,
  'issue.milestoned': ofMilestoned,
  'issue.demilestoned': ofMilestoned,
  'issue.transferred': ofTransfer,
  'issue.deleted': ofDeletion,
  'label.created': ofLabel,
  'label.updated': ofLabel,
  'label.deleted': ofLabel,
  'organization_label.created': ofLabel,
  'organization_label.updated': ofLabel,
  'organization_label.deleted': ofLabel,
  'milestone.created': ofMilestone,
  'milestone.updated': ofMilestone,
  'milestone.closed': ofMilestone,
  'milestone.reopened': ofMilestone,
  'milestone.deleted': ofMilestone,
} satisfies Makers;
