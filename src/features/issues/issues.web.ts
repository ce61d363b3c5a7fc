// The pages of issues: every route of the room that lies in a repository, from the files that answer them.
import { accountGate, organizationGate, repositoryGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp } from '../../platform/web/web.types.ts';
import { openOrganization } from '../orgs/orgs.service.ts';
import { openRepository } from '../repos/access.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { attachmentRoutes } from './attachments.web.ts';
import { composerRoutes, emojiRoutes } from './composer.web.ts';
import { editRoutes } from './edits.web.ts';
import { issuePageRoutes } from './issue-page.web.ts';
import { withTwins } from './issue-requests.web.ts';
import { labelRoutes } from './labels.web.ts';
import { listRoutes } from './lists.web.ts';
import { metadataRoutes } from './metadata.web.ts';
import { milestoneRoutes } from './milestones.web.ts';
import { moderationRoutes, movingRoutes } from './moderation.web.ts';
import { newIssueRoutes } from './new-issue.web.ts';
import { organizationLabelRoutes } from './organization-labels.web.ts';
import { reactionRoutes } from './reactions.web.ts';
import { relationRoutes } from './relations.web.ts';
import { savedReplyRoutes } from './saved-replies.web.ts';
import { subscriptionRoutes } from './subscriptions.web.ts';
import { suggestionRoutes } from './suggestions.web.ts';
import { taskRoutes } from './tasks.web.ts';
import { templateRoutes } from './template-pages.web.ts';

const routes: Route<Ability, OpenRepository>[] = [
  ...attachmentRoutes,
  ...composerRoutes,
  ...labelRoutes,
  ...listRoutes,
  ...newIssueRoutes,
  ...issuePageRoutes,
  ...movingRoutes,
  ...relationRoutes,
  ...withTwins([
    ...editRoutes,
    ...moderationRoutes,
    ...metadataRoutes,
    ...reactionRoutes,
    ...subscriptionRoutes,
    ...taskRoutes,
  ]),
  ...milestoneRoutes,
  ...templateRoutes,
  ...suggestionRoutes,
];

/** Adds the pages of issues, labels and milestones. */
export function mountIssues(web: WebApp): void {
  mountRoutes(web, accountGate, [...emojiRoutes, ...savedReplyRoutes]);
  mountRoutes(web, repositoryGate(openRepository), routes);
  mountRoutes(web, organizationGate(openOrganization), organizationLabelRoutes);
}
