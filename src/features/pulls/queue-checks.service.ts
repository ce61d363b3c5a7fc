// What the required checks say of groups of the merge queue.
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { statusesOf } from '../code/statuses.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { isPassed } from '../rules/requirements.policy.ts';

export interface Verdict {
  verdict: 'pending' | 'passed' | 'failed';
  /** Why it failed, for timelines. */
  reason?: string;
}

/** By commit: passed once every required context has passed, failed as soon as one of them has failed. */
export async function verdictsOf(
  app: App,
  open: Pick<OpenRepository, 'repository'>,
  oids: readonly Oid[],
  contexts: readonly string[],
): Promise<Map<Oid, Verdict>> {
  const said = oids.length === 0 || contexts.length === 0 ? undefined : await statusesOf(app, open, oids);
  return new Map(
    oids.map((oid) => {
      const states = new Map(said?.get(oid)?.statuses.map(({ context, state }) => [context, state]));
      return [oid, verdictOn(states, contexts)];
    }),
  );
}

function verdictOn(states: ReadonlyMap<string, string>, contexts: readonly string[]): Verdict {
  const failed = contexts.filter((context) => isFailed(states.get(context)));
  if (failed.length > 0) return { verdict: 'failed', reason: `In the queue failed: ${failed.join(', ')}.` };
  return { verdict: contexts.every((context) => isPassed(states.get(context))) ? 'passed' : 'pending' };
}

function isFailed(state: string | undefined): boolean {
  return state !== undefined && state !== 'pending' && !isPassed(state);
}
