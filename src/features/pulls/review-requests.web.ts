// What the menu of reviewers beside a pull request sends.
import { isAppError } from '../../base/errors.ts';
import { readFormEntries } from '../../platform/web/forms.ts';
import { redirectWithMessage } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { idsOf } from '../issues/metadata.web.ts';
import { userIdsNamed } from '../issues/metadata-names.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { PULL, pullAt } from './pull-requests.web.ts';
import { removeReviewRequests, requestReviews } from './review-requests.service.ts';

export const reviewRequestRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'post', path: `${PULL}/reviewers`, access: 'pulls:comment', handler: postReviewers },
];

/** What was chosen and what was there when the page was made; `username` names somebody besides. */
async function postReviewers(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const entries = await readFormEntries(c);
  const all = (name: string) => entries.filter(([field]) => field === name).map(([, value]) => value);
  const to = `${open.path}/pull/${pull.issue.number}`;
  const [people, teams] = [differences(all, 'reviewer'), differences(all, 'team')];
  try {
    const named = await userIdsNamed(app, [(all('username')[0] ?? '').replace(/^\s*@/, '')]);
    const asked = { userIds: [...people.add, ...named], teamIds: teams.add };
    const left = { userIds: people.remove, teamIds: teams.remove };
    if (asked.userIds.length + asked.teamIds.length > 0) await requestReviews(app, actor, open, pull, asked);
    if (left.userIds.length + left.teamIds.length > 0)
      await removeReviewRequests(app, actor, open, pull, left);
  } catch (error) {
    if (isAppError(error, 'invalid', 'conflict')) return redirectWithMessage(c, to, error.message, 'error');
    throw error;
  }
  return c.redirect(to, 303);
}

function differences(all: (name: string) => string[], field: string): { add: number[]; remove: number[] } {
  const now = idsOf(all(field));
  const before = idsOf(all(`had_${field}`));
  return {
    add: now.filter((id) => !before.includes(id)),
    remove: before.filter((id) => !now.includes(id)),
  };
}
