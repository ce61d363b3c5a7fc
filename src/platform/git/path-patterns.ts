// Patterns of paths as people write them in lists of files: `*` within a name, `**` across folders, `?`, and `{a,b}`.
// Matching takes time in proportion to the pattern times the path, whatever somebody wrote.

export type PathPattern = readonly Token[];
type Token = string | typeof ANY | typeof MANY | typeof DEEP;

const ANY = Symbol('one character of a name');
const MANY = Symbol('any part of a name');
const DEEP = Symbol('any part of a path');

const LONGEST = 256;
const MOST = 100;
const SLASH = '/';

/** The patterns of a list, one a line; lines that are empty or begin with `#` count for nothing. */
export function parsePatterns(text: string): PathPattern[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim().replace(/^\.?\//, ''))
    .filter((line) => line !== '' && !line.startsWith('#') && line.length <= LONGEST);
  return lines.flatMap(alternatives).slice(0, MOST).map(tokensOf);
}

/** The same pattern once for each choice between braces. */
function alternatives(pattern: string): string[] {
  const ready: string[] = [];
  const waiting = [pattern];
  for (
    let next = waiting.pop();
    next !== undefined && ready.length + waiting.length < MOST;
    next = waiting.pop()
  ) {
    const found = /(?<!\$)\{([^{}]*)\}/.exec(next);
    if (!found) ready.push(next);
    else {
      const [before, after] = [next.slice(0, found.index), next.slice(found.index + found[0].length)];
      waiting.push(...(found[1] ?? '').split(',').map((choice) => before + choice + after));
    }
  }
  return ready;
}

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? '';
    if (character === '*') {
      const isDeep = pattern[at + 1] === '*';
      if (isDeep) at += 1;
      tokens.push(isDeep ? DEEP : MANY);
    } else tokens.push(character === '?' ? ANY : character);
  }
  return tokens;
}

/** Whether a pattern matches a whole path. */
export function matchesPath(pattern: PathPattern, path: string): boolean {
  // For each beginning of the pattern, whether it matches the path up to here.
  let reached = beginnings(pattern);
  for (const character of path) {
    const next = new Array<boolean>(pattern.length + 1).fill(false);
    pattern.forEach((token, at) => {
      const isWide = token === DEEP || (token === MANY && character !== SLASH);
      if (isWide && (reached[at] || reached[at + 1])) next[at + 1] = true;
      const isOne = token === ANY ? character !== SLASH : token === character;
      if (isOne && reached[at]) next[at + 1] = true;
    });
    if (!next.includes(true)) return false;
    skipEmpty(pattern, next);
    reached = next;
  }
  return reached[pattern.length] === true;
}

function beginnings(pattern: PathPattern): boolean[] {
  const reached = new Array<boolean>(pattern.length + 1).fill(false);
  reached[0] = true;
  skipEmpty(pattern, reached);
  return reached;
}

/** Stars match nothing as well; two of them and a slash, no folder at all. */
function skipEmpty(pattern: PathPattern, reached: boolean[]): void {
  pattern.forEach((token, at) => {
    if (!reached[at] || (token !== DEEP && token !== MANY)) return;
    reached[at + 1] = true;
    const isWholeFolder = at === 0 || pattern[at - 1] === SLASH;
    if (token === DEEP && isWholeFolder && pattern[at + 1] === SLASH) reached[at + 2] = true;
  });
}
