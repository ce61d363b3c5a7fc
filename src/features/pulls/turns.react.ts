// Lets lists and the API of issues close and reopen pull requests by the ways of this room.
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { setPullTurn } from '../issues/pull-turns.service.ts';
import { closePull, reopenPull } from './pull-states.service.ts';
import { findPull } from './pulls.service.ts';

/** Says how pull requests are closed and reopened. */
export function registerTurns(app: App): void {
  setPullTurn(app, async (_app, actor, open, issueId, to) => {
    const pull = await findPull(app, issueId);
    if (pull?.issue.repositoryId !== open.repository.id) throw notFound('pull request');
    await (to === 'closed' ? closePull : reopenPull)(app, actor, open, pull);
  });
}
