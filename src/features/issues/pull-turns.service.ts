// How pull requests are closed and reopened where issues are as well: by the room of pull requests, which says so at the start.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';

/** Judges and does it; throws AppError as its forms do. */
export type PullTurn = (
  app: App,
  actor: Actor,
  open: OpenRepository,
  issueId: number,
  to: 'open' | 'closed',
) => Promise<void>;

const turns = new WeakMap<App, PullTurn>();

/** Says how pull requests are turned. */
export function setPullTurn(app: App, turn: PullTurn): void {
  turns.set(app, turn);
}

/** Closes or reopens a pull request; says whether that changed anything. */
export async function turnPull(
  app: App,
  actor: Actor,
  open: OpenRepository,
  issue: { id: number; state: 'open' | 'closed' },
  to: 'open' | 'closed',
): Promise<boolean> {
  if (issue.state === to) return false;
  await turns.get(app)?.(app, actor, open, issue.id, to);
  return true;
}
