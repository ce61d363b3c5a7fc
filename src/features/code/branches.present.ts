// What lists show of a branch.
import type { Oid } from '../../platform/git/git.types.ts';
import type { AheadBehind } from '../../platform/git/history.types.ts';
import type { RefProtection } from '../repos/push-judges.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { type CommitItem, commitItem } from './commits.present.ts';
import { encodePath, visibleText } from './paths.service.ts';
import type { PullLine } from './pull-lines.service.ts';
import type { RefWithCommit } from './refs.service.ts';

export interface BranchItem {
  name: string;
  /** The name as it is, for forms. */
  value: string;
  oid: Oid;
  href: string;
  commitsHref: string;
  compareHref: string;
  zipHref: string;
  nameHref: string;
  newHref: string;
  isDefault: boolean;
  commit: CommitItem | undefined;
  distance: AheadBehind | undefined;
  /** Of branches that rules hold for: where those are shown. */
  rulesHref: string | undefined;
  /** A rule keeps the visitor from deleting and renaming it. */
  isKept: boolean;
  /** The pull request that brings it. */
  pull: PullLine | undefined;
}

/** One row of the list of branches. */
export function branchItem(
  open: OpenRepository,
  { name, ref, commit }: RefWithCommit,
  distances: ReadonlyMap<Oid, AheadBehind>,
  protection: RefProtection | undefined,
  pull: PullLine | undefined,
): BranchItem {
  const { path, repository } = open;
  const address = encodePath(name);
  return {
    name: visibleText(name),
    value: name,
    oid: ref.oid,
    href: `${path}/tree/${address}`,
    commitsHref: `${path}/commits/${address}`,
    compareHref: `${path}/compare/${encodePath(repository.defaultBranch)}...${address}`,
    zipHref: `${path}/archive/${address}.zip`,
    nameHref: `${path}/branches/name?${new URLSearchParams({ branch: name })}`,
    newHref: `${path}/branches/new?${new URLSearchParams({ from: name })}`,
    isDefault: name === repository.defaultBranch,
    commit: commit && commitItem(open, commit),
    distance: commit && distances.get(commit.oid),
    rulesHref: protection && `${path}/rules?${new URLSearchParams({ ref: ref.name })}`,
    isKept: protection?.keepsFromDeletion === true,
    pull,
  };
}
