// What pushed commits may not change: paths, kinds, lengths of paths, sizes.
import type { PushedFile, PushSource } from '../../platform/git/pushed-commits.ts';
import { pushedFiles, withPushedObjects } from '../../platform/git/pushed-commits.ts';
import { takeTurns } from '../../platform/git/turns.ts';
import { type Budget, type PathPattern, parsePattern } from '../code/path-patterns.service.ts';
import type { FilesRule } from './rules.types.ts';
import type { Violation } from './violations.policy.ts';

/** Files looked at in one push, steps of comparing their paths with patterns, and offenders named. */
const MOST_FILES = 500_000;
const STEPS = 100_000_000;
const NAMED = 5;
const SIZES_AT_ONCE = 500;

interface Changes {
  commits: readonly string[];
  trees?: readonly [string, string] | undefined;
}

/** What the changed files break of a rule, at most one violation per part of the rule. */
export async function brokenFileRule(
  source: PushSource,
  rule: FilesRule,
  changes: Changes,
): Promise<Violation[]> {
  if (changes.commits.length === 0 && !changes.trees) return [];
  const look = newLook(rule);
  const turns = takeTurns();
  for await (const file of pushedFiles(source, changes)) {
    look.add(file);
    if (look.isTooMuch()) return [TOO_MUCH];
    if (turns.isOver) await turns.pass();
  }
  const large = rule.largestFile === undefined ? [] : await largerThan(source, rule.largestFile, look.blobs);
  return [...look.violations(), ...large];
}

const TOO_MUCH: Violation = {
  kind: 'files',
  text: 'The push changes too many files to look at each: push the commits in several steps.',
};

function newLook(rule: FilesRule) {
  const budget: Budget = { steps: STEPS };
  const patterns = rule.restricted.map(pathMatcher);
  const extensions = rule.extensions.map((extension) => `.${extension}`);
  const broken = { restricted: new Set<string>(), extensions: new Set<string>(), long: new Set<string>() };
  const blobs = new Map<string, string>();
  let files = 0;
  const add = ({ path, mode, oid }: PushedFile) => {
    files++;
    const text = path.toString('utf8');
    if (patterns.some((pattern) => pattern(text, budget))) note(broken.restricted, text);
    if (/^0+$/.test(mode)) return;
    const lower = text.toLowerCase();
    if (extensions.some((extension) => lower.endsWith(extension))) note(broken.extensions, text);
    if (rule.longestPath !== undefined && text.length > rule.longestPath) note(broken.long, text);
    if (rule.largestFile !== undefined && mode.startsWith('100')) blobs.set(oid, text);
  };
  const violations = () => [
    ...said(broken.restricted, 'These paths may not be changed here'),
    ...said(broken.extensions, `Files may not end in ${extensions.join(', ')} here`),
    ...said(broken.long, `Paths have at most ${rule.longestPath} characters here`),
  ];
  return { add, blobs, violations, isTooMuch: () => files > MOST_FILES || budget.steps <= 0 };
}

/** Whether a path, or a directory above it, is what a pattern means. */
function pathMatcher(pattern: string): (path: string, budget: Budget) => boolean {
  const plain = pattern.replace(/^\//, '').replace(/\/$/, '');
  const [itself, below]: (PathPattern | undefined)[] = [
    parsePattern(`/${plain}`),
    parsePattern(`/${plain}/**`),
  ];
  return (path, budget) =>
    (itself?.matches(path, budget) ?? false) || (below?.matches(path, budget) ?? false);
}

function note(paths: Set<string>, path: string): void {
  if (paths.size <= NAMED) paths.add(path);
}

function said(paths: ReadonlySet<string>, sentence: string): Violation[] {
  if (paths.size === 0) return [];
  const named = [...paths].slice(0, NAMED).map(shown).join(', ');
  return [{ kind: 'files', text: `${sentence}: ${named}${paths.size > NAMED ? ' and more' : ''}.` }];
}

function shown(path: string): string {
  return path.length > 200 ? `${path.slice(0, 200)}…` : path;
}

async function largerThan(
  source: PushSource,
  most: number,
  blobs: ReadonlyMap<string, string>,
): Promise<Violation[]> {
  const large = new Set<string>();
  const oids = [...blobs.keys()];
  await withPushedObjects(source, async (objects) => {
    for (let at = 0; at < oids.length; at += SIZES_AT_ONCE) {
      const some = oids.slice(at, at + SIZES_AT_ONCE);
      const infos = await Promise.all(some.map((oid) => objects.info(oid)));
      for (const info of infos) if (info && info.size > most) note(large, blobs.get(info.oid) ?? info.oid);
    }
  });
  return said(large, `Files have at most ${most} bytes here; keep larger ones with Git LFS`);
}
