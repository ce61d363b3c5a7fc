// Patterns over paths as .gitattributes and .gitignore write them (gitignore(5)): `*`, `?`, `[a-z]` within a name, `**` over
// names. A pattern takes as many steps at most as its length times that of the path; since somebody may push hundreds of
// both, whoever matches many gives a budget of steps for all of them.

/** Counts down; at its end nothing matches any more. */
export interface Budget {
  steps: number;
}

export interface PathPattern {
  /** Whether a path, relative to the pattern's directory, matches. */
  matches(path: string, budget: Budget): boolean;
}

const LONGEST = 1000;

/** Reads a pattern; undefined for one that is too long or can match no file. */
export function parsePattern(text: string): PathPattern | undefined {
  if (text === '' || text.length > LONGEST || text.endsWith('/')) return undefined;
  const isAnchored = text.slice(0, -1).includes('/');
  const parts = text.replace(/^\//, '').split('/');
  if (!isAnchored)
    return {
      matches: (path, budget) => matchesName(path.slice(path.lastIndexOf('/') + 1), parts[0] ?? '', budget),
    };
  return { matches: (path, budget) => matchesParts(path.split('/'), parts, budget) };
}

/** Row by row: whether the first names of the path match the first parts of the pattern. */
function matchesParts(names: readonly string[], parts: readonly string[], budget: Budget): boolean {
  let reached = new Set([0]);
  for (const [index, part] of parts.entries()) {
    const next = new Set<number>();
    const isLast = index === parts.length - 1;
    budget.steps -= names.length;
    if (reached.size === 0 || budget.steps <= 0) return false;
    if (part === '**') {
      const first = Math.min(...reached);
      for (let to = isLast ? first + 1 : first; to <= names.length; to++) next.add(to);
    } else
      for (const at of reached)
        if (at < names.length && matchesName(names[at] ?? '', part, budget)) next.add(at + 1);
    reached = next;
  }
  return reached.has(names.length);
}

/** One name against one part; only the last star is gone back to. */
function matchesName(name: string, part: string, budget: Budget): boolean {
  let [at, in_, star, retry] = [0, 0, -1, 0];
  while (at < name.length) {
    // A class is read anew for each character.
    budget.steps -= part[in_] === '[' ? part.length : 1;
    if (budget.steps <= 0) return false;
    const step = part[in_] === '*' ? 0 : lengthOfMatch(name[at] ?? '', part, in_);
    if (part[in_] === '*') {
      star = in_++;
      retry = at;
    } else if (step > 0) {
      in_ += step;
      at++;
    } else if (star >= 0) {
      in_ = star + 1;
      at = ++retry;
    } else return false;
  }
  while (part[in_] === '*') in_++;
  return in_ === part.length;
}

/** Characters of the pattern that stand for this one of the name; 0 where they do not. */
function lengthOfMatch(character: string, part: string, at: number): number {
  const first = part[at];
  if (first === undefined) return 0;
  if (first === '?') return 1;
  if (first === '\\' && at + 1 < part.length) return part[at + 1] === character ? 2 : 0;
  const end = first === '[' ? part.indexOf(']', at + 2) : -1;
  if (end < 0) return first === character ? 1 : 0;
  return isInClass(character, part.slice(at + 1, end)) ? end - at + 1 : 0;
}

function isInClass(character: string, set: string): boolean {
  const isNegated = set[0] === '!' || set[0] === '^';
  let isIn = false;
  for (let i = isNegated ? 1 : 0; i < set.length; i++) {
    const to = set[i + 1] === '-' && i + 2 < set.length ? set[i + 2] : undefined;
    if (to === undefined) isIn ||= set[i] === character;
    else {
      isIn ||= (set[i] ?? '') <= character && character <= to;
      i += 2;
    }
  }
  return isIn !== isNegated;
}
