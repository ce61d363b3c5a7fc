// What the issues room does after events and on a schedule.
import type { App } from '../../platform/app.types.ts';
import { addReferenceLinks } from '../code/reference-links.service.ts';
import { addNewPart } from '../repos/new-parts.service.ts';
import { addPurgedPart } from '../repos/purged-parts.service.ts';
import { defineAttachmentJobs } from './attachments.jobs.ts';
import { closeMerged, keepClosings } from './closings.service.ts';
import { followPush } from './commit-references.service.ts';
import { followReview, followText } from './cross-references.service.ts';
import { keepForeignLabels } from './foreign-labels.service.ts';
import { addDefaultLabels } from './labels.service.ts';
import { registerLists } from './lists.react.ts';
import { purgeIssues } from './purge.service.ts';
import { resolveReferences } from './resolving.service.ts';

/** Subscribes the room to events and defines its jobs. */
export function registerIssues(app: App): void {
  addReferenceLinks(app, resolveReferences);
  followReferences(app);
  followClosings(app);
  defineAttachmentJobs(app);
  registerLists(app);
  addNewPart(app, addDefaultLabels);
  addPurgedPart(app, purgeIssues);
  app.events.subscribe({
    name: 'issue-labels',
    kinds: ['repository.transferred'],
    onEvent: async (event) => {
      if (event.kind === 'repository.transferred') await keepForeignLabels(app, event.repositoryId);
    },
  });
}

/** What pull requests close, by their texts. */
function followClosings(app: App): void {
  app.events.subscribe({
    name: 'issue-closings',
    kinds: ['issue.opened', 'issue.text_edited', 'pull.merged'],
    onEvent: async (event) => {
      if (event.kind === 'pull.merged') await closeMerged(app, event);
      else if (event.kind === 'issue.opened') await keepClosings(app, event.issueId);
      else if (event.kind === 'issue.text_edited' && event.entryId === undefined)
        await keepClosings(app, event.issueId);
    },
  });
}

/** A reaction of its own, so that nothing else waits for the worker and for git. */
function followReferences(app: App): void {
  app.events.subscribe({
    name: 'issue-references',
    kinds: ['issue.opened', 'issue.commented', 'issue.text_edited', 'pull.review_submitted', 'push'],
    onEvent: async (event) => {
      if (event.kind === 'push') await followPush(app, event);
      else if (event.kind === 'pull.review_submitted') await followReview(app, event);
      else if (
        event.kind === 'issue.opened' ||
        event.kind === 'issue.commented' ||
        event.kind === 'issue.text_edited'
      )
        await followText(app, event);
    },
  });
}
