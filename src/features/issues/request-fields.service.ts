// What bodies of the API say of an issue or pull request, made to what services take.
import type { App } from '../../platform/app.types.ts';
import { parseDueOn } from './due-dates.input.ts';
import type { Metadata } from './metadata.service.ts';
import { userIdsNamed } from './metadata-names.service.ts';

/** Fields as the schemas of bodies let them through. */
export interface MetadataFields {
  assignee?: string | undefined;
  assignees?: string[] | undefined;
  labels?: number[] | undefined;
  milestone?: number | undefined;
  due_date?: string | undefined;
  unset_due_date?: boolean | undefined;
}

/** Labels and milestone by id, assignees by name, and the due date of a body, as far as they are there. */
export async function metadataIn(app: App, body: MetadataFields): Promise<Metadata> {
  const metadata: Metadata = {};
  const assignees =
    body.assignees ?? (body.assignee === undefined ? undefined : [body.assignee].filter(Boolean));
  if (assignees) metadata.assigneeIds = await userIdsNamed(app, assignees);
  if (body.labels) metadata.labelIds = body.labels;
  if (body.milestone !== undefined) metadata.milestoneId = body.milestone === 0 ? null : body.milestone;
  if (body.unset_due_date === true) metadata.dueOn = null;
  else if (body.due_date !== undefined) metadata.dueOn = parseDueOn(body.due_date, 'due_date');
  return metadata;
}

/** The version that a text was made from; without one the text replaces what there is. */
export function versionIn(
  body: { content_version?: number | undefined },
  text: { bodyVersion: number },
): number {
  return body.content_version ?? text.bodyVersion;
}
