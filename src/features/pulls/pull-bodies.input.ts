// What bodies and addresses of the API say about pull requests, in Gitea's names; what only GitHub or we have stands last.
import { z } from 'zod';
import { lazily } from '../../platform/api/description.ts';
import { flag, flagText, idOf, instant, listOf, oneOf, text, whole } from '../../platform/api/fields.ts';

const metadataFields = () => ({
  assignee: text().describe('One person, where assignees is left out.').optional(),
  assignees: listOf(text()).describe('Names of people.').optional(),
  labels: listOf(idOf('ids: whole numbers')).describe('Ids of labels.').optional(),
  milestone: whole().describe('The id of a milestone; 0 for none.').optional(),
  due_date: instant().describe('A day, or an instant of which the day counts.').optional(),
});

const reviewerFields = () => ({
  reviewers: listOf(text(), 100).describe('Names of people.').optional(),
  team_reviewers: listOf(text(), 100).describe('Names of teams of the owning organization.').optional(),
});

export const newPullBody = lazily(() =>
  z.object({
    base: text(),
    head: text().describe('A branch, owner:branch, or owner/repository:branch.'),
    title: text(),
    body: text().optional(),
    ...metadataFields(),
    ...reviewerFields(),
    allow_maintainer_edit: flag().optional(),
    maintainer_can_modify: flag().describe('As allow_maintainer_edit, in GitHub’s words.').optional(),
    draft: flag().optional(),
  }),
);

export const changedPullBody = lazily(() =>
  z.object({
    title: text().optional(),
    body: text().optional(),
    base: text().optional(),
    ...metadataFields(),
    unset_due_date: flag().optional(),
    state: oneOf(['open', 'closed']).optional(),
    allow_maintainer_edit: flag().optional(),
    maintainer_can_modify: flag().describe('As allow_maintainer_edit, in GitHub’s words.').optional(),
    draft: flag().optional(),
    content_version: whole()
      .describe('The version that the text was made from: another is a conflict. Left out, it replaces any.')
      .optional(),
  }),
);

export const pullListQuery = lazily(() =>
  z.object({
    state: oneOf(['open', 'closed', 'all']).optional(),
    sort: text()
      .describe('oldest, recentupdate, recentclose, leastupdate, mostcomment, leastcomment or priority.')
      .optional(),
    milestone: text().describe('The id or title of a milestone, or none.').optional(),
    milestones: text().describe('As milestone.').optional(),
    labels: text()
      .describe('Ids or names between commas, also given several times: with every one.')
      .optional(),
    poster: text().describe('Who opened it.').optional(),
    base_branch: text().optional(),
    base: text().describe('As base_branch.').optional(),
    head: text().describe('A branch, also as owner:branch.').optional(),
    direction: oneOf(['asc', 'desc']).describe('With GitHub’s created, updated and popularity.').optional(),
  }),
);

export const mergeBody = lazily(() =>
  z.object({
    Do: oneOf(['merge', 'rebase', 'rebase-merge', 'squash', 'fast-forward-only'])
      .describe('What the repository does by default, unless given.')
      .optional(),
    do: oneOf(['merge', 'rebase', 'rebase-merge', 'squash', 'fast-forward-only'])
      .describe('As Do.')
      .optional(),
    MergeTitleField: text().optional(),
    MergeMessageField: text().optional(),
    head_commit_id: text().describe('Where the head is another one by now, nothing is merged.').optional(),
    delete_branch_after_merge: flag().optional(),
    force_merge: flag().describe('Passes by what is required, for those who may.').optional(),
    merge_when_checks_succeed: flag().describe('Merges by itself once everything is there.').optional(),
  }),
);

export const updateQuery = lazily(() => z.object({ style: oneOf(['merge', 'rebase']).optional() }));

export const reviewersBody = lazily(() => z.object(reviewerFields()));

const opinion = () => text().describe('APPROVED, REQUEST_CHANGES, COMMENT or PENDING.').optional();

const line = () => z.int({ error: 'Give the number of a line.' }).min(0, 'Give the number of a line.');

export const newReviewBody = lazily(() =>
  z.object({
    event: opinion(),
    body: text().optional(),
    commit_id: text().optional(),
    comments: listOf(
      z.object({
        path: text(),
        body: text(),
        new_position: line().describe('A line of the new file, or 0.').optional(),
        old_position: line()
          .describe('A line of the old file, or 0; without either the whole file.')
          .optional(),
        start_line: line().describe('Where a range of lines begins.').optional(),
      }),
      100,
    ).optional(),
  }),
);

export const submittedReviewBody = lazily(() => z.object({ event: opinion(), body: text().optional() }));

export const dismissalBody = lazily(() =>
  z.object({
    message: text().optional(),
    priors: flag().describe('Also what the same person said before.').optional(),
  }),
);

export const replyBody = lazily(() => z.object({ body: text() }));

export const newEntryBody = lazily(() =>
  z.object({
    priority: whole().optional(),
    delete_branch_after_merge: flag().optional(),
    commit_title: text().optional(),
    commit_message: text().optional(),
  }),
);

export const entryBody = lazily(() => z.object({ priority: whole() }));

export const textQuery = lazily(() =>
  z.object({
    binary: flagText().describe('Taken and left alone: binary files come as git has them.').optional(),
  }),
);

export const pullFilesQuery = lazily(() =>
  z.object({
    'skip-to': text().describe('Begins at the file of this path.').optional(),
    whitespace: oneOf(['ignore-all', 'ignore-change', 'ignore-eol', 'show-all'])
      .describe('Whether changes of white space count.')
      .optional(),
  }),
);

export const suggestionsBody = lazily(() =>
  z.object({
    suggestions: listOf(
      z.object({
        comment_id: idOf('the id of a comment'),
        index: whole().describe('Which of those in the comment, from 0.').optional(),
        content_version: whole().describe('Of the comment, as it was read.'),
      }),
      50,
    ),
    message: text().describe('Of the commit.').optional(),
  }),
);

export const pullCommitsQuery = lazily(() =>
  z.object({
    verification: flagText().describe('Whether signatures are checked; true unless given.').optional(),
    files: flagText().describe('Whether changed files are listed; true unless given.').optional(),
  }),
);
