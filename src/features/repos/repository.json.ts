// Turns repositories into page models and into the JSON that Gitea's API clients expect.
import type { Actor } from '../../base/actor.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { findUserById } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import { openRepositoryById } from './access.service.ts';
import { cloneAddresses } from './frame.service.ts';
import { isArchived, isUnitOn, permissionIncludes } from './repos.policy.ts';
import type { OpenRepository } from './repos.types.ts';

/** A repository as `GET /api/v1/repos/{owner}/{repo}` of Gitea shows it. `size` is in KiB. */
export function repositoryJson(app: App, open: OpenRepository, owner: UserRow): Record<string, unknown> {
  const { repository, path, permission } = open;
  const addresses = cloneAddresses(app, path);
  return {
    id: repository.id,
    owner: ownerJson(app, owner),
    name: repository.name,
    full_name: path.slice(1),
    description: repository.description,
    empty: repository.isEmpty,
    // Gitea calls everything private that not everybody sees.
    private: repository.visibility !== 'public',
    internal: repository.visibility === 'internal',
    fork: false,
    template: repository.isTemplate,
    mirror: repository.isMirror,
    stars_count: repository.starCount,
    forks_count: repository.forkCount,
    archived: isArchived(repository),
    ...(repository.archivedAt === null ? {} : { archived_at: isoTime(repository.archivedAt) }),
    size: Math.ceil(repository.sizeBytes / 1024),
    html_url: `${app.publicUrl()}${path}`,
    url: `${app.publicUrl()}/api/v1/repos${path}`,
    ssh_url: addresses.ssh ?? '',
    clone_url: addresses.http,
    website: repository.website,
    default_branch: repository.defaultBranch,
    object_format_name: repository.objectFormat,
    created_at: isoTime(repository.createdAt),
    updated_at: isoTime(repository.updatedAt),
    permissions: {
      admin: permissionIncludes(permission, 'admin'),
      push: permissionIncludes(permission, 'write'),
      pull: permissionIncludes(permission, 'read'),
    },
    has_issues: isUnitOn(repository, 'issues'),
    has_wiki: false,
    has_pull_requests: false,
    has_projects: false,
    has_releases: isUnitOn(repository, 'releases'),
    has_packages: false,
    has_actions: false,
  };
}

function ownerJson(app: App, owner: UserRow): Record<string, unknown> {
  return {
    id: owner.id,
    login: owner.name,
    full_name: owner.displayName,
    html_url: `${app.publicUrl()}/${owner.name}`,
    username: owner.name,
  };
}

/** A repository as the API shows it, with what it was forked from where the actor may see that. */
export async function repositoryJsonOf(
  app: App,
  actor: Actor,
  repositoryId: number,
): Promise<Record<string, unknown>> {
  const open = await openRepositoryById(app, actor, repositoryId, 'repository:see');
  const owner = await findUserById(app, open.owner.id);
  if (!owner) throw notFound('user');
  const json = repositoryJson(app, open, owner);
  const { parentId } = open.repository;
  const parent = parentId === null ? undefined : await parentJson(app, actor, parentId);
  return parent ? { ...json, fork: true, parent } : json;
}

async function parentJson(app: App, actor: Actor, id: number) {
  try {
    const open = await openRepositoryById(app, actor, id, 'repository:see');
    const owner = await findUserById(app, open.owner.id);
    return owner && repositoryJson(app, open, owner);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
