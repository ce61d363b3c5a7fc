// What the issues room does after events and on a schedule.
import type { App } from '../../platform/app.types.ts';
import { addNewPart } from '../repos/new-parts.service.ts';
import { defineAttachmentJobs } from './attachments.jobs.ts';
import { addDefaultLabels } from './labels.service.ts';
import { registerLists } from './lists.react.ts';

/** Subscribes the room to events and defines its jobs. */
export function registerIssues(app: App): void {
  defineAttachmentJobs(app);
  registerLists(app);
  addNewPart(app, addDefaultLabels);
}
