// What happens to repositories, their refs, releases and people, as webhooks are told of it.
import type { App } from '../../platform/app.types.ts';
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import type { EventOf, HappeningPart } from './happenings.types.ts';

const GITHUB = ['github'] as const;
const HEADS = 'refs/heads/';
const TAGS = 'refs/tags/';
/** Refs of one push that are told of; a mirror may bring tens of thousands. */
const MOST_REFS = 100;
const ZERO = /^0+$/;

/** Every branch and tag that moved; what else is below refs/ nobody is told of. */
export function ofPush(_app: App, { repositoryId, updates }: EventOf<'push'>): HappeningPart[] {
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
