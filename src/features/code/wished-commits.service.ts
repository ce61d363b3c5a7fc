// Commits as callers of the API wish them: on which branch, by whom, of when, with which message.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { Commit, Signature } from '../../platform/git/git.types.ts';
import type { TreeChange } from '../../platform/git/write-commit.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { authorOf, messageOf } from './commit-authors.service.ts';
import type { CommitWishes } from './contents-writing.input.ts';
import { type Committed, commitChanges } from './web-commits.service.ts';

export interface Wished {
  wishes: CommitWishes;
  /** What the branch holds; undefined before its first commit. */
  tip: Commit | undefined;
  changes: readonly TreeChange[];
  /** The message where none was given. */
  fallback: string;
}

/** Commits changes as they were wished. Throws what `commitChanges` throws. */
export async function commitAsWished(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { wishes, tip, changes, fallback }: Wished,
): Promise<Committed> {
  const branch = wishes.branch ?? open.repository.defaultBranch;
  const person = await authorOf(app, actor);
  const author = named(wishes.author, person, wishes.dates?.author);
  const committer = named(wishes.committer, person, wishes.dates?.committer);
  const typed = { ...split(withBody(wishes.message ?? '') || fallback), signsOff: wishes.signoff === true };
  return commitChanges(app, actor, open, {
    ...{ branch, base: tip?.oid, changes, author, committer },
    newBranch: wishes.new_branch === branch ? undefined : wishes.new_branch,
    message: messageOf(typed, fallback, author),
  });
}

function withBody(message: string): string {
  return message.replace(/\r\n?/g, '\n').trim();
}

function split(message: string): { summary: string; description: string } {
  const end = message.indexOf('\n');
  if (end < 0) return { summary: message, description: '' };
  return { summary: message.slice(0, end), description: message.slice(end + 1) };
}

function named(
  { name, email }: { name?: string | undefined; email?: string | undefined },
  person: Signature,
  at: string | null | undefined,
): Signature {
  const when = at ? { time: Date.parse(at), offset: offsetOf(at) } : {};
  return { ...person, ...when, ...(name ? { name } : {}), ...(email ? { email } : {}) };
}

/** Minutes east of UTC that a time of RFC 3339 ends with. */
function offsetOf(time: string): number {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(time) ?? [];
  const offset = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === '-' ? -offset : offset;
}
