// What bodies and addresses of the API say about issues and comments, in Gitea's names. Texts are judged by the same rules
// as those of forms, see issues.input.ts.
import { z } from 'zod';
import { lazily } from '../../platform/api/description.ts';
import { flag, flagText, idOf, instant, listOf, oneOf, text, whole } from '../../platform/api/fields.ts';
import { CLOSE_REASONS } from './issues.input.ts';

/** What issues and pull requests have in common. */
export const metadataFields = () => ({
  assignee: text().describe('One person, where assignees is left out.').optional(),
  assignees: listOf(text()).describe('Names of people.').optional(),
  labels: listOf(idOf('ids: whole numbers')).describe('Ids of labels.').optional(),
  milestone: whole().describe('The id of a milestone; 0 for none.').optional(),
  due_date: instant().describe('A day, or an instant of which the day counts.').optional(),
});

/** The versions of a text that others may edit meanwhile. */
export const versionField = () => ({
  content_version: whole()
    .describe('The version that the text was made from: another is a conflict. Left out, it replaces any.')
    .optional(),
});

export const newIssueBody = lazily(() =>
  z.object({
    title: text(),
    body: text().optional(),
    ...metadataFields(),
    closed: flag().optional(),
    ref: text().describe('Taken and left alone: issues name no branch here.').optional(),
  }),
);

export const changedIssueBody = lazily(() =>
  z.object({
    title: text().optional(),
    body: text().optional(),
    ...metadataFields(),
    unset_due_date: flag().optional(),
    state: oneOf(['open', 'closed']).optional(),
    state_reason: oneOf(CLOSE_REASONS).describe('Why it is closed.').optional(),
    duplicate_of: text()
      .describe('With the reason duplicate: the issue, as #12 or owner/name#12.')
      .optional(),
    ref: text().describe('Taken and left alone: issues name no branch here.').optional(),
    ...versionField(),
  }),
);

export const commentBody = lazily(() => z.object({ body: text(), ...versionField() }));

export const newCommentBody = lazily(() => z.object({ body: text() }));

export const lockBody = lazily(() =>
  z.object({
    lock_reason: text().describe('off_topic, too_heated, resolved or spam, also with spaces.').optional(),
  }),
);

export const deadlineBody = lazily(() =>
  z.object({ due_date: instant().nullable().describe('A day, or an instant of which the day counts.') }),
);

export const reactionBody = lazily(() => z.object({ content: text() }));

/** An issue of a repository; `owner` and `repo` may be left out for the same one. */
export const issueMetaBody = lazily(() =>
  z.object({ index: idOf('the number of an issue'), owner: text().optional(), repo: text().optional() }),
);

export const newPartBody = lazily(() =>
  z.object({ sub_issue_id: idOf('the id of an issue'), replace_parent: flag().optional() }),
);

export const partBody = lazily(() => z.object({ sub_issue_id: idOf('the id of an issue') }));

export const partPlaceBody = lazily(() =>
  z.object({
    sub_issue_id: idOf('the id of an issue'),
    after_id: idOf('the id of an issue').optional(),
    before_id: idOf('the id of an issue').optional(),
  }),
);

export const assetBody = lazily(() => z.object({ name: text().optional() }));

export const assetQuery = lazily(() =>
  z.object({ name: text().describe('The name of the file, instead of the one that was sent.').optional() }),
);

const listFields = () => ({
  state: oneOf(['open', 'closed', 'all']).optional(),
  labels: text().describe('Names of labels between commas: issues with every one of them.').optional(),
  milestones: text().describe('Titles between commas, or ids, or none.').optional(),
  q: text().describe('Words, or a query as the page of issues takes it.').optional(),
  type: oneOf(['issues', 'pulls']).optional(),
  since: instant().describe('Changed at or after this instant.').optional(),
  before: instant().describe('Changed before this instant.').optional(),
  sort: text()
    .describe(
      'latest, oldest, recentupdate, leastupdate, mostcomment, leastcomment, nearduedate, farduedate or relevance.',
    )
    .optional(),
});

export const issueListQuery = lazily(() =>
  z.object({
    ...listFields(),
    created_by: text().optional(),
    assigned_by: text().optional(),
    mentioned_by: text().optional(),
  }),
);

export const issueSearchQuery = lazily(() =>
  z.object({
    ...listFields(),
    created: flagText().describe('Opened by oneself.').optional(),
    assigned: flagText().describe('Assigned to oneself.').optional(),
    mentioned: flagText().describe('That mention oneself.').optional(),
    review_requested: flagText().describe('Pull requests that wait for one’s own review.').optional(),
    reviewed: flagText().describe('Pull requests that one reviewed.').optional(),
    owner: text().describe('Of repositories of this person or organization.').optional(),
  }),
);

export const commentListQuery = lazily(() =>
  z.object({
    since: instant().describe('Changed at or after this instant.').optional(),
    before: instant().describe('Changed before this instant.').optional(),
  }),
);

export const timelineQuery = lazily(() =>
  z.object({
    since: instant().describe('Changed at or after this instant.').optional(),
    before: instant().describe('Changed before this instant.').optional(),
    after: text().describe('Behind the entry of this id; the header Link leads on by it.').optional(),
  }),
);
