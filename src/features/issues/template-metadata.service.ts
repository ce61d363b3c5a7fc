// Gives a new issue what its template names: labels that exist, and people who may be assigned, whoever opens it.
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { findUserByName } from '../users/users.service.ts';
import { assignableAmong, MOST_ASSIGNEES } from './assignees.service.ts';
import type { IssueChange } from './issues.types.ts';
import { labelsNamed } from './labels.service.ts';
import { applyMetadata, type Metadata } from './metadata.service.ts';
import type { IssueTemplate } from './templates.types.ts';

/** What a template gives, to be run in the transaction that opens the issue; `chosen` is what its author chose besides. */
export async function metadataOfTemplate(
  app: App,
  open: OpenRepository,
  template: Pick<IssueTemplate, 'labels' | 'assignees'> | undefined,
  chosen: Metadata = {},
): Promise<(change: IssueChange) => Promise<void>> {
  const labels = template ? await labelsNamed(app, open, template.labels) : [];
  const named = await peopleNamed(app, template?.assignees ?? []);
  return async (change) => {
    const assignable = await assignableAmong(app, open, change.issue, named, change.tx);
    const labelIds = [...new Set([...(chosen.labelIds ?? []), ...labels.map(({ id }) => id)])];
    const assigneeIds = [...new Set([...(chosen.assigneeIds ?? []), ...assignable])].slice(0, MOST_ASSIGNEES);
    await applyMetadata(change, app, open, {
      ...chosen,
      ...(labelIds.length > 0 ? { labelIds } : {}),
      ...(assigneeIds.length > 0 ? { assigneeIds } : {}),
    });
  };
}

async function peopleNamed(app: App, names: readonly string[]): Promise<number[]> {
  const wanted = names.slice(0, MOST_ASSIGNEES).map((name) => name.replace(/^@/, ''));
  const people = await Promise.all(wanted.map((name) => findUserByName(app, name)));
  return people.flatMap((person) => (person?.kind === 'user' || person?.kind === 'bot' ? [person.id] : []));
}
