// The few open issues and pull requests that wait for somebody, for the page they start from. It needs no index in memory, unlike lists.
import type { UserActor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import { issuesReadableAmong, pullsReadableAmong, visibleAmong } from '../repos/visible.service.ts';
import { issueHref } from './addresses.service.ts';
import { unitOf } from './issues.policy.ts';
import { listAssignedOpen } from './lists.store.ts';

export interface AssignedIssue {
  title: string;
  /** `owner/name#12`. */
  reference: string;
  href: string;
}

/** Issues that are shown. */
const MOST = 5;
/** Issues that are looked at: what one may no longer read is left out. */
const LOOKED_AT = 25;
/** Assignments that are looked at, the latest. */
const AMONG = 500;

/** Open issues and pull requests the actor is assigned to and may read, the most recently changed first. */
export async function assignedTo(app: App, actor: UserActor): Promise<AssignedIssue[]> {
  const rows = await listAssignedOpen(app.db.read, actor.userId, AMONG, LOOKED_AT);
  if (rows.length === 0) return [];
  const seen = await visibleAmong(
    app,
    actor,
    rows.map(({ repositoryId }) => repositoryId),
  );
  const readable = {
    issues: await issuesReadableAmong(app, actor, seen.values()),
    pulls: await pullsReadableAmong(app, actor, seen.values()),
  };
  return rows
    .flatMap((issue) => {
      const { repositoryId, number, title } = issue;
      const found = readable[unitOf(issue)].has(repositoryId) ? seen.get(repositoryId) : undefined;
      if (!found) return [];
      const path = `${found.ownerName}/${found.repository.name}`;
      return [{ title, reference: `${path}#${number}`, href: issueHref(`/${path}`, issue) }];
    })
    .slice(0, MOST);
}
