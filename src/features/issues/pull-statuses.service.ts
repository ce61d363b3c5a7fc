// What checks say of the heads of pull requests, for lists: their icons, and `status:`.
import type { App } from '../../platform/app.types.ts';
import { statesOf } from '../code/statuses.service.ts';
import type { StatusState } from '../code/statuses.types.ts';
import { slotOf } from './index-columns.service.ts';
import { byFlags, type Filter } from './index-filters.service.ts';
import { scan } from './index-scan.service.ts';
import { FLAG, type IssueIndex } from './issue-index.types.ts';
import { type PullFacts, pullFactsOf } from './pull-rows.store.ts';
import type { Term } from './queries.types.ts';

/** Pull requests whose checks are looked at for `status:`, the newest. */
const MOST_CHECKED = 1000;

/** By the id of each pull request of which checks said anything. */
export async function headStatesOf(app: App, facts: readonly PullFacts[]): Promise<Map<number, StatusState>> {
  const states = await statesOf(
    app,
    facts.map(({ repositoryId, headOid: commitOid }) => ({ repositoryId, commitOid })),
  );
  return new Map(
    facts.flatMap(({ id, repositoryId, headOid }) => {
      const state = states.get(`${repositoryId} ${headOid}`);
      return state === undefined ? [] : [[id, state]];
    }),
  );
}

/** Where the pull requests lie that pass the filters and of whose heads checks say what the terms ask for. */
export async function slotsByStatus(
  app: App,
  index: IssueIndex,
  terms: readonly Term[],
  among: { repositoryIds: number[]; slots?: Uint32Array; filters: readonly Filter[] },
): Promise<{ slots: Uint32Array; isCut: boolean }> {
  const only = byFlags(index.columns.flags, FLAG.pull, FLAG.pull);
  const { ids, hasNext } = scan(index, {
    ...among,
    filters: [...among.filters, only],
    states: { open: true, closed: true },
    sort: { key: 'created', direction: 'desc' },
    size: MOST_CHECKED,
  });
  const states = await headStatesOf(app, await pullFactsOf(app.db.read, ids));
  const found = ids.filter((id) => terms.every((term) => isAsked(term, states.get(id))));
  const slots = found.flatMap((id) => slotOf(index, id) ?? []);
  return { slots: Uint32Array.from(slots).sort(), isCut: hasNext };
}

function isAsked({ values, isNegated }: Term, state: StatusState | undefined): boolean {
  return values.includes(state === undefined ? '' : WORDS[state]) !== isNegated;
}

const WORDS: Readonly<Record<StatusState, string>> = {
  success: 'success',
  warning: 'success',
  pending: 'pending',
  failure: 'failure',
  error: 'failure',
};
