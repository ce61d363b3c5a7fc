// What `.gitattributes` says of languages (gitattributes(5); linguist's attributes): which files count, and as what. What
// a stranger can write there costs a bounded number of steps.

/** `true`, `false` where it is set or unset; undefined where nothing is said. */
export interface Said {
  vendored?: boolean | undefined;
  generated?: boolean | undefined;
  documentation?: boolean | undefined;
  detectable?: boolean | undefined;
  /** A language's name. */
  language?: string | undefined;
}

interface Rule {
  /** Where the file with the rule lies, with a slash at its end; empty for the root. */
  directory: string;
  /** One part for a rule on names, several for paths. */
  parts: Token[][];
  onName: boolean;
  said: Said;
}

/** Counts down; at its end nothing is matched any more. */
export interface Budget {
  steps: number;
}

export interface AttributesFile {
  /** Raw bytes as latin1, such as `src/.gitattributes`. */
  path: string;
  /** Raw bytes as latin1. */
  text: string;
}

const MOST_RULES = 300;
const LONGEST_LINE = 2048;
const NAMES = { vendored: true, generated: true, documentation: true, detectable: true } as const;

/** Reads files, the outer ones first; gives what is said of a path (bytes as latin1). */
export function linguistRules(files: readonly AttributesFile[]): (path: string, budget: Budget) => Said {
  const depth = ({ path }: AttributesFile) => path.split('/').length;
  const ordered = [...files].sort((one, other) => depth(one) - depth(other));
  const macros = new Map<string, Said>();
  const rules = ordered.flatMap((file) => rulesOf(file, macros)).slice(0, MOST_RULES);
  return (path, budget) => {
    const said: Said = {};
    for (const rule of rules) if (applies(rule, path, budget)) Object.assign(said, rule.said);
    return said;
  };
}

function rulesOf({ path, text }: AttributesFile, macros: Map<string, Said>): Rule[] {
  const directory = path.slice(0, path.lastIndexOf('/') + 1);
  return text.split('\n').flatMap((line): Rule[] => {
    if (line.length > LONGEST_LINE) return [];
    const [, pattern = '', rest = ''] =
      /^[ \t]*("(?:[^"\\]|\\.)*"|[^ \t"#][^ \t\r]*)[ \t]+([^\n]*)$/.exec(line) ?? [];
    const said = saidBy(rest, macros);
    if (pattern.startsWith('[attr]')) {
      // Only the outermost file defines them.
      if (directory === '') macros.set(pattern.slice('[attr]'.length), said);
      return [];
    }
    const plain = pattern.startsWith('"') ? unquoted(pattern) : pattern;
    if (Object.keys(said).length === 0 || plain === '' || plain.startsWith('!') || plain.endsWith('/'))
      return [];
    const onName = !plain.includes('/');
    const parts = plain.replace(/^\//, '').split('/').map(tokensOf);
    return [{ directory, parts, onName, said }];
  });
}

function saidBy(text: string, macros: ReadonlyMap<string, Said>): Said {
  const said: Said = {};
  for (const word of text.split(/[ \t\r]+/)) {
    const [, sign = '', name = '', , value] = /^([-!]?)([^=]*)(=(.*))?$/.exec(word) ?? [];
    const macro = macros.get(name);
    if (macro && sign === '') Object.assign(said, macro);
    if (!name.startsWith('linguist-')) continue;
    const key = name.slice('linguist-'.length);
    if (key === 'language') said.language = sign === '' ? value : undefined;
    else if (Object.hasOwn(NAMES, key)) said[key as keyof typeof NAMES] = truth(sign, value);
  }
  return said;
}

function truth(sign: string, value: string | undefined): boolean | undefined {
  if (sign === '!') return undefined;
  return sign === '' && value !== 'false';
}

function unquoted(text: string): string {
  return text
    .slice(1, -1)
    .replace(/\\([0-7]{3}|.)/g, (_, escaped: string) =>
      escaped.length === 3
        ? String.fromCharCode(Number.parseInt(escaped, 8) & 255)
        : ({ n: '\n', t: '\t' }[escaped] ?? escaped),
    );
}

function applies(rule: Rule, path: string, budget: Budget): boolean {
  if (!path.startsWith(rule.directory)) return false;
  const inside = path.slice(rule.directory.length);
  if (rule.onName) return matchesPart(rule.parts[0] ?? [], inside.slice(inside.lastIndexOf('/') + 1), budget);
  return matchesParts(rule.parts, inside.split('/'), budget);
}

type Token = 'any' | 'many' | { characters: (character: string) => boolean };

/** One part of a pattern (fnmatch(3)): `*`, `?`, `[a-z]`, `[!a-z]`, `\` before a character that means itself. */
function tokensOf(part: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < part.length; at++) {
    const character = part[at] ?? '';
    if (character === '*') {
      if (tokens.at(-1) !== 'many') tokens.push('many');
    } else if (character === '?') tokens.push('any');
    else if (character === '[' && part.indexOf(']', at + 2) > 0) {
      const end = part.indexOf(']', at + 2);
      tokens.push({ characters: classOf(part.slice(at + 1, end)) });
      at = end;
    } else {
      const plain = character === '\\' ? (part[++at] ?? '\\') : character;
      tokens.push({ characters: (other) => other === plain });
    }
  }
  return part === '**' ? ['many', 'many'] : tokens;
}

function classOf(text: string): (character: string) => boolean {
  const isNegated = /^[!^]/.test(text);
  const members = isNegated ? text.slice(1) : text;
  // Characters are bytes here, so that each is looked for once, however long the class is.
  const known = new Map<string, boolean>();
  const look = (character: string) => {
    for (let at = 0; at < members.length; at++) {
      const isRange = members[at + 1] === '-' && at + 2 < members.length;
      const [from, to] = [members[at] ?? '', isRange ? (members[at + 2] ?? '') : (members[at] ?? '')];
      if (character >= from && character <= to) return !isNegated;
      if (isRange) at += 2;
    }
    return isNegated;
  };
  return (character) => {
    const found = known.get(character) ?? look(character);
    known.set(character, found);
    return found;
  };
}

/** `**` stands for any number of parts, at the end for at least one. Going back to the last one only is enough. */
function matchesParts(parts: readonly Token[][], path: readonly string[], budget: Budget): boolean {
  const isAll = (part: readonly Token[] | undefined) =>
    part?.length === 2 && part[0] === 'many' && part[1] === 'many';
  let [at, part, backAt, backPart] = [0, 0, -1, -1];
  while (at < path.length) {
    if (budget.steps-- <= 0) return false;
    if (isAll(parts[part])) {
      [backPart, backAt] = [part++, at];
      if (part === parts.length) return true;
    } else if (part < parts.length && matchesPart(parts[part] ?? [], path[at] ?? '', budget)) {
      at++;
      part++;
    } else if (backPart >= 0) {
      at = ++backAt;
      part = backPart + 1;
    } else return false;
  }
  return part === parts.length;
}

function matchesPart(tokens: readonly Token[], text: string, budget: Budget): boolean {
  let [at, token, backAt, backToken] = [0, 0, -1, -1];
  while (at < text.length) {
    if (budget.steps-- <= 0) return false;
    const now = tokens[token];
    if (now === 'many') {
      [backToken, backAt] = [token++, at];
      if (token === tokens.length) return true;
    } else if (now !== undefined && (now === 'any' || now.characters(text[at] ?? ''))) {
      at++;
      token++;
    } else if (backToken >= 0) {
      at = ++backAt;
      token = backToken + 1;
    } else return false;
  }
  while (tokens[token] === 'many') token++;
  return token === tokens.length;
}
