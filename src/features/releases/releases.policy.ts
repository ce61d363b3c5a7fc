// Who sees drafts and may write releases; the judgement itself is in base/abilities.ts.
import { scopesAllow } from '../../base/actor.ts';
import { isArchived, isUnitOn } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';

/** Whether releases are switched on, and open to the visitor's teams. */
export function readsReleases({ repository, units }: OpenRepository): boolean {
  return isUnitOn(repository, 'releases') && units.releases !== 'none';
}

/** Whether drafts may be seen: by whoever could publish them, and by no token that only reads. */
export function seesDrafts(open: OpenRepository): boolean {
  const { actor, units } = open;
  if (!readsReleases(open) || units.releases !== 'write') return false;
  if (actor.kind === 'system') return true;
  if (actor.kind !== 'user' || actor.via === 'ssh') return false;
  return actor.via !== 'token' || scopesAllow(actor.scopes ?? [], 'write', 'repository');
}

/** Whether to offer what changes releases; services judge by `releases:write`. */
export function mayWriteReleases(open: OpenRepository): boolean {
  return seesDrafts(open) && !isArchived(open.repository);
}
