// What a rule set may say, whether it came by the form or the API: bounds, and sentences for what is wrong.
import { type FieldErrors, invalid } from '../../base/errors.ts';
import { isBranchName } from '../../platform/git/repository.ts';
import { parsePattern } from '../code/path-patterns.service.ts';
import {
  ALL,
  type BypassMode,
  DEFAULT_BRANCH,
  type MergeStyle,
  type Party,
  type Rules,
  type RuleTarget,
} from './rules.types.ts';

/** Somebody as they were named: people by name, all others by id. */
export type NamedParty = Exclude<Party, { kind: 'user' }> | { kind: 'user'; name: string } | Party;
export type NamedBypasser = NamedParty & { mode: BypassMode };

/** A rule set as it came in; parties are looked up by the service. */
export interface RuleSetInput {
  name: string;
  target: RuleTarget;
  isActive: boolean;
  include: readonly string[];
  exclude: readonly string[];
  bypass: readonly NamedBypasser[];
  /** Left out: as it was. */
  priority?: number;
  rules: Omit<Rules, 'pushers'> & { pushers?: readonly NamedParty[] };
}

export const LIMITS = {
  name: 100,
  patterns: 50,
  pattern: 255,
  parties: 100,
  contexts: 50,
  approvals: 10,
  batch: 50,
  atOnce: 20,
  timeoutMinutes: 1440,
  paths: 100,
  extensions: 100,
  longestPath: 4096,
  /** 100 GiB. */
  largestFile: 100 * 1024 ** 3,
  texts: 20,
} as const;

const LEAVES_MERGES: readonly MergeStyle[] = ['merge', 'rebase_merge'];

const BRANCHES_ONLY = ['pullRequest', 'queue', 'linearHistory', 'files'] as const;

/** Checks a rule set. Throws AppError invalid by the names of the form's fields. */
export function checkRuleSet(input: RuleSetInput): RuleSetInput {
  const errors: FieldErrors = {};
  const name = input.name.trim();
  if (name === '') errors.name = 'Give the rule set a name.';
  else if (name.length > LIMITS.name) errors.name = `A name has at most ${LIMITS.name} characters.`;
  else if (/[\0-\x1f\x7f]/.test(name)) errors.name = 'A name is one line without control characters.';
  checkPatterns(input, errors);
  checkRules(input.rules, errors);
  if (input.bypass.length > LIMITS.parties) errors.bypass = `At most ${LIMITS.parties} may be on the list.`;
  if ((input.rules.pushers?.length ?? 0) > LIMITS.parties)
    errors.pushers = `At most ${LIMITS.parties} may be on the list.`;
  if (Object.keys(errors).length > 0) throw invalid(errors);
  return { ...input, name, rules: rulesFit(input) };
}

/** Of a set on tags only what can be asked of tags. */
function rulesFit({ target, rules }: RuleSetInput): RuleSetInput['rules'] {
  if (target === 'branch') return rules;
  const kept = { ...rules };
  for (const kind of BRANCHES_ONLY) delete kept[kind];
  const texts = kept.texts?.filter(({ subject }) => subject === 'name');
  delete kept.texts;
  return texts && texts.length > 0 ? { ...kept, texts } : kept;
}

function checkPatterns({ include, exclude, target }: RuleSetInput, errors: FieldErrors): void {
  for (const [field, patterns] of [
    ['include', include],
    ['exclude', exclude],
  ] as const) {
    if (patterns.length > LIMITS.patterns) errors[field] = `Give at most ${LIMITS.patterns} patterns.`;
    const wrong = patterns.find((pattern) => !isPattern(pattern, target));
    if (wrong !== undefined)
      errors[field] =
        `“${wrong.slice(0, 100)}” can match no ${target}: write names such as main or release/*, without refs/.`;
  }
  if (include.length === 0)
    errors.include = `Say which ${target === 'branch' ? 'branches' : 'tags'} it is for.`;
}

function isPattern(pattern: string, target: RuleTarget): boolean {
  if (pattern === ALL || (pattern === DEFAULT_BRANCH && target === 'branch')) return true;
  if (pattern.length > LIMITS.pattern || pattern.startsWith('refs/') || pattern.startsWith('~')) return false;
  // A class, a star and a question mark stand for letters; what is left must be able to be a name.
  const plain = pattern.replace(/\[[^\]]*\]/g, 'a').replace(/[*?]/g, 'a');
  return isBranchName(plain) && parsePattern(`/${pattern}`) !== undefined;
}

function checkRules(rules: RuleSetInput['rules'], errors: FieldErrors): void {
  const { pullRequest, checks, queue, files, texts } = rules;
  if (pullRequest) {
    checkNumber(errors, 'approvals', pullRequest.approvals, 0, LIMITS.approvals);
    if (pullRequest.styles?.length === 0) errors.styles = 'Leave at least one merge style.';
  }
  if (checks) checkContexts(checks.contexts, errors);
  if (queue) {
    checkNumber(errors, 'queue_batch', queue.batch, 1, LIMITS.batch);
    checkNumber(errors, 'queue_at_once', queue.atOnce, 1, LIMITS.atOnce);
    checkNumber(errors, 'queue_timeout', queue.timeoutMinutes, 1, LIMITS.timeoutMinutes);
    if (!(pullRequest?.styles?.includes(queue.style) ?? true))
      errors.queue_style = 'The rule above allows no merge of this style: choose another one, or allow it.';
    if (rules.linearHistory && LEAVES_MERGES.includes(queue.style))
      errors.queue_style = 'A linear history takes no merge commits: choose squash, rebase or fast-forward.';
  }
  if (files) checkFiles(files, errors);
  if (texts) checkTexts(texts, errors);
  if (rules.pushers?.length === 0)
    errors.pushers = 'Name somebody, or nobody could push at all: restrict updates for that.';
}

function checkNumber(errors: FieldErrors, field: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    errors[field] = `Give a whole number from ${least} to ${most}.`;
}

function checkContexts(contexts: readonly string[], errors: FieldErrors): void {
  if (contexts.length === 0) errors.contexts = 'Name the checks that must pass, one a line.';
  if (contexts.length > LIMITS.contexts) errors.contexts = `Name at most ${LIMITS.contexts} checks.`;
  if (contexts.some((context) => context.length > 255 || /[\0-\x1f\x7f]/.test(context)))
    errors.contexts = 'The name of a check is one line of at most 255 characters.';
}

function checkFiles(files: NonNullable<Rules['files']>, errors: FieldErrors): void {
  if (files.restricted.length > LIMITS.paths)
    errors.restricted_paths = `Give at most ${LIMITS.paths} patterns.`;
  const wrong = files.restricted.find(
    (pattern) =>
      pattern.length > LIMITS.pattern || parsePattern(`/${pattern.replace(/^\/|\/$/g, '')}`) === undefined,
  );
  if (wrong !== undefined) errors.restricted_paths = `“${wrong.slice(0, 100)}” can match no path.`;
  if (files.extensions.length > LIMITS.extensions)
    errors.extensions = `Give at most ${LIMITS.extensions} extensions.`;
  if (files.extensions.some((extension) => !/^[^\s/\0-\x1f]{1,50}$/.test(extension)))
    errors.extensions = 'Give extensions such as exe or tar.gz, one a line.';
  if (files.longestPath !== undefined)
    checkNumber(errors, 'longest_path', files.longestPath, 1, LIMITS.longestPath);
  if (files.largestFile !== undefined && !(files.largestFile >= 1 && files.largestFile <= LIMITS.largestFile))
    errors.largest_file = 'Give a size in MiB, from a little above 0 to 102,400.';
  const isEmpty =
    files.restricted.length === 0 &&
    files.extensions.length === 0 &&
    files.longestPath === undefined &&
    files.largestFile === undefined;
  if (isEmpty) errors.restricted_paths = 'Say what may not be pushed: paths, extensions, a length or a size.';
}

function checkTexts(texts: NonNullable<Rules['texts']>, errors: FieldErrors): void {
  if (texts.length === 0) errors.texts = 'Write a pattern in one of the rows.';
  if (texts.length > LIMITS.texts) errors.texts = `Give at most ${LIMITS.texts} patterns.`;
  if (
    texts.some(({ pattern }) => pattern === '' || pattern.length > LIMITS.pattern || pattern.includes('\0'))
  )
    errors.texts = `A pattern has from 1 to ${LIMITS.pattern} characters.`;
}

/** The extensions as they are compared: in lower case, without a leading star or dot. */
export function tamedExtension(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/^\*?\./, '');
}
