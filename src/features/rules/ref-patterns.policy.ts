// Patterns of the names of branches and tags, as rule sets list them.
import { type Budget, parsePattern } from '../code/path-patterns.service.ts';
import { ALL, DEFAULT_BRANCH } from './rules.types.ts';

/** Steps that one look may take over all patterns; beyond it everything counts as meant, so that no name slips through. */
const STEPS = 5_000_000;

export interface NamePatterns {
  include: readonly string[];
  exclude: readonly string[];
}

/** Says whether patterns mean names, as long as it may go on looking. */
export function nameMatcher(defaultBranch: string): (name: string, patterns: NamePatterns) => boolean {
  const budget: Budget = { steps: STEPS };
  const isMeant = (name: string, pattern: string) => {
    if (pattern === ALL) return true;
    if (pattern === DEFAULT_BRANCH) return name === defaultBranch;
    return parsePattern(`/${pattern}`)?.matches(name, budget) ?? false;
  };
  return (name, { include, exclude }) => {
    const isIn = include.some((pattern) => isMeant(name, pattern));
    const isOut = isIn && exclude.some((pattern) => isMeant(name, pattern));
    return budget.steps <= 0 || (isIn && !isOut);
  };
}
