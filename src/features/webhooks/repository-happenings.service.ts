// What happens to repositories, their refs, releases, checks and people, as webhooks are told of it.
import type { App } from '../../platform/app.types.ts';
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import { isOpenTo } from './audience.service.ts';
import { findSummary } from './happenings.store.ts';
import type { EventOf, HappeningPart, Makers } from './happenings.types.ts';

const GITHUB = ['github'] as const;
const HEADS = 'refs/heads/';
const TAGS = 'refs/tags/';
/** Refs of one push that are told of; a mirror may bring tens of thousands. */
const MOST_REFS = 100;
const ZERO = /^0+$/;

/** Every branch and tag that moved; what else is below refs/ nobody is told of. */
function ofPush(_app: App, { repositoryId, updates }: EventOf<'push'>): HappeningPart[] {
  return updates
    .filter(({ ref }) => ref.startsWith(HEADS) || ref.startsWith(TAGS))
    .slice(0, MOST_REFS)
    .flatMap((update, at) => ofRef(update, at).map((part) => ({ ...part, repositoryId })));
}

/** Of a deletion only GitHub's push tells as well. */
function ofRef(update: RefUpdate, at: number): HappeningPart[] {
  const of = { action: '', ref: update.ref, about: { update } };
  const isGone = ZERO.test(update.newOid);
  const push: HappeningPart = { ...of, part: `push:${at}`, name: 'push' };
  if (isGone)
    return [
      { ...of, part: `delete:${at}`, name: 'delete' },
      { ...push, formats: GITHUB },
    ];
  if (!ZERO.test(update.oldOid)) return [push];
  return [{ ...of, part: `create:${at}`, name: 'create' }, push];
}

type Repository = EventOf<
  | 'repository.created'
  | 'repository.deleted'
  | 'repository.renamed'
  | 'repository.updated'
  | 'repository.topics_changed'
  | 'repository.visibility_changed'
  | 'repository.archived'
  | 'repository.unarchived'
>;

const ACTIONS: Readonly<Record<Repository['kind'], string>> = {
  'repository.created': 'created',
  'repository.deleted': 'deleted',
  'repository.renamed': 'renamed',
  'repository.updated': 'edited',
  'repository.topics_changed': 'edited',
  'repository.visibility_changed': 'edited',
  'repository.archived': 'archived',
  'repository.unarchived': 'unarchived',
};

function ofRepository(_app: App, event: Repository): HappeningPart[] {
  return [
    { part: 'repository', name: 'repository', action: actionOf(event), repositoryId: event.repositoryId },
  ];
}

function actionOf(event: Repository): string {
  if (event.kind !== 'repository.visibility_changed') return ACTIONS[event.kind];
  if (event.to === 'public') return 'publicized';
  return event.from === 'public' ? 'privatized' : 'edited';
}

/** Who had it is told as well as who has it. */
function ofTransfer(
  _app: App,
  { repositoryId, fromId, toId }: EventOf<'repository.transferred'>,
): HappeningPart[] {
  const ownerIds = [fromId, toId];
  return [{ part: 'repository', name: 'repository', action: 'transferred', repositoryId, ownerIds }];
}

/** Those of the parent are told only of forks that whoever sees the parent sees too. */
async function ofFork(
  app: App,
  { repositoryId, parentId }: EventOf<'repository.forked'>,
): Promise<HappeningPart[]> {
  const [fork, parent] = await Promise.all([
    findSummary(app.db.read, repositoryId),
    findSummary(app.db.read, parentId),
  ]);
  const made: HappeningPart = { part: 'made', name: 'repository', action: 'created', repositoryId };
  if (!fork || !parent || !isOpenTo(fork.repository.visibility, parent.repository.visibility)) return [made];
  return [{ part: 'fork', name: 'fork', action: '', repositoryId: parentId }, made];
}

function ofStar(
  _app: App,
  { kind, repositoryId }: EventOf<'repository.starred' | 'repository.unstarred'>,
): HappeningPart[] {
  const action = kind === 'repository.starred' ? 'created' : 'deleted';
  return [{ part: 'star', name: 'star', action, repositoryId }];
}

type Release = EventOf<'release.published' | 'release.updated' | 'release.deleted'>;

const RELEASES: Readonly<Record<Release['kind'], string>> = {
  'release.published': 'published',
  'release.updated': 'updated',
  'release.deleted': 'deleted',
};

/** Of drafts nobody is told. */
function ofRelease(_app: App, { kind, repositoryId, isDraft }: Release): HappeningPart[] {
  if (isDraft) return [];
  return [{ part: 'release', name: 'release', action: RELEASES[kind], repositoryId }];
}

function ofAsset(
  _app: App,
  { repositoryId }: EventOf<'release_asset.added' | 'release_asset.removed'>,
): HappeningPart[] {
  return [{ part: 'release', name: 'release', action: 'updated', repositoryId }];
}

function ofStatus(_app: App, { repositoryId }: EventOf<'commit_status.set'>): HappeningPart[] {
  return [{ part: 'status', name: 'status', action: '', repositoryId }];
}

function ofCheckRun(_app: App, { repositoryId, state }: EventOf<'check_run.set'>): HappeningPart[] {
  const action = state === 'pending' ? 'created' : 'completed';
  return [{ part: 'check_run', name: 'check_run', action, repositoryId }];
}

function ofCollaborator(
  _app: App,
  event: EventOf<'collaborator.set' | 'collaborator.removed'>,
): HappeningPart[] {
  const { repositoryId, userId } = event;
  const set = event.kind === 'collaborator.set' && event.before !== undefined ? 'edited' : 'added';
  const action = event.kind === 'collaborator.removed' ? 'removed' : set;
  return [{ part: 'member', name: 'member', action, repositoryId, about: { userId } }];
}

function ofTeamAccess(
  _app: App,
  { kind, repositoryId, teamId }: EventOf<'team_repository.set' | 'team_repository.removed'>,
): HappeningPart[] {
  const action = kind === 'team_repository.set' ? 'added_to_repository' : 'removed_from_repository';
  return [{ part: 'team', name: 'team', action, repositoryId, about: { teamId } }];
}

export const REPOSITORY_MAKERS = {
  push: ofPush,
  'repository.created': ofRepository,
  'repository.deleted': ofRepository,
  'repository.renamed': ofRepository,
  'repository.updated': ofRepository,
  'repository.topics_changed': ofRepository,
  'repository.visibility_changed': ofRepository,
  'repository.archived': ofRepository,
  'repository.unarchived': ofRepository,
  'repository.transferred': ofTransfer,
  'repository.forked': ofFork,
  'repository.starred': ofStar,
  'repository.unstarred': ofStar,
  'release.published': ofRelease,
  'release.updated': ofRelease,
  'release.deleted': ofRelease,
  'release_asset.added': ofAsset,
  'release_asset.removed': ofAsset,
  'commit_status.set': ofStatus,
  'check_run.set': ofCheckRun,
  'collaborator.set': ofCollaborator,
  'collaborator.removed': ofCollaborator,
  'team_repository.set': ofTeamAccess,
  'team_repository.removed': ofTeamAccess,
} satisfies Makers;
