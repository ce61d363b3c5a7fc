// Judges pushes, web edits and merges by the rule sets of the repository. What it asks of pull requests themselves is judged
// by the pulls room before it merges; that a push is such a merge, its proof says.
import { doneBy } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import {
  isAncestor,
  type PushSource,
  pushedCommits,
  withPushedObjects,
} from '../../platform/git/pushed-commits.ts';
import type { JudgedPush } from '../repos/push-judges.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { checksOf } from './check-runs.service.ts';
import { brokenCommitRules, brokenTagRules } from './commit-rules.service.ts';
import { rulesOn, rulesWithout } from './effective-rules.policy.ts';
import { bypassOf, isPusher } from './parties.service.ts';
import { isPassed } from './requirements.policy.ts';
import { activeSets, rulesFor } from './rules.service.ts';
import type { EffectiveRules } from './rules.types.ts';
import { suits, textRuleWords } from './text-rules.policy.ts';
import { bypassNoteOf, refusalOf, ruleSetsOf, type Violation } from './violations.policy.ts';

const HEADS = 'refs/heads/';
const TAGS = 'refs/tags/';

/** Says what rules speak against a push, one text per ref. What the person may pass by is noted, and told to them. */
export async function judgeByRules(app: App, push: JudgedPush): Promise<string[]> {
  const { open, updates } = push;
  if (open.repository.isMirror || (open.actor.kind === 'system' && !push.merge)) return [];
  const refusals: string[] = [];
  for (const update of updates) {
    if (update.oldOid === update.newOid) continue;
    const refusal = await judgeUpdate(app, push, update);
    if (refusal !== undefined) refusals.push(refusal);
  }
  return refusals;
}

async function judgeUpdate(app: App, push: JudgedPush, update: RefUpdate): Promise<string | undefined> {
  const rules = await rulesFor(app, push.open, update.ref);
  if (rules.sets.length === 0) return undefined;
  const exempt = await exemptFrom(app, push, update, rules);
  const look: Look = { app, push, update, isMerge: push.merge?.ref === update.ref };
  const asked = rulesWithout(rules, exempt);
  const violations = await violationsOf(look, asked);
  if (violations.length > 0) return refusalOf(asked, violations);
  if (asked !== rules) await noteBypass(look, rules);
  return undefined;
}

/** The sets that do not hold for this person and this push. */
async function exemptFrom(
  app: App,
  { open, merge }: JudgedPush,
  { ref }: RefUpdate,
  rules: EffectiveRules,
): Promise<ReadonlySet<number>> {
  const bypass = await bypassOf(app, open, rules);
  if (merge?.ref !== ref) return bypass.byPush;
  return merge.bypassed && merge.bypassed.length > 0 ? bypass.byMerge : new Set();
}

async function noteBypass(look: Look, rules: EffectiveRules): Promise<void> {
  const { app, push, update } = look;
  const violations = await violationsOf(look, rules);
  const names = [...new Set([...violations.map(({ kind }) => kind), ...(push.merge?.bypassed ?? [])])];
  if (names.length === 0) return;
  if (violations.length > 0) push.say(bypassNoteOf(rules, violations));
  await app.db.write((tx) =>
    app.events.record(tx, {
      kind: 'rules.bypassed',
      ...doneBy(push.open.actor),
      repositoryId: push.open.repository.id,
      ref: update.ref,
      rules: names,
      ruleSets: violations.length > 0 ? ruleSetsOf(rules, violations) : rules.sets.map(({ name }) => name),
    }),
  );
}

interface Look {
  app: App;
  push: JudgedPush;
  update: RefUpdate;
  isMerge: boolean;
}

async function violationsOf(look: Look, rules: EffectiveRules): Promise<Violation[]> {
  if (rules.sets.length === 0) return [];
  const { update } = look;
  const people = await ofPeople(look, rules);
  if (isZero(update.newOid)) return [...people, ...ofDeletion(rules)];
  if (update.ref.startsWith(TAGS)) return [...people, ...(await ofTag(look, rules))];
  return [...people, ...(await ofBranch(look, rules))];
}

async function ofPeople({ app, push, update }: Look, rules: EffectiveRules): Promise<Violation[]> {
  const { open } = push;
  // What the queue or auto-merge lands was judged by whoever asked for it.
  if (open.actor.kind === 'system') return [];
  const violations: Violation[] = [];
  if (rules.noUpdate && !isZero(update.oldOid) && !isZero(update.newOid))
    violations.push({ kind: 'noUpdate', text: 'Only those who may bypass its rules change it.' });
  if (!(await isPusher(app, open, rules)))
    violations.push({
      kind: 'pushers',
      text: 'Only some people may push and merge here, and you are not among them.',
    });
  return violations;
}

function ofDeletion(rules: EffectiveRules): Violation[] {
  return rules.noDeletion ? [{ kind: 'noDeletion', text: 'It may not be deleted.' }] : [];
}

async function ofTag({ app, push, update }: Look, rules: EffectiveRules): Promise<Violation[]> {
  const source = sourceOf(app, push);
  const isNew = isZero(update.oldOid);
  return [
    ...(isNew ? ofCreation(rules, update.ref.slice(TAGS.length), 'tag') : []),
    ...(isNew ? [] : await ofForce(source, rules, update, 'The tag may not be moved to another history')),
    ...(await brokenTagRules(app, push.open, source, rules, update.newOid)),
    ...(await ofChecks(app, push, rules, update.newOid)),
  ];
}

function ofCreation(rules: EffectiveRules, name: string, what: 'branch' | 'tag'): Violation[] {
  const violations: Violation[] = [];
  if (rules.noCreation)
    violations.push({
      kind: 'noCreation',
      text: `A ${what} of this name may not be made here: choose another name.`,
    });
  for (const rule of rules.texts ?? [])
    if (rule.subject === 'name' && !suits(rule, name))
      violations.push({ kind: 'texts', text: `The name of the ${what} ${textRuleWords(rule)}.` });
  return violations;
}

async function ofForce(
  source: PushSource,
  rules: EffectiveRules,
  { oldOid, newOid }: RefUpdate,
  sentence: string,
): Promise<Violation[]> {
  if (!rules.noForcePush || (await isAncestor(source, oldOid, newOid))) return [];
  return [{ kind: 'noForcePush', text: `${sentence}: it must hold what it held before.` }];
}

async function ofBranch(look: Look, rules: EffectiveRules): Promise<Violation[]> {
  const { app, push, update, isMerge } = look;
  const source = sourceOf(app, push);
  const isNew = isZero(update.oldOid);
  const without = isNew ? await judgedBefore(app, push.open, rules) : [update.oldOid];
  const brought = { to: update.newOid, from: isNew ? undefined : update.oldOid, without };
  const isFree = isNew && (await bringsNothing(app, push, source, brought, update.ref));
  return [
    ...(isNew ? ofCreation(rules, update.ref.slice(HEADS.length), 'branch') : []),
    ...(isNew ? [] : await ofForce(source, rules, update, 'The branch may not be rewritten')),
    ...(isMerge || isFree ? [] : ofDirectPush(app, push.open, rules, update.ref)),
    ...(isMerge ? ofQueue(look, rules) : []),
    ...(isMerge || isFree ? [] : await ofChecks(app, push, rules, update.newOid)),
    ...(await brokenCommitRules(app, push.open, source, rules, brought)),
  ];
}

/** Whether a new branch holds what was judged already, or the repository has nothing yet that it could be based on. */
async function bringsNothing(
  app: App,
  { open }: JudgedPush,
  source: PushSource,
  { to, without }: { to: Oid; without: readonly Oid[] },
  ref: string,
): Promise<boolean> {
  const main = HEADS + open.repository.defaultBranch;
  if (ref === main || (await app.git.ref(open.dir, main)) === undefined) return true;
  return (await pushedCommits(source, { to, without, limit: 1 })).length === 0;
}

/** The tips of the default branch and of all branches that at least the same sets hold for. */
async function judgedBefore(app: App, open: OpenRepository, rules: EffectiveRules): Promise<Oid[]> {
  const { defaultBranch, id } = open.repository;
  const sets = await activeSets(app, id);
  const refs = await app.git.refs(open.dir, HEADS);
  const isJudged = (ref: string) => {
    const there = rulesOn(sets, ref, defaultBranch).sets;
    return rules.sets.every((set) => there.some(({ id: one }) => one === set.id));
  };
  return refs.filter(({ name }) => name === HEADS + defaultBranch || isJudged(name)).map(({ oid }) => oid);
}

/** What speaks against commits that come by themselves, whatever they are. */
export function ofDirectPush(
  app: App,
  open: Pick<OpenRepository, 'path'>,
  rules: EffectiveRules,
  ref: string,
): Violation[] {
  const violations: Violation[] = [];
  const branch = ref.slice(HEADS.length);
  const compare = `${app.publicUrl()}${open.path}/compare/${branch.split('/').map(encodeURIComponent).join('/')}`;
  if (rules.queue)
    violations.push({
      kind: 'queue',
      text: 'Changes go through the merge queue: push to another branch, open a pull request and queue it.',
    });
  if (rules.pullRequest)
    violations.push({
      kind: 'pullRequest',
      text: `Changes go through a pull request: push to another branch, then open one at ${compare}.`,
    });
  return violations;
}

function ofQueue({ push }: Look, rules: EffectiveRules): Violation[] {
  if (!rules.queue || push.merge?.byQueue) return [];
  return [{ kind: 'queue', text: 'Pull requests are merged here by the merge queue: add it there.' }];
}

async function ofChecks(
  app: App,
  push: JudgedPush,
  { checks }: EffectiveRules,
  oid: Oid,
): Promise<Violation[]> {
  if (!checks) return [];
  const { byContext } = await checksOf(app, push.open, await peeled(sourceOf(app, push), oid));
  const missing = checks.contexts.filter((context) => !isPassed(byContext.get(context)?.state));
  if (missing.length === 0) return [];
  const text = `These checks must have passed on ${oid.slice(0, 10)} first: ${missing.join(', ')}. Push it to another branch and wait for them.`;
  return [{ kind: 'checks', text }];
}

/** The commit of an annotated tag. */
function peeled(source: PushSource, oid: Oid): Promise<Oid> {
  return withPushedObjects(source, async (objects) => (await objects.commit(oid))?.oid ?? oid);
}

function sourceOf(app: App, { open, env }: JudgedPush): PushSource {
  return { git: app.git, dir: open.dir, log: app.log, ...(env ? { env } : {}) };
}

function isZero(oid: string): boolean {
  return /^0+$/.test(oid);
}
