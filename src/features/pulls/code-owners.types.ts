// What a file CODEOWNERS says.
import type { PathPattern } from '../code/path-patterns.service.ts';

/** Somebody as the file names them: `name`, `organization/team` or an address. */
export interface OwnerName {
  kind: 'user' | 'team' | 'email';
  /** In lower case, without `@`. */
  name: string;
}

export interface OwnerRule {
  /** As it is written. */
  pattern: string;
  line: number;
  owners: OwnerName[];
  /** Matches the path or a folder above it. */
  matcher: PathPattern;
  isFolder: boolean;
  /** `folder/*`: files right in it, and no deeper ones. */
  isShallow: boolean;
}

export interface CodeOwners {
  /** Where the file is. */
  path: string;
  rules: OwnerRule[];
  /** Lines that say nothing that can be followed, with why. */
  problems: { line: number; message: string }[];
}

/** Paths whose last matching rule is the same, and whom it names. */
export interface OwnedPaths {
  pattern: string;
  owners: readonly OwnerName[];
  paths: string[];
}

/** The same with the accounts that the names stand for, as far as they may write. */
export interface ResolvedOwners {
  pattern: string;
  /** As people read them: `@name`, `@organization/team`. */
  names: string[];
  userIds: number[];
  teamIds: number[];
  /** Everybody whose approval counts: the people above, and those of the teams. */
  approverIds: Set<number>;
  pathCount: number;
}
