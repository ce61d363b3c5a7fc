// What there is to say of issues that are gone: deleted, or where the repository's people may not look.
import { SYSTEM } from '../../base/actor.ts';
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { placeIn } from '../issues/issue-places.service.ts';
import { issuesJson } from '../issues/issues.json.ts';
import type { IssueRow } from '../issues/issues.types.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { repositoryJsonOf } from '../repos/repository.json.ts';
import { ghostJson } from '../users/accounts.json.ts';
import { isOpenTo } from './audience.service.ts';
import type { Facts, Json } from './facts.types.ts';
import { orUndefined } from './gone.service.ts';
import type { Happening } from './happenings.types.ts';

/**
 * An issue that went to another repository, as those of the one it left may know it. What is written in it by now is told them
 * only where they see the repository that it is in.
 */
export async function leftIssue(
  app: App,
  open: OpenRepository,
  { event }: Happening,
  issue: IssueRow | undefined,
): Promise<Partial<Facts>> {
  if (event?.kind !== 'issue.transferred') return {};
  const { issueId, fromNumber: number } = event;
  const target =
    issue && (await orUndefined(openRepositoryById(app, SYSTEM, issue.repositoryId, 'repository:see')));
  if (!issue || !target || !isOpenTo(target.repository.visibility, open.repository.visibility))
    return { issue: bareIssue(app, open, { issueId, number }) };
  const [before] = await issuesJson(app, SYSTEM, () => placeIn(open), [{ ...issue, number }]);
  const [after] = await issuesJson(app, SYSTEM, () => placeIn(target), [issue]);
  const repository = await repositoryJsonOf(app, SYSTEM, target.repository.id);
  const changes = { new_issue: after, new_repository: { ...repository, parent: null, repo_transfer: null } };
  return { ...(before ? { issue: before } : {}), changes };
}

/** No more than what the event itself says. */
export function bareIssue(
  app: App,
  open: OpenRepository,
  { issueId: id, number, title = '' }: { issueId: number; number?: number; title?: string },
): Json {
  const { path, repository, owner } = open;
  const at = isoTime(app.clock.now());
  const full_name = path.slice(1);
  return {
    ...{ id, number: number ?? 0, title, body: '', content_version: 0, state: 'closed', state_reason: null },
    url: `${app.publicUrl()}/api/v1/repos${path}/issues/${number}`,
    html_url: `${app.publicUrl()}${path}/issues/${number}`,
    ...{ user: ghostJson(app), original_author: '', original_author_id: 0, ref: '', assets: [], labels: [] },
    ...{ milestone: null, assignee: null, assignees: null, is_locked: false, comments: 0 },
    ...{
      created_at: at,
      updated_at: at,
      closed_at: null,
      due_date: null,
      pull_request: null,
      pin_order: 0,
      time_estimate: 0,
    },
    repository: { id: repository.id, name: repository.name, owner: owner.name, full_name },
  };
}
