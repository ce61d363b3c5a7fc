// The stack beside a pull request's page: what it stands on, and what stands on it.
import type { App } from '../../platform/app.types.ts';
import { mayOnIssues } from '../issues/standing.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Pull } from './pulls.types.ts';
import { hasQueue } from './queue.service.ts';
import { findEntries } from './queue.store.ts';
import { type StackItem, stackOf } from './stacks.service.ts';

export interface StackModel {
  /** From the top down, as a stack lies. */
  items: StackLine[];
  /** The branch at the bottom, into which the whole stack goes. */
  base: string;
  baseHref: string;
  isLinear: boolean;
  /** For whoever may merge: how many go with this one, itself among them. */
  merging: { count: number; action: string; isQueued: boolean } | undefined;
}

export interface StackLine {
  number: number;
  title: string;
  href: string;
  state: 'open' | 'draft' | 'merged' | 'closed' | 'queued';
  icon: string;
  word: string;
  isCurrent: boolean;
  /** How far to the right it stands: only where several stand on one. */
  indent: number;
}

const LOOKS: Readonly<Record<StackLine['state'], { icon: string; word: string }>> = {
  open: { icon: 'git-pull-request', word: 'Open' },
  draft: { icon: 'git-pull-request-draft', word: 'Draft' },
  merged: { icon: 'git-merge', word: 'Merged' },
  closed: { icon: 'git-pull-request-closed', word: 'Closed' },
  queued: { icon: 'clock', word: 'In the merge queue' },
};

/** What `pulls/stack` shows; undefined for a pull request that is in no stack. */
export async function stackModel(
  app: App,
  open: OpenRepository,
  pull: Pull,
): Promise<StackModel | undefined> {
  const items = await stackOf(app, open.actor, open, pull);
  if (items.length < 2) return undefined;
  const entries = await findEntries(
    app.db.read,
    items.map(({ issue }) => issue.id),
  );
  const queued = new Set(entries.map(({ pullId }) => pullId));
  const isLinear = items.every(({ depth }, at) => depth === at);
  const base = items[0]?.pull.baseBranch ?? pull.pull.baseBranch;
  return {
    items: items.map((item) => lineOf(open, item, pull, { queued, isLinear })).toReversed(),
    base,
    baseHref: `${open.path}/tree/${base.split('/').map(encodeURIComponent).join('/')}`,
    isLinear,
    merging: await mergingOf(app, open, pull, { items, queued, base }),
  };
}

/** Nothing for the one at the bottom, which is merged as any other, and for what is in the queue already. */
async function mergingOf(
  app: App,
  open: OpenRepository,
  pull: Pull,
  { items, queued, base }: { items: StackItem[]; queued: ReadonlySet<number>; base: string },
): Promise<StackModel['merging']> {
  const at = items.findIndex(({ issue }) => issue.id === pull.issue.id);
  const count = items.slice(0, at + 1).filter(({ issue }) => issue.state === 'open').length;
  if (pull.issue.state !== 'open' || count < 2 || queued.has(pull.issue.id)) return undefined;
  if (!(await mayOnIssues(app, open, 'pulls:merge'))) return undefined;
  const action = `${open.path}/pull/${pull.issue.number}/stack/merge`;
  return { count, action, isQueued: await hasQueue(app, open, base) };
}

function lineOf(
  open: OpenRepository,
  item: StackItem,
  current: Pull,
  { queued, isLinear }: { queued: ReadonlySet<number>; isLinear: boolean },
): StackLine {
  const { issue, depth } = item;
  const state = stateOf(item, queued);
  return {
    number: issue.number,
    title: issue.title,
    href: `${open.path}/pull/${issue.number}`,
    state,
    ...LOOKS[state],
    isCurrent: issue.id === current.issue.id,
    indent: isLinear ? 0 : Math.min(depth, 6),
  };
}

function stateOf({ issue, pull }: Pull, queued: ReadonlySet<number>): StackLine['state'] {
  if (pull.mergedAt !== null) return 'merged';
  if (issue.state !== 'open') return 'closed';
  if (queued.has(issue.id)) return 'queued';
  return pull.isDraft ? 'draft' : 'open';
}
