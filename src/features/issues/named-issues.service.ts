// Issues as people write them down: `#12`, `owner/name#12`, or an address.
import type { Actor } from '../../base/actor.ts';
import { invalid, isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { openRepository } from '../repos/access.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { readsKind } from './issues.policy.ts';
import { findIssueByNumber } from './issues.store.ts';
import type { IssueRow } from './issues.types.ts';

/** Longer ones are no address of ours. */
const LONGEST = 500;
const WRITTEN = /^(?:([^/\s#]+)\/([^/\s#]+))?#?([1-9]\d{0,8})$/;
const ADDRESS = /^\/([^/\s]+)\/([^/\s]+)\/(?:issues|pull|pulls)\/([1-9]\d{0,8})(?:[#?]\S*)?$/;

export interface NamedIssue {
  open: Pick<OpenRepository, 'repository' | 'owner' | 'path' | 'permission' | 'units'>;
  issue: IssueRow;
}

/**
 * The issue that a text names, if the actor may read it; throws AppError invalid on `field`, also for what they may not see.
 * Pull requests are none: they neither wait for issues nor are parts or duplicates of them.
 */
export async function requireNamedIssue(
  app: App,
  actor: Actor,
  open: OpenRepository,
  text: string,
  field: string,
): Promise<NamedIssue> {
  const named = parseNamed(app, text);
  if (!named) throw invalid({ [field]: 'Name an issue by its number, such as #12, or by its address.' });
  const found = await findNamedIssue(app, actor, open, named);
  if (!found) throw invalid({ [field]: 'There is no such issue.' });
  if (found.issue.isPull) throw invalid({ [field]: 'This is a pull request: name an issue.' });
  return found;
}

interface Named {
  owner: string | undefined;
  name: string | undefined;
  number: number;
}

function parseNamed(app: App, text: string): Named | undefined {
  const trimmed = text.trim();
  if (trimmed.length > LONGEST) return undefined;
  const site = app.publicUrl();
  const local = trimmed.startsWith(`${site}/`) ? trimmed.slice(site.length) : trimmed;
  const match = ADDRESS.exec(local) ?? WRITTEN.exec(local);
  return match ? { owner: match[1], name: match[2], number: Number(match[3]) } : undefined;
}

async function findNamedIssue(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { owner, name, number }: Named,
): Promise<NamedIssue | undefined> {
  const there = owner && name ? await openedOrNot(app, actor, owner, name) : open;
  const issue = there && (await findIssueByNumber(app.db.read, there.repository.id, number));
  return issue && readsKind(there, issue) ? { open: there, issue } : undefined;
}

async function openedOrNot(
  app: App,
  actor: Actor,
  owner: string,
  name: string,
): Promise<OpenRepository | undefined> {
  try {
    return await openRepository(app, actor, owner, name, 'conversations:read');
  } catch (error) {
    if (isAppError(error, 'not_found', 'forbidden', 'unauthenticated')) return undefined;
    throw error;
  }
}
