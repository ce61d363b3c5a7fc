// How those who wrote belong to the repository: Owner, Member or Collaborator.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import { membershipOf } from '../orgs/memberships.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { listCollaboratorsAmong, listMembersAmong } from './associations.store.ts';

export type Association = 'Owner' | 'Member' | 'Collaborator';

/** The word beside each of some people, by their ids; membership that is not open is told to members alone. */
export async function associationsOf(
  app: App,
  actor: Actor,
  { owner, repository }: OpenRepository,
  userIds: Iterable<number>,
): Promise<Map<number, Association>> {
  const ids = [...new Set(userIds)];
  const found = new Map<number, Association>();
  for (const id of await listCollaboratorsAmong(app.db.read, repository.id, ids))
    found.set(id, 'Collaborator');
  if (owner.kind === 'organization') {
    const isMember = await belongsTo(app, actor, owner.id);
    for (const id of await listMembersAmong(app.db.read, owner.id, ids, isMember)) found.set(id, 'Member');
  }
  if (ids.includes(owner.id)) found.set(owner.id, 'Owner');
  return found;
}

async function belongsTo(app: App, actor: Actor, organizationId: number): Promise<boolean> {
  return actor.kind === 'user' && (await membershipOf(app, organizationId, actor.userId)) !== undefined;
}
