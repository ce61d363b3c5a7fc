// What bodies of the API say of an issue or pull request, checked.
import { invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { parseDueOn } from './due-dates.input.ts';
import type { Metadata } from './metadata.service.ts';
import { userIdsNamed } from './metadata-names.service.ts';

/** Labels and milestone by id, assignees by name, and the due date of a body, as far as they are there. */
export async function metadataIn(app: App, body: Record<string, unknown>): Promise<Metadata> {
  const metadata: Metadata = {};
  const assignees = namesIn(body);
  if (assignees) metadata.assigneeIds = await userIdsNamed(app, assignees);
  if (Array.isArray(body.labels)) metadata.labelIds = body.labels.map((id) => idIn(id, 'labels'));
  if (typeof body.milestone === 'number')
    metadata.milestoneId = body.milestone === 0 ? null : idIn(body.milestone, 'milestone');
  if (body.unset_due_date === true) metadata.dueOn = null;
  else if (typeof body.due_date === 'string') metadata.dueOn = parseDueOn(body.due_date, 'due_date');
  return metadata;
}

function namesIn({ assignees, assignee }: Record<string, unknown>): string[] | undefined {
  if (Array.isArray(assignees)) {
    if (assignees.every((name) => typeof name === 'string')) return assignees;
    throw invalid({ assignees: 'Give a list of names.' });
  }
  return typeof assignee === 'string' ? [assignee].filter(Boolean) : undefined;
}

function idIn(value: unknown, field: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw invalid({ [field]: 'Give ids: whole numbers.' });
}

/** A text of the body; throws AppError invalid for anything else that is there. */
export function textIn(body: Record<string, unknown>, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalid({ [name]: 'Give a text.' });
  return value;
}
