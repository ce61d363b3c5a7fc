// What issues in memory have to do with others. Inside a repository it is a bit of the flags; what lies in another one is kept
// with that one's id, since only those who may read it there may find an issue by it.
import { setFlag, slotOf } from './index-columns.service.ts';
import { byAnyFlag, byBits, byEither, byValues, type Filter } from './index-filters.service.ts';
import { FLAG, type IssueIndex, RELATIONS, type Relation } from './issue-index.types.ts';

const FLAG_OF: Readonly<Record<Exclude<Relation, 'parent'>, number>> = {
  blocked: FLAG.blocked,
  blocking: FLAG.blocking,
  parts: FLAG.hasParts,
};

/** Notes that one issue has to do with another; with one that is not there yet nothing, until it comes. */
export function relate(index: IssueIndex, relation: Relation, id: number, otherId: number): void {
  const { repository } = index.columns;
  const [slot, other] = [slotOf(index, id), slotOf(index, otherId)];
  if (slot === undefined || other === undefined) return;
  const there = repository[other] ?? 0;
  const foreign = index.foreign[relation];
  if (repository[slot] !== there) foreign.set(id, (foreign.get(id) ?? new Set()).add(there));
  else if (relation !== 'parent') setFlag(index.columns, slot, FLAG_OF[relation], true);
}

/** Forgets what an issue has to do with others. */
export function unrelate(index: IssueIndex, relation: Relation, id: number): void {
  index.foreign[relation].delete(id);
  const slot = slotOf(index, id);
  if (slot !== undefined && relation !== 'parent') setFlag(index.columns, slot, FLAG_OF[relation], false);
}

/** The repositories in which the others are, where they are not in an issue's own. */
export function foreignRepositories({ foreign }: IssueIndex): Set<number> {
  return new Set(RELATIONS.flatMap((relation) => [...foreign[relation].values()].flatMap((ids) => [...ids])));
}

/** Those with a relation (or without one) that somebody knows of who reads the repositories `seen` besides an issue's own. */
export function byRelation(
  index: IssueIndex,
  relation: Relation,
  seen: ReadonlySet<number>,
  isNegated: boolean,
): Filter {
  const { columns } = index;
  const noted = (isMissing: boolean) =>
    relation === 'parent'
      ? byValues(columns.parent, [0], !isMissing)
      : byAnyFlag(columns.flags, FLAG_OF[relation], isMissing);
  if (index.foreign[relation].size === 0) return noted(isNegated);
  if (relation !== 'parent') {
    const there = byBits(
      bitsWhere(index, relation, (ids) => isAnySeen(ids, seen)),
      false,
    );
    return byEither([noted(false), there], isNegated, columns.id.length);
  }
  // The column holds all of them: those that are hidden are taken out.
  const hidden = bitsWhere(index, relation, (ids) => !isAnySeen(ids, seen));
  if (isNegated) return byEither([noted(true), byBits(hidden, false)], false, columns.id.length);
  const known = byBits(hidden, true);
  return (slots, count) => known(slots, noted(false)(slots, count));
}

function isAnySeen(ids: ReadonlySet<number>, seen: ReadonlySet<number>): boolean {
  for (const id of ids) if (seen.has(id)) return true;
  return false;
}

function bitsWhere(
  index: IssueIndex,
  relation: Relation,
  isMeant: (repositoryIds: ReadonlySet<number>) => boolean,
): Uint32Array {
  const found = index.foreign[relation];
  const bits = new Uint32Array(found.size === 0 ? 0 : (index.columns.count >>> 5) + 1);
  for (const [id, repositoryIds] of found) {
    const slot = slotOf(index, id);
    if (slot !== undefined && isMeant(repositoryIds))
      bits[slot >>> 5] = (bits[slot >>> 5] ?? 0) | (1 << (slot & 31));
  }
  return bits;
}
