// The syntax of CODEOWNERS: a pattern and its owners on each line, of which the last that matches counts.
import { type Budget, parsePattern } from '../code/path-patterns.service.ts';
import type { CodeOwners, OwnedPaths, OwnerName, OwnerRule } from './code-owners.types.ts';

const MOST_RULES = 5000;
const MOST_OWNERS = 50;
const LONGEST_LINE = 2000;
/** Steps of matching for all paths together; beyond them nothing matches any more. */
const STEPS = 50_000_000;

/** Reads the text of a file; what cannot be followed is left out and named. */
export function parseCodeOwners(path: string, text: string): CodeOwners {
  const found: CodeOwners = { path, rules: [], problems: [] };
  for (const [index, row] of text.split('\n').entries()) {
    if (found.rules.length === MOST_RULES) {
      found.problems.push({ line: index + 1, message: `Only the first ${MOST_RULES} rules are followed.` });
      break;
    }
    readLine(found, row.slice(0, LONGEST_LINE), index + 1);
  }
  return found;
}

function readLine({ rules, problems }: CodeOwners, row: string, line: number): void {
  const [pattern, ...words] = wordsOf(row);
  if (pattern === undefined) return;
  const rule = ruleOf(pattern, line);
  if (typeof rule === 'string') {
    problems.push({ line, message: rule });
    return;
  }
  for (const word of words.slice(0, MOST_OWNERS)) {
    const owner = ownerOf(word);
    if (owner) rule.owners.push(owner);
    else problems.push({ line, message: `${word} is no @name, @organization/team or address.` });
  }
  rules.push(rule);
}

/** Blanks divide, unless a backslash stands before them; `#` begins a comment, at the start of a word. */
function wordsOf(row: string): string[] {
  const words: string[] = [];
  let word = '';
  for (let at = 0; at < row.length; at++) {
    const character = row[at] ?? '';
    if (character === '\\' && (row[at + 1] === ' ' || row[at + 1] === '#')) {
      word += row[at + 1];
      at++;
    } else if (character === '#' && word === '') break;
    else if (character !== ' ' && character !== '\t' && character !== '\r') word += character;
    else if (word !== '') {
      words.push(word);
      word = '';
    }
  }
  return word === '' ? words : [...words, word];
}

function ruleOf(pattern: string, line: number): OwnerRule | string {
  if (pattern.startsWith('!')) return 'A pattern that begins with ! cannot be followed.';
  const isFolder = pattern.endsWith('/');
  const bare = isFolder ? pattern.slice(0, -1) : pattern;
  const matcher = parsePattern(bare);
  if (!matcher) return `${pattern} matches no file.`;
  return { pattern, line, owners: [], matcher, isFolder, isShallow: /[^*]\/\*$/.test(bare) };
}

function ownerOf(word: string): OwnerName | undefined {
  const name = word.toLowerCase();
  if (/^@[\w.-]+\/[\w.-]+$/.test(name)) return { kind: 'team', name: name.slice(1) };
  if (/^@[\w.-]+$/.test(name)) return { kind: 'user', name: name.slice(1) };
  return name.length <= 254 && /^[^@\s]+@[^@\s]+$/.test(name) ? { kind: 'email', name } : undefined;
}

/**
 * Which rule each path falls under, by rule; paths without a rule, or whose rule names nobody, are left out. Where not all
 * paths are known (`isCut`), or there are too many to be matched, every rule counts: nobody gets past owners by much.
 */
export function ownersOf(
  { rules }: Pick<CodeOwners, 'rules'>,
  paths: readonly string[],
  isCut = false,
): OwnedPaths[] {
  const budget: Budget = { steps: STEPS };
  const byRule = new Map<OwnerRule, string[]>();
  const lastFirst = [...rules].reverse();
  for (const path of paths) {
    const rule = lastFirst.find((one) => matches(one, path, budget));
    if (budget.steps <= 0) break;
    if (!rule || rule.owners.length === 0) continue;
    const same = byRule.get(rule);
    if (same) same.push(path);
    else byRule.set(rule, [path]);
  }
  const isWhole = !isCut && budget.steps > 0;
  const counted = isWhole ? rules.filter((rule) => byRule.has(rule)) : rules;
  return counted
    .filter(({ owners }) => owners.length > 0)
    .map((rule) => ({ pattern: rule.pattern, owners: rule.owners, paths: byRule.get(rule) ?? [] }));
}

/** The path itself, or a folder above it, from the root on. */
function matches({ matcher, isFolder, isShallow }: OwnerRule, path: string, budget: Budget): boolean {
  if (!isFolder && matcher.matches(path, budget)) return true;
  if (isShallow) return false;
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
    if (matcher.matches(path.slice(0, at), budget)) return true;
  return false;
}
