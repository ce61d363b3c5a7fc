// What the scenarios of notifications share: repositories, people in every role, and who was told of what.
import { SYSTEM, type UserActor } from '../../../src/base/actor.ts';
import { addComment } from '../../../src/features/issues/comments.service.ts';
import { createIssue } from '../../../src/features/issues/issues.service.ts';
import type { EntryRow, IssueRow } from '../../../src/features/issues/issues.types.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import type { GivenPermission, OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { watchRepository } from '../../../src/features/repos/watches.service.ts';
import type { WatchedKind, WatchLevel } from '../../../src/platform/db/tables/notifications.ts';
import { notifications } from '../../../src/platform/db/tables/notifications.ts';
import { users } from '../../../src/platform/db/tables/users.ts';
import type { TestApp } from '../../support/test-app.ts';

export interface Site {
  t: TestApp;
  /** The repository `owner/name` as somebody opens it. */
  open(path: string, by?: UserActor): Promise<OpenRepository>;
  makeRepository(owner: string, name: string, visibility?: string): Promise<OpenRepository>;
  give(path: string, name: string, permission: GivenPermission): Promise<void>;
  watch(path: string, name: string, level: WatchLevel, kinds?: WatchedKind[]): Promise<void>;
  issue(path: string, by: string, title?: string, body?: string): Promise<IssueRow>;
  comment(path: string, by: string, issue: IssueRow, body: string): Promise<EntryRow>;
  /** Runs what waits, and says who was told of an issue (or release) why, e.g. `bob: mention unread`. */
  told(subjectId: number): Promise<string[]>;
}

/** The scenario over an application. */
export function siteOf(t: TestApp): Site {
  const site: Site = {
    t,
    open(path, by) {
      const [owner = '', name = ''] = path.split('/');
      return openRepository(t.app, by ?? SYSTEM, owner, name, 'repository:see');
    },
    async makeRepository(owner, name, visibility = 'public') {
      const actor = await t.actor(owner);
      await createRepository(t.app, actor, parseNewRepository({ name, visibility }));
      return site.open(`${owner}/${name}`, actor);
    },
    async give(path, name, permission) {
      await t.actor(name);
      await giveAccess(t.app, SYSTEM, await site.open(path), { username: name, permission });
    },
    async watch(path, name, level, kinds = []) {
      const actor = await t.actor(name);
      await watchRepository(t.app, actor, await site.open(path, actor), { level, kinds });
    },
    async issue(path, by, title = 'A title', body = 'A text.') {
      const actor = await t.actor(by);
      return createIssue(t.app, actor, await site.open(path, actor), { title, body });
    },
    async comment(path, by, issue, body) {
      const actor = await t.actor(by);
      return addComment(t.app, actor, await site.open(path, actor), issue, body);
    },
    async told(subjectId) {
      await t.app.jobs.drain();
      const names = new Map((await t.app.db.read.select().from(users)).map((row) => [row.id, row.name]));
      const rows = await t.app.db.read.select().from(notifications);
      return rows
        .filter((row) => row.subjectId === subjectId)
        .map((row) => `${names.get(row.userId)}: ${row.reason} ${row.state}`)
        .sort();
    },
  };
  return site;
}
