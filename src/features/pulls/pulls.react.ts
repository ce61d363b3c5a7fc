// What the pulls room does after events and on a schedule.
import type { App } from '../../platform/app.types.ts';
import { addApiPart } from '../repos/shown-parts.service.ts';
import { registerAnchors } from './anchors.react.ts';
import { registerHeads } from './heads.react.ts';
import { mergeSettingsPart } from './merge-settings.json.ts';
import { registerMergeJobs } from './merges.jobs.ts';
import { subscribeMerges } from './merges.react.ts';
import { registerPullLines } from './pull-lines.present.ts';
import { registerQueues } from './queue.react.ts';
import { registerReviews } from './reviews.react.ts';
import { registerStacks } from './stacks.react.ts';
import { registerTurns } from './turns.react.ts';

/** Subscribes the room to events and defines its jobs. */
export function registerPulls(app: App): void {
  addApiPart(app, mergeSettingsPart);
  registerTurns(app);
  registerHeads(app);
  registerPullLines(app);
  registerMergeJobs(app);
  subscribeMerges(app);
  registerAnchors(app);
  registerReviews(app);
  registerQueues(app);
  registerStacks(app);
}
