// What rules ask of the commits that a push or a merge brings: linear history, signatures, texts, files. Looked at while
// the objects are in quarantine.
import type { App } from '../../platform/app.types.ts';
import type { Commit, ObjectReader, Oid } from '../../platform/git/git.types.ts';
import { isCutMessage } from '../../platform/git/parse-text.ts';
import {
  type PushedCommit,
  type PushSource,
  pushedCommits,
  withPushedObjects,
} from '../../platform/git/pushed-commits.ts';
import { takeTurns } from '../../platform/git/turns.ts';
import { verifySignatures, verifyTagSignatures } from '../code/signatures.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { brokenFileRule } from './file-rules.service.ts';
import type { EffectiveRules, TextRule } from './rules.types.ts';
import { SUBJECT_WORDS, suits, textRuleWords } from './text-rules.policy.ts';
import type { Violation } from './violations.policy.ts';

/** Commits looked at in one push, and read at once. */
const MOST_COMMITS = 20_000;
const AT_ONCE = 200;
/** Offenders named. */
const NAMED = 3;

type Here = Pick<OpenRepository, 'dir' | 'repository'>;

export interface BroughtCommits {
  to: Oid;
  /** What the ref held; undefined for a new one. */
  from: Oid | undefined;
  /** Commits whose history is not looked at. */
  without: readonly Oid[];
}

/** Whether rules ask anything of commits. */
export function asksOfCommits(rules: EffectiveRules): boolean {
  return Boolean(rules.linearHistory || rules.signedCommits || rules.files || textsOf(rules).length > 0);
}

/** What the commits that come new to a branch break. */
export async function brokenCommitRules(
  app: App,
  open: Here,
  source: PushSource,
  rules: EffectiveRules,
  { to, from, without }: BroughtCommits,
): Promise<Violation[]> {
  if (!asksOfCommits(rules)) return [];
  const commits = await pushedCommits(source, { to, without, limit: MOST_COMMITS + 1 });
  if (commits.length > MOST_COMMITS) return [tooMany(rules)];
  const violations: Violation[] = rules.linearHistory ? brokenLine(commits) : [];
  violations.push(...(await brokenTexts(app, open, source, rules, commits)));
  if (!rules.files) return violations;
  const trees = await endsOf(source, from, to);
  const oids = commits.map(({ oid }) => oid);
  return [...violations, ...(await brokenFileRule(source, rules.files, { commits: oids, trees }))];
}

function tooMany(rules: EffectiveRules): Violation {
  const text = `More than ${MOST_COMMITS} commits at once cannot be looked at: push them in several steps.`;
  if (rules.linearHistory) return { kind: 'linearHistory', text };
  if (rules.signedCommits) return { kind: 'signedCommits', text };
  return { kind: rules.files ? 'files' : 'texts', text };
}

function brokenLine(commits: readonly PushedCommit[]): Violation[] {
  const merges = commits.filter(({ parents }) => parents.length > 1).map(({ oid }) => oid);
  if (merges.length === 0) return [];
  const text = `The history must be linear, and ${named(merges)} ${merges.length === 1 ? 'is a merge' : 'are merges'}: rebase instead.`;
  return [{ kind: 'linearHistory', text }];
}

/** The trees of both ends of an update: what no single commit changes, a merge may still throw away. */
async function endsOf(source: PushSource, from: Oid | undefined, to: Oid): Promise<[Oid, Oid] | undefined> {
  if (from === undefined) return undefined;
  return withPushedObjects(source, async (objects) => {
    const [before, after] = await Promise.all([objects.commit(from), objects.commit(to)]);
    return before && after ? [before.tree, after.tree] : undefined;
  });
}

function textsOf(rules: EffectiveRules): TextRule[] {
  return (rules.texts ?? []).filter(({ subject }) => subject !== 'name');
}

async function brokenTexts(
  app: App,
  open: Here,
  source: PushSource,
  rules: EffectiveRules,
  commits: readonly PushedCommit[],
): Promise<Violation[]> {
  const texts = textsOf(rules);
  if (commits.length === 0 || (texts.length === 0 && !rules.signedCommits)) return [];
  const unsigned: Oid[] = [];
  const unsuited = new Map<TextRule, Oid[]>(texts.map((rule) => [rule, []]));
  await withPushedObjects(source, async (objects) => {
    for (let at = 0; at < commits.length; at += AT_ONCE) {
      const oids = commits.slice(at, at + AT_ONCE).map(({ oid }) => oid);
      const read = await objects.commits(oids);
      if (rules.signedCommits) unsigned.push(...(await unverified(app, open, objects, oids, read)));
      await noteUnsuited(unsuited, read);
    }
  });
  return [...saidOfSignatures(unsigned), ...[...unsuited].flatMap(([rule, oids]) => saidOfText(rule, oids))];
}

async function unverified(
  app: App,
  open: Here,
  objects: ObjectReader,
  oids: readonly Oid[],
  commits: readonly Commit[],
): Promise<Oid[]> {
  const verified = await verifySignatures(app, open, commits, objects);
  return oids.filter((oid) => verified.get(oid)?.state !== 'verified');
}

async function noteUnsuited(unsuited: Map<TextRule, Oid[]>, commits: readonly Commit[]): Promise<void> {
  const turns = takeTurns();
  for (const commit of commits)
    for (const [rule, oids] of unsuited) {
      if (!suitsCommit(rule, commit)) oids.push(commit.oid);
      if (turns.isOver) await turns.pass();
    }
}

function suitsCommit(rule: TextRule, commit: Commit): boolean {
  if (rule.subject === 'author_email') return suits(rule, commit.author.email);
  if (rule.subject === 'committer_email') return suits(rule, commit.committer.email);
  // What was cut off could hold what is forbidden.
  return !isCutMessage(commit.message) && suits(rule, commit.message);
}

function saidOfSignatures(oids: readonly Oid[]): Violation[] {
  if (oids.length === 0) return [];
  const text = `Commits must have a verified signature, and ${named(oids)} ${oids.length === 1 ? 'has' : 'have'} none: sign by a key of your account (git rebase --exec 'git commit --amend --no-edit -S').`;
  return [{ kind: 'signedCommits', text }];
}

function saidOfText(rule: TextRule, oids: readonly Oid[]): Violation[] {
  if (oids.length === 0) return [];
  return [
    {
      kind: 'texts',
      text: `The ${SUBJECT_WORDS[rule.subject]} ${textRuleWords(rule)}, unlike that of ${named(oids)}.`,
    },
  ];
}

function named(oids: readonly Oid[]): string {
  const short = oids.slice(0, NAMED).map((oid) => oid.slice(0, 10));
  return oids.length > NAMED ? `${short.join(', ')} and ${oids.length - NAMED} more` : short.join(', ');
}

/** What a tag breaks: an annotated one must be signed itself, another must name a signed commit. */
export async function brokenTagRules(
  app: App,
  open: Here,
  source: PushSource,
  rules: EffectiveRules,
  oid: Oid,
): Promise<Violation[]> {
  if (!rules.signedCommits) return [];
  const isSigned = await withPushedObjects(source, async (objects) => {
    const tags = await verifyTagSignatures(app, open, [oid], objects);
    if ((await objects.info(oid))?.type === 'tag') return tags.get(oid)?.state === 'verified';
    const verified = await verifySignatures(app, open, await objects.commits([oid]), objects);
    return verified.get(oid)?.state === 'verified';
  });
  if (isSigned) return [];
  const text =
    'The tag must have a verified signature, or name a commit that has one: sign it (git tag -s) by a key of your account.';
  return [{ kind: 'signedCommits', text }];
}
