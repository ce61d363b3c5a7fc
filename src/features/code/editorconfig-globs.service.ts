// The globs of `.editorconfig` headings. They come with a push, so they are matched by walking all ways at once, in
// time that grows with the product of both lengths, and not by a regular expression.

type Token =
  | { kind: 'text'; text: string }
  /** One character, never a slash. */
  | { kind: 'one' }
  | { kind: 'set'; characters: string; isNegated: boolean }
  /** Any characters but slashes, or any at all. */
  | { kind: 'many'; crossesSlash: boolean }
  /** `/` with any directories or none before the next one. */
  | { kind: 'directories' }
  | { kind: 'number'; from: number; to: number };

/** Ways that braces may multiply to; a glob with more matches nothing. */
const MAX_WAYS = 128;
const MAX_PATH = 4096;

/** Whether a heading's glob matches a path relative to the directory of its file. */
export function matchesGlob(glob: string, path: string): boolean {
  if (path.length > MAX_PATH) return false;
  const slash = glob.indexOf('/');
  const anchored = slash < 0 ? `**/${glob}` : glob.slice(slash === 0 ? 1 : 0);
  return (waysOf(anchored) ?? []).some(
    (tokens) => matches(tokens, path) || matchesAtRoot(anchored, tokens, path),
  );
}

/** A glob without a slash matches in the directory of its file too. */
function matchesAtRoot(glob: string, tokens: Token[], path: string): boolean {
  return glob.startsWith('**/') && matches(tokens, `/${path}`);
}

function matches(tokens: readonly Token[], path: string): boolean {
  let places = new Set([0]);
  for (const token of tokens) {
    const next = new Set<number>();
    for (const place of places) step(token, path, place, next);
    if (next.size === 0) return false;
    places = next;
  }
  return places.has(path.length);
}

function step(token: Token, path: string, at: number, next: Set<number>): void {
  const character = path[at];
  if (token.kind === 'text') {
    if (path.startsWith(token.text, at)) next.add(at + token.text.length);
  } else if (token.kind === 'one') {
    if (character !== undefined && character !== '/') next.add(at + 1);
  } else if (token.kind === 'set') {
    if (character !== undefined && token.characters.includes(character) !== token.isNegated) next.add(at + 1);
  } else if (token.kind === 'many') {
    for (let end = at; end <= path.length && !next.has(end); end++) {
      next.add(end);
      if (path[end] === '/' && !token.crossesSlash) break;
    }
  } else if (token.kind === 'directories') {
    if (character !== '/') return;
    for (let end = at; end >= 0; end = path.indexOf('/', end + 1)) next.add(end + 1);
  } else stepNumber(token, path, at, next);
}

function stepNumber(range: { from: number; to: number }, path: string, at: number, next: Set<number>): void {
  const digits = /^[+-]?\d{1,15}/.exec(path.slice(at, at + 17))?.[0] ?? '';
  for (let length = 1; length <= digits.length; length++) {
    const value = Number(digits.slice(0, length));
    if (value >= range.from && value <= range.to) next.add(at + length);
  }
}

/** Every way that the braces of a glob can be read; undefined when there are too many. */
function waysOf(glob: string): Token[][] | undefined {
  const ways = readWays({ glob, choices: choicesOf(glob) }, 0, glob.length);
  return ways.length > MAX_WAYS ? undefined : ways;
}

interface Source {
  glob: string;
  /** Where the choices between braces end, by where the braces open: at each comma and at the closing brace. */
  choices: ReadonlyMap<number, number[]>;
}

/** Finds pairs of braces with a comma between them; all others stand for themselves. */
function choicesOf(glob: string): Map<number, number[]> {
  const found = new Map<number, number[]>();
  const open: { at: number; ends: number[] }[] = [];
  for (let at = 0; at < glob.length; at++) {
    const character = glob[at];
    if (character === '\\') at++;
    else if (character === '{') open.push({ at, ends: [] });
    else if (character === ',') open.at(-1)?.ends.push(at);
    else if (character === '}') {
      const braces = open.pop();
      if (braces && braces.ends.length > 0) found.set(braces.at, [...braces.ends, at]);
    }
  }
  return found;
}

function readWays(source: Source, start: number, end: number): Token[][] {
  let ways: Token[][] = [[]];
  for (let at = start; at < end && ways.length <= MAX_WAYS; ) {
    const ends = source.choices.get(at);
    if (ends) {
      const choices = readChoices(source, at, ends);
      ways = ways.flatMap((way) => choices.map((choice) => [...way, ...choice])).slice(0, MAX_WAYS + 1);
      at = (ends.at(-1) ?? at) + 1;
      continue;
    }
    const read = readToken(source.glob, at);
    for (const way of ways) way.push(read.token);
    at = read.end;
  }
  return ways;
}

function readChoices(source: Source, open: number, ends: readonly number[]): Token[][] {
  const ways: Token[][] = [];
  let start = open + 1;
  for (const end of ends) {
    if (ways.length > MAX_WAYS) break;
    ways.push(...readWays(source, start, end));
    start = end + 1;
  }
  return ways;
}

function readToken(glob: string, at: number): { token: Token; end: number } {
  const range =
    glob[at] === '{' ? /^\{([+-]?\d{1,9})\.\.([+-]?\d{1,9})\}/.exec(glob.slice(at, at + 32)) : null;
  if (range) return { token: numberBetween(Number(range[1]), Number(range[2])), end: at + range[0].length };
  if (glob.startsWith('/**/', at)) return { token: { kind: 'directories' }, end: at + 4 };
  if (glob.startsWith('**', at)) return { token: { kind: 'many', crossesSlash: true }, end: at + 2 };
  const character = glob[at] ?? '';
  if (character === '*') return { token: { kind: 'many', crossesSlash: false }, end: at + 1 };
  if (character === '?') return { token: { kind: 'one' }, end: at + 1 };
  if (character === '\\' && at + 1 < glob.length)
    return { token: { kind: 'text', text: glob[at + 1] ?? '' }, end: at + 2 };
  const set = character === '[' ? /^\[(!?)((?:\\.|[^\]/\\])+)\]/.exec(glob.slice(at)) : null;
  if (set)
    return {
      token: { kind: 'set', isNegated: set[1] === '!', characters: charactersOf(set[2] ?? '') },
      end: at + set[0].length,
    };
  return { token: { kind: 'text', text: character }, end: at + 1 };
}

function numberBetween(one: number, other: number): Token {
  return { kind: 'number', from: Math.min(one, other), to: Math.max(one, other) };
}

/** The characters of a set, with ranges such as `a-z` spelled out. */
function charactersOf(text: string): string {
  const plain = text.replace(/\\(.)/g, '$1');
  return plain.replace(/([^-])-([^-])/g, (whole, from: string, to: string) => {
    const [first, last] = [from.charCodeAt(0), to.charCodeAt(0)];
    if (first > last || last - first > 256) return whole;
    return String.fromCharCode(...Array.from({ length: last - first + 1 }, (_, index) => first + index));
  });
}
