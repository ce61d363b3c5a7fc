// A history of branches and merges, the same each time.
import type { RepoDir } from '../../../src/platform/git/git.types.ts';
import { type ImportedCommit, importCommits } from './import-commits.ts';

/** Writes 60 commits on six branches that branch off and take in one another. */
export function makeRandomHistory(dir: RepoDir): void {
  let seed = 7;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return (seed >>> 8) % below;
  };
  const commits: ImportedCommit[] = [];
  const begun = new Set<string>();
  for (let n = 0; n < 60; n++) {
    const ref = `refs/heads/b${random(6)}`;
    const others = [...begun].filter((one) => one !== ref);
    const other = others[random(others.length || 1)];
    const commit: ImportedCommit = { ref, message: `c${n}`, files: [{ path: `f${n % 9}`, data: `${n}\n` }] };
    if (!begun.has(ref) && other) commit.from = other;
    else if (begun.has(ref) && other && random(4) === 0) commit.merges = [other];
    commits.push(commit);
    begun.add(ref);
  }
  importCommits(dir, commits);
}
