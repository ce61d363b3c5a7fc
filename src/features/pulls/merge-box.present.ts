// The box below a conversation: whether it can be merged, what is missing, and the form that merges.
import type { App } from '../../platform/app.types.ts';
import { type CheckItem, checksItem } from '../code/statuses.json.ts';
import { issueHref } from '../issues/addresses.service.ts';
import { mayOnIssues } from '../issues/standing.policy.ts';
import { isArchived } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { checksOf } from '../rules/check-runs.service.ts';
import { namesOf } from '../users/authorship.service.ts';
import { headOf, type PullHead } from './heads.service.ts';
import { isBehindBase } from './merge-facts.service.ts';
import { defaultMessage } from './merge-messages.service.ts';
import { requirementsOf } from './merge-requirements.service.ts';
import { mergeSettingsOf } from './merge-settings.service.ts';
import { isChecked } from './mergeability.service.ts';
import { MERGE_STYLES, type MergeSettings, type Requirement, STYLES_WITH_MESSAGE } from './merges.types.ts';
import { stylesFor } from './merging.service.ts';
import { baseTipOf } from './pull-range.service.ts';
import type { MergeStyle, Pull } from './pulls.types.ts';
import { queueEntryOf } from './queue.service.ts';

export type MergeState = 'checking' | 'clean' | 'conflicts' | 'empty' | 'broken';

/** What the button and the menu of styles say. */
export const STYLE_LABELS: Readonly<Record<MergeStyle, { button: string; hint: string }>> = {
  merge: { button: 'Merge pull request', hint: 'All commits go into the base by a merge commit.' },
  squash: { button: 'Squash and merge', hint: 'All commits become one in the base.' },
  rebase: { button: 'Rebase and merge', hint: 'Each commit goes on top of the base.' },
  rebase_merge: {
    button: 'Rebase, then merge',
    hint: 'Each commit goes on top of the base, and a merge commit holds them together.',
  },
  fast_forward: { button: 'Fast-forward', hint: 'The base moves to the head, which must be up to date.' },
};

/** Conflicts that the box names. */
const MOST_CONFLICTS = 20;

/** What was typed in the form, after a refusal. */
export type MergeFields = Partial<Record<'style' | 'title' | 'message' | 'bypass' | 'deleteBranch', string>>;

export interface BoxMore {
  /** The style that was chosen in the menu. */
  style?: string | undefined;
  form?: MergeFields;
  errors?: Readonly<Record<string, string>>;
}

export type MergeBox = Awaited<ReturnType<typeof mergeBoxModel>>;

/** What `pulls/merge-box.eta` shows; undefined for what is merged or closed. */
export async function mergeBoxModel(app: App, open: OpenRepository, pull: Pull, more: BoxMore = {}) {
  if (pull.issue.state !== 'open') return undefined;
  const [isKnown, requirements, checks, entry, settings, mayMerge, mayUpdate] = await Promise.all([
    isChecked(app, open, pull),
    requirementsOf(app, open, pull),
    checksOf(app, open, pull.pull.headOid),
    queueEntryOf(app, pull),
    mergeSettingsOf(app, open.repository.id),
    mayOnIssues(app, open, 'pulls:merge'),
    updatesHead(app, open, pull),
  ]);
  const state: MergeState =
    isKnown && pull.pull.mergeability !== 'unknown' ? pull.pull.mergeability : 'checking';
  const isBehind = settings.suggestsUpdate && mayUpdate && (await isBehindBase(app, open, pull));
  const required = new Map(
    requirements.flatMap((one) => (one.context === undefined ? [] : [[one.context, one]])),
  );
  const href = issueHref(open.path, pull.issue);
  return {
    href,
    src:
      more.style === undefined
        ? `${href}/merge-box`
        : `${href}/merge-box?merge=${encodeURIComponent(more.style)}`,
    number: pull.issue.number,
    base: pull.pull.baseBranch,
    state,
    isDraft: pull.pull.isDraft,
    conflicts: (pull.pull.conflicts ?? []).slice(0, MOST_CONFLICTS),
    moreConflicts: Math.max(0, (pull.pull.conflicts?.length ?? 0) - MOST_CONFLICTS),
    mayUpdate,
    isBehind,
    checks: checksLine(checksItem(checks.checks.length > 0 ? summaryOf(checks) : undefined), required),
    requirements: shownRequirements(requirements),
    /** The box of the queue says how it stands there. */
    queued: entry !== undefined,
    auto: await autoOf(app, open, pull, mayMerge),
    form: mayMerge ? await formOf(app, open, pull, { settings, requirements, state, more }) : undefined,
  };
}

/** Of a merged pull request, for whoever may open one that takes it back. */
export function revertOf(open: OpenRepository, { pull }: Pull): { href: string; short: string } | undefined {
  if (pull.mergedOid === null || open.units.code !== 'write' || isArchived(open.repository)) return undefined;
  return { href: `${open.path}/commit/${pull.mergedOid}`, short: pull.mergedOid.slice(0, 10) };
}

function summaryOf({ state, checks }: Awaited<ReturnType<typeof checksOf>>) {
  return { state: state ?? 'pending', statuses: checks.map(({ status }) => status) };
}

/** Whoever is signed in and may push to the head resolves conflicts and brings it up to date. */
async function updatesHead(app: App, open: OpenRepository, pull: Pull): Promise<boolean> {
  if (open.actor.kind !== 'user') return false;
  const head: PullHead | undefined = await headOf(app, open.actor, pull);
  return head?.mayPush === true;
}

function checksLine(item: ReturnType<typeof checksItem>, required: ReadonlyMap<string, Requirement>) {
  const missing = [...required.keys()].filter(
    (context) => !item?.checks.some((check) => check.context === context),
  );
  const waiting: CheckItem[] = missing.map((context) => ({
    ...({ state: 'pending', icon: 'dot-fill', context, href: undefined } as const),
    description: 'Expected: it has not reported yet.',
  }));
  if (!item && waiting.length === 0) return undefined;
  const checks = [...(item?.checks ?? []), ...waiting];
  return {
    state: waiting.length > 0 && item?.state !== 'failure' ? 'pending' : (item?.state ?? 'pending'),
    label: item?.label ?? 'Waiting for checks',
    checks: checks.map((check) => ({ ...check, isRequired: required.has(check.context) })),
  };
}

const BESIDE = new Set<Requirement['rule']>(['open', 'draft', 'checks', 'queue']);

/** Checks have a list of their own, the queue a box, and what is natural is said where it does not hold. */
function shownRequirements(requirements: readonly Requirement[]): Requirement[] {
  return requirements.filter(
    ({ rule, isMet }) => !BESIDE.has(rule) && !(isMet && rule === 'changes_requested'),
  );
}

async function autoOf(app: App, open: OpenRepository, { issue, pull }: Pull, mayMerge: boolean) {
  const order = pull.autoMerge;
  if (!order) return undefined;
  const by = (await namesOf(app, [order.byId])).get(order.byId)?.name;
  const { actor } = open;
  const isAuthor = actor.kind === 'user' && actor.userId === issue.authorId;
  return { by, style: STYLE_LABELS[order.style].button, mayDisable: mayMerge || isAuthor };
}

interface FormParts {
  settings: MergeSettings;
  requirements: readonly Requirement[];
  state: MergeState;
  more: BoxMore;
}

async function formOf(
  app: App,
  open: OpenRepository,
  pull: Pull,
  { settings, requirements, state, more }: FormParts,
) {
  const styles = await stylesFor(app, open, pull, settings);
  const asked = more.form?.style ?? more.style;
  const style =
    styles.find((one) => one === asked) ?? styles.find((one) => one === settings.defaultStyle) ?? styles[0];
  const unmet = requirements.filter(({ isMet }) => !isMet);
  const isQueued = unmet.some(({ rule, canBypass }) => rule === 'queue' && !canBypass);
  const others = unmet.filter(({ rule }) => rule !== 'queue');
  const message = style ? await messageFor(app, open, pull, style, more.form ?? {}) : { title: '', body: '' };
  const isPossible = style !== undefined && (state === 'clean' || state === 'checking');
  return {
    style,
    button: style ? STYLE_LABELS[style].button : '',
    styles: MERGE_STYLES.filter((one) => styles.includes(one)).map((value) => ({
      ...{ value, ...STYLE_LABELS[value], isChosen: value === style },
    })),
    hasMessage: style !== undefined && (STYLES_WITH_MESSAGE as readonly MergeStyle[]).includes(style),
    ...message,
    headOid: pull.pull.headOid,
    baseBranch: pull.pull.baseBranch,
    isPossible,
    isQueued,
    /** Nothing stands in the way but what this person may pass by. */
    isReady: isPossible && unmet.every(({ canBypass }) => canBypass),
    needsBypass: isPossible && unmet.length > 0 && unmet.every(({ canBypass }) => canBypass),
    bypass: more.form?.bypass === '1',
    offersAuto:
      settings.allowsAutoMerge &&
      !pull.pull.isDraft &&
      style !== undefined &&
      others.length > 0 &&
      pull.pull.autoMerge === null,
    deletable: isDeletable(open, pull),
    deleteBranch: more.form ? more.form.deleteBranch === '1' : settings.deletesBranch,
    errors: more.errors ?? {},
    isOpen: more.errors !== undefined || more.style !== undefined,
  };
}

async function messageFor(app: App, open: OpenRepository, pull: Pull, style: MergeStyle, form: MergeFields) {
  if (form.title !== undefined) return { title: form.title, body: form.message ?? '' };
  const { headOid } = pull.pull;
  const baseOid = (await baseTipOf(app, open, pull.pull)) ?? pull.pull.baseOid;
  return defaultMessage(app, open, pull, style, { baseOid, headOid });
}

function isDeletable({ repository }: OpenRepository, { pull }: Pull): boolean {
  return (
    pull.headBranch !== '' &&
    pull.headRepositoryId === repository.id &&
    pull.headBranch !== repository.defaultBranch
  );
}
