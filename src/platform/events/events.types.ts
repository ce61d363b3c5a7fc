// Everything that happens, as one union. Recorded in the transaction that made it happen.
import type { Origin } from '../../base/actor.ts';
import type { Tx } from '../db/db.types.ts';
import type { RefUpdate } from '../db/tables/repos.ts';

interface Base {
  /** Undefined for the system itself. */
  actorId?: number;
  /** Who and from where, for the audit log only; not kept with the event. */
  origin?: Origin;
}

interface OfUser extends Base {
  userId: number;
}

interface OfOrganization extends Base {
  organizationId: number;
}

interface OfRepository extends Base {
  repositoryId: number;
}

type AccountEvent =
  | (OfUser & { kind: 'user.created' | 'user.deleted'; name?: string })
  | (OfUser & { kind: 'user.signed_in'; address: string; isNewDevice?: boolean; device?: string })
  | (OfUser & { kind: 'user.sign_in_failed'; reason: 'password' | 'second-factor' | 'passkey' })
  | (OfUser & { kind: 'user.password_changed' | 'user.password_reset_requested' | 'user.proved_again' })
  | (OfUser & { kind: 'user.password_change_required' })
  | (OfUser & { kind: 'user.updated'; changes: string[] })
  | (OfUser & { kind: 'user.suspended' | 'user.unsuspended' | 'user.restricted' | 'user.unrestricted' })
  | (OfUser & { kind: 'user.admin_granted' | 'user.admin_revoked' })
  | (OfUser & { kind: 'user.followed' | 'user.unfollowed' })
  /** With the organization that did it, if it was one. */
  | (OfUser & { kind: 'user.blocked' | 'user.unblocked'; organizationId?: number })
  | (OfUser & { kind: 'session.ended'; sessionId: number | 'others' | 'all' })
  | (OfUser & { kind: 'ssh_key.added' | 'ssh_key.removed'; fingerprint: string })
  | (OfUser & { kind: 'signing_key.added' | 'signing_key.removed'; fingerprint: string })
  | (OfUser & { kind: 'access_token.created' | 'access_token.removed'; name: string })
  | (OfUser & { kind: 'email.added' | 'email.verified' | 'email.removed'; email: string })
  | (OfUser & { kind: 'email.primary_changed'; from: string; to: string })
  | (OfUser & { kind: 'totp.enabled' | 'totp.disabled' | 'recovery_codes.made' | 'recovery_code.used' })
  | (OfUser & { kind: 'second_factors.reset' })
  | (OfUser & { kind: 'passkey.added' | 'passkey.removed'; name: string })
  | (Base & { kind: 'registration.invited' | 'registration.invitation_revoked'; email: string });

type OrganizationEvent =
  | (OfOrganization & { kind: 'organization.created' | 'organization.deleted'; name: string })
  | (OfOrganization & { kind: 'organization.updated'; changes: string[] })
  | (OfOrganization & { kind: 'member.added' | 'member.role_changed'; userId: number; role: string })
  | (OfOrganization & { kind: 'member.removed'; userId: number })
  | (OfOrganization & { kind: 'member.visibility_changed'; userId: number; isPublic: boolean })
  | (OfOrganization & { kind: 'invitation.sent' | 'invitation.revoked'; to: string; invitedUserId?: number })
  | (OfOrganization & { kind: 'invitation.accepted' | 'invitation.declined'; userId: number })
  | (OfOrganization & { kind: 'team.created' | 'team.deleted'; teamId: number; name: string })
  | (OfOrganization & { kind: 'team.updated'; teamId: number; changes: string[] })
  | (OfOrganization & { kind: 'team_member.removed'; teamId: number; userId: number })
  | (OfOrganization & {
      kind: 'team_member.added' | 'team_member.role_changed';
      teamId: number;
      userId: number;
      role: string;
    });

type RepositoryEvent =
  | (OfRepository & { kind: 'repository.created' | 'repository.deleted'; name: string })
  | (OfRepository & { kind: 'repository.renamed'; from: string; to: string })
  | (OfRepository & { kind: 'repository.updated'; changes: string[] })
  | (OfRepository & { kind: 'repository.visibility_changed'; from: string; to: string })
  | (OfRepository & { kind: 'repository.archived' | 'repository.unarchived' })
  | (OfRepository & {
      kind: 'repository.transfer_requested' | 'repository.transfer_cancelled';
      recipientId: number;
    })
  | (OfRepository & { kind: 'repository.transferred'; fromId: number; toId: number })
  | (OfRepository & {
      kind: 'repository.starred' | 'repository.unstarred' | 'repository.maintenance_requested';
    })
  /** Of a repository, an organization, a person (`ofUserId`) or, without any of these, the site. */
  | (Base & {
      kind: 'webhook.created' | 'webhook.updated' | 'webhook.deleted' | 'webhook.suspended';
      webhookId: number;
      host: string;
      repositoryId?: number;
      organizationId?: number;
      ofUserId?: number;
    })
  | (OfRepository & { kind: 'repository.topics_changed'; topics: string[] })
  /** With what they had before, if anything. */
  | (OfRepository & { kind: 'collaborator.set'; userId: number; permission: string; before?: string })
  | (OfRepository & { kind: 'collaborator.removed'; userId: number })
  | (OfRepository & { kind: 'team_repository.set'; teamId: number; permission: string })
  | (OfRepository & { kind: 'team_repository.removed'; teamId: number })
  | (OfRepository & { kind: 'repository.forked'; parentId: number })
  | (OfRepository & { kind: 'repository.imported'; from: string })
  | (OfRepository & {
      kind: 'mirror.added' | 'mirror.changed' | 'mirror.removed';
      direction: string;
      url: string;
    })
  | (OfRepository & { kind: 'mirror.failed'; mirrorId: number; direction: string })
  | (OfRepository & {
      kind: 'release.created' | 'release.published' | 'release.updated' | 'release.deleted';
      releaseId: number;
      tag: string;
      isDraft: boolean;
    })
  | (OfRepository & {
      kind: 'release_asset.added' | 'release_asset.removed';
      releaseId: number;
      name: string;
    })
  | (OfRepository & { kind: 'commit_status.set'; commitOid: string; context: string; state: string })
  | (OfRepository & { kind: 'lfs_lock.broken'; path: string; userId: number })
  | (OfRepository & {
      kind: 'deploy_key.added' | 'deploy_key.removed';
      fingerprint: string;
      canWrite: boolean;
    })
  | (OfRepository & {
      kind: 'push';
      updates: RefUpdate[];
      reconciled?: true;
      /** Of a token that is limited to some repositories, their ids: what the push does elsewhere reaches no others. */
      limitedTo?: readonly number[];
      /** The deploy key that pushed: then there is no actor. Not known of a push recorded after a crash. */
      deployKey?: { id: number; title: string };
    });

interface OfIssue extends OfRepository {
  /** Of an issue or a pull request. */
  issueId: number;
}

/** What happens to issues, and to pull requests as far as they are the same. */
type IssueEvent =
  | (OfIssue & { kind: 'issue.opened'; number: number; isPull?: true })
  | (OfIssue & { kind: 'issue.commented'; entryId: number })
  /** With the text as it was before, and the comment, if it was one. */
  | (OfIssue & { kind: 'issue.text_edited'; entryId?: number; before: string })
  | (OfIssue & { kind: 'issue.renamed'; from: string; to: string })
  | (OfIssue & { kind: 'issue.comment_deleted'; entryId: number; authorId?: number })
  | (OfIssue & { kind: 'issue.comment_hidden' | 'issue.comment_shown'; entryId: number; reason?: string })
  | (OfIssue & { kind: 'issue.closed'; entryId: number; reason: string })
  | (OfIssue & { kind: 'issue.reopened'; entryId: number })
  | (OfIssue & { kind: 'issue.labeled' | 'issue.unlabeled'; labelIds: number[] })
  | (OfIssue & { kind: 'issue.assigned' | 'issue.unassigned'; userIds: number[] })
  | (OfIssue & { kind: 'issue.milestoned' | 'issue.demilestoned'; milestoneId: number })
  | (OfIssue & { kind: 'issue.due_changed'; dueOn?: string })
  | (OfIssue & { kind: 'issue.dependency_added' | 'issue.dependency_removed'; blockerId: number })
  | (OfIssue & { kind: 'issue.part_added' | 'issue.part_removed'; partId: number })
  | (OfIssue & { kind: 'issue.locked' | 'issue.unlocked'; reason?: string })
  | (OfIssue & { kind: 'issue.pinned' | 'issue.unpinned' })
  | (OfIssue & { kind: 'issue.referenced'; entryId: number })
  | (OfIssue & { kind: 'issue.transferred'; fromRepositoryId: number; fromNumber: number; number: number })
  | (OfIssue & { kind: 'issue.deleted'; number: number; title: string })
  | (OfRepository & {
      kind: 'label.created' | 'label.updated' | 'label.deleted';
      labelId: number;
      name: string;
    })
  | (OfOrganization & {
      kind: 'organization_label.created' | 'organization_label.updated' | 'organization_label.deleted';
      labelId: number;
      name: string;
    })
  | (OfRepository & {
      kind:
        | 'milestone.created'
        | 'milestone.updated'
        | 'milestone.closed'
        | 'milestone.reopened'
        | 'milestone.deleted';
      milestoneId: number;
      title: string;
    });

/** What happens to pull requests alone; being opened, closed, commented and so on are events of issues. */
type PullEvent =
  /** New commits in the head. */
  | (OfIssue & {
      kind: 'pull.synchronized';
      entryId: number;
      revision: number;
      before: string;
      after: string;
      isForced: boolean;
    })
  | (OfIssue & { kind: 'pull.merged'; entryId: number; oid: string; style: string; base: string })
  | (OfIssue & {
      kind: 'pull.review_submitted';
      reviewId: number;
      entryId: number;
      state: string;
      /** The entries of its comments on code. */
      commentIds: number[];
    })
  | (OfIssue & { kind: 'pull.review_dismissed'; reviewId: number; entryId: number })
  /** A dismissed review counts again. */
  | (OfIssue & { kind: 'pull.review_restored'; reviewId: number })
  | (OfIssue & {
      kind: 'pull.review_requested' | 'pull.review_request_removed';
      userIds: number[];
      teamIds: number[];
    })
  | (OfIssue & { kind: 'pull.thread_resolved' | 'pull.thread_unresolved'; threadId: number })
  | (OfIssue & { kind: 'pull.base_changed'; from: string; to: string })
  | (OfIssue & { kind: 'pull.drafted' | 'pull.readied' })
  | (OfIssue & { kind: 'pull.auto_merge_enabled'; style: string })
  | (OfIssue & { kind: 'pull.auto_merge_disabled'; reason?: string })
  | (OfIssue & { kind: 'pull.queued'; branch: string })
  | (OfIssue & { kind: 'pull.dequeued'; branch: string; reason: string })
  /** A group of the merge queue is to be tested: checks outside fetch and report on `headOid`. */
  | (OfRepository & {
      kind: 'merge_group.checks_requested';
      groupId: number;
      branch: string;
      headOid: string;
      baseOid: string;
      pullIds: number[];
    })
  /** It is tested no more. `took`: milliseconds from the request on. */
  | (OfRepository & {
      kind: 'merge_group.destroyed';
      groupId: number;
      branch: string;
      headOid: string;
      reason: 'merged' | 'failed' | 'invalidated';
      took: number;
    })
  /** Found out anew whether it can be merged. */
  | (OfIssue & { kind: 'pull.checked'; mergeability: string })
  | (OfRepository & {
      kind: 'rule_set.created' | 'rule_set.updated' | 'rule_set.deleted';
      ruleSetId: number;
      name: string;
    })
  /** Somebody did what the rules of a ref forbid to others. */
  | (OfRepository & { kind: 'rules.bypassed'; ref: string; rules: string[]; ruleSets: string[] })
  | (OfRepository & { kind: 'merge_settings.changed'; changes: string[] })
  | (OfRepository & {
      kind: 'check_run.set';
      checkRunId: number;
      commitOid: string;
      name: string;
      state: string;
    });

type SiteEvent =
  | (Base & { kind: 'notice.published' | 'notice.removed'; noticeId: number })
  | (Base & { kind: 'job.retried' | 'job.removed'; jobId: number })
  | (Base & { kind: 'schedule.started'; name: string })
  | (Base & { kind: 'mail.tested'; to: string });

export type DomainEvent =
  | AccountEvent
  | OrganizationEvent
  | RepositoryEvent
  | IssueEvent
  | PullEvent
  | SiteEvent;

export type EventKind = DomainEvent['kind'];

/**
 * Every kind, and whether the audit log keeps it; complete by its type, so a new kind of event does not compile until
 * it is named here too.
 */
export const EVENT_KINDS: Readonly<Record<EventKind, 'audited' | 'plain'>> = {
  'user.created': 'audited',
  'user.deleted': 'audited',
  'user.signed_in': 'audited',
  'user.sign_in_failed': 'audited',
  'user.password_changed': 'audited',
  'user.password_reset_requested': 'audited',
  'user.password_change_required': 'audited',
  'user.proved_again': 'audited',
  'user.updated': 'plain',
  'user.suspended': 'audited',
  'user.unsuspended': 'audited',
  'user.restricted': 'audited',
  'user.unrestricted': 'audited',
  'user.admin_granted': 'audited',
  'user.admin_revoked': 'audited',
  'user.followed': 'plain',
  'user.unfollowed': 'plain',
  'user.blocked': 'audited',
  'user.unblocked': 'audited',
  'session.ended': 'audited',
  'ssh_key.added': 'audited',
  'ssh_key.removed': 'audited',
  'signing_key.added': 'audited',
  'signing_key.removed': 'audited',
  'access_token.created': 'audited',
  'access_token.removed': 'audited',
  'email.added': 'audited',
  'email.verified': 'audited',
  'email.removed': 'audited',
  'email.primary_changed': 'audited',
  'totp.enabled': 'audited',
  'totp.disabled': 'audited',
  'recovery_codes.made': 'audited',
  'recovery_code.used': 'audited',
  'second_factors.reset': 'audited',
  'passkey.added': 'audited',
  'passkey.removed': 'audited',
  'registration.invited': 'audited',
  'registration.invitation_revoked': 'audited',
  'organization.created': 'audited',
  'organization.deleted': 'audited',
  'organization.updated': 'audited',
  'member.added': 'audited',
  'member.role_changed': 'audited',
  'member.removed': 'audited',
  'member.visibility_changed': 'audited',
  'invitation.sent': 'audited',
  'invitation.revoked': 'audited',
  'invitation.accepted': 'audited',
  'invitation.declined': 'audited',
  'team.created': 'audited',
  'team.deleted': 'audited',
  'team.updated': 'audited',
  'team_member.added': 'audited',
  'team_member.removed': 'audited',
  'team_member.role_changed': 'audited',
  'repository.created': 'audited',
  'repository.deleted': 'audited',
  'repository.renamed': 'audited',
  'repository.updated': 'plain',
  'repository.visibility_changed': 'audited',
  'repository.archived': 'audited',
  'repository.unarchived': 'audited',
  'repository.transfer_requested': 'audited',
  'repository.transfer_cancelled': 'audited',
  'repository.transferred': 'audited',
  'repository.starred': 'plain',
  'repository.unstarred': 'plain',
  'repository.maintenance_requested': 'audited',
  'repository.topics_changed': 'plain',
  'webhook.created': 'audited',
  'webhook.updated': 'audited',
  'webhook.deleted': 'audited',
  'webhook.suspended': 'audited',
  'collaborator.set': 'audited',
  'collaborator.removed': 'audited',
  'team_repository.set': 'audited',
  'team_repository.removed': 'audited',
  'deploy_key.added': 'audited',
  'deploy_key.removed': 'audited',
  push: 'plain',
  'repository.forked': 'audited',
  'repository.imported': 'audited',
  'mirror.added': 'audited',
  'mirror.changed': 'audited',
  'mirror.removed': 'audited',
  'mirror.failed': 'plain',
  'release.created': 'plain',
  'release.published': 'audited',
  'release.updated': 'plain',
  'release.deleted': 'audited',
  'release_asset.added': 'plain',
  'release_asset.removed': 'plain',
  'commit_status.set': 'plain',
  'lfs_lock.broken': 'audited',
  'issue.opened': 'plain',
  'issue.commented': 'plain',
  'issue.text_edited': 'plain',
  'issue.renamed': 'plain',
  'issue.comment_deleted': 'audited',
  'issue.comment_hidden': 'plain',
  'issue.comment_shown': 'plain',
  'issue.closed': 'plain',
  'issue.reopened': 'plain',
  'issue.labeled': 'plain',
  'issue.unlabeled': 'plain',
  'issue.assigned': 'plain',
  'issue.unassigned': 'plain',
  'issue.milestoned': 'plain',
  'issue.demilestoned': 'plain',
  'issue.due_changed': 'plain',
  'issue.dependency_added': 'plain',
  'issue.dependency_removed': 'plain',
  'issue.part_added': 'plain',
  'issue.part_removed': 'plain',
  'issue.locked': 'plain',
  'issue.unlocked': 'plain',
  'issue.pinned': 'plain',
  'issue.unpinned': 'plain',
  'issue.referenced': 'plain',
  'issue.transferred': 'audited',
  'issue.deleted': 'audited',
  'label.created': 'plain',
  'label.updated': 'plain',
  'label.deleted': 'plain',
  'organization_label.created': 'plain',
  'organization_label.updated': 'plain',
  'organization_label.deleted': 'plain',
  'milestone.created': 'plain',
  'milestone.updated': 'plain',
  'milestone.closed': 'plain',
  'milestone.reopened': 'plain',
  'milestone.deleted': 'plain',
  'pull.synchronized': 'plain',
  'pull.merged': 'plain',
  'pull.review_submitted': 'plain',
  'pull.review_dismissed': 'audited',
  'pull.review_restored': 'audited',
  'pull.review_requested': 'plain',
  'pull.review_request_removed': 'plain',
  'pull.thread_resolved': 'plain',
  'pull.thread_unresolved': 'plain',
  'pull.base_changed': 'plain',
  'pull.drafted': 'plain',
  'pull.readied': 'plain',
  'pull.auto_merge_enabled': 'plain',
  'pull.auto_merge_disabled': 'plain',
  'pull.queued': 'plain',
  'pull.dequeued': 'plain',
  'merge_group.checks_requested': 'plain',
  'merge_group.destroyed': 'plain',
  'pull.checked': 'plain',
  'rule_set.created': 'audited',
  'rule_set.updated': 'audited',
  'rule_set.deleted': 'audited',
  'rules.bypassed': 'audited',
  'merge_settings.changed': 'audited',
  'check_run.set': 'plain',
  'notice.published': 'audited',
  'notice.removed': 'audited',
  'job.retried': 'audited',
  'job.removed': 'audited',
  'schedule.started': 'audited',
  'mail.tested': 'audited',
};

export type RecordedEvent = DomainEvent & { id: number; createdAt: number };

/** A room's reaction to events; runs as a job, at least once, so it is idempotent. */
export interface Reactor {
  /** The room's name. */
  name: string;
  kinds: readonly EventKind[];
  onEvent(event: RecordedEvent): Promise<void>;
}

/** Writes what must be as durable as the event and in the same order, in the event's transaction. No job follows by itself. */
export interface Companion {
  kinds: ReadonlySet<EventKind>;
  write(tx: Tx, event: RecordedEvent): Promise<void>;
}
