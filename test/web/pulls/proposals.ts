// What scenarios of pull requests share: a repository with people in every role, branches with commits, and pull requests of them.
import type { Actor } from '../../../src/base/actor.ts';
import { createPull, type NewPull } from '../../../src/features/pulls/create-pull.service.ts';
import { requirePull } from '../../../src/features/pulls/pulls.service.ts';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import { forkRepository } from '../../../src/features/repos/forks.service.ts';
import { changeRefs } from '../../../src/features/repos/ref-changes.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import type { TestApp, Visitor } from '../../support/test-app.ts';

let number = 0;

export const ROLES = ['reader', 'triager', 'writer', 'maintainer', 'boss'] as const;
const GIVEN = {
  reader: 'read',
  triager: 'triage',
  writer: 'write',
  maintainer: 'maintain',
  boss: 'admin',
} as const;

/** Paths with their whole content; null removes one. */
export type Files = Record<string, string | null>;

export interface Workshop {
  /** As `ada`, who owns it. */
  open: OpenRepository;
  people: Record<(typeof ROLES)[number] | 'ada' | 'stranger', Visitor>;
  /** Puts a commit on top of a branch, made from `main` where it does not exist, as a push; returns its id. */
  commit(branch: string, files: Files, more?: CommitMore): Promise<string>;
  /** Opens a pull request of a branch into `main`, as `ada` unless somebody else is named; its jobs have run. */
  propose(branch: string, more?: Partial<NewPull> & { by?: string }): Promise<Pull>;
  /** The pull request as it is now. */
  again(pull: Pull): Promise<Pull>;
}

export interface CommitMore {
  /** The first line and whatever follows. */
  message?: string;
  /** Whose name the push has; `ada` unless said. */
  by?: string;
  /** What it goes on top of instead of the branch's tip: a rewritten branch. */
  onto?: string;
  /** Another repository than the workshop's, e.g. a fork. */
  at?: OpenRepository;
}

/** A repository of `ada` with a README on `main`, and people in every role. */
export async function makeWorkshop(
  t: TestApp,
  {
    visibility = 'public',
    files = { 'README.md': '# Workshop\n' },
  }: { visibility?: string; files?: Files } = {},
): Promise<Workshop> {
  number += 1;
  const ada = await t.actor('ada');
  const name = `workshop${number}`;
  await createRepository(t.app, ada, parseNewRepository({ name, visibility }));
  let open = await openRepository(t.app, ada, 'ada', name, 'code:write');
  for (const role of ROLES) {
    await t.actor(role);
    await giveAccess(t.app, ada, open, { username: role, permission: GIVEN[role] });
  }
  await commitTo(t, open, 'main', files, { message: 'Begin' });
  open = await openRepository(t.app, ada, 'ada', name, 'code:write');
  const people = {
    ada: await t.as('ada'),
    reader: await t.as('reader'),
    triager: await t.as('triager'),
    writer: await t.as('writer'),
    maintainer: await t.as('maintainer'),
    boss: await t.as('boss'),
    stranger: await t.as('stranger'),
  };
  return {
    open,
    people,
    commit: (branch, changed, more = {}) => commitTo(t, more.at ?? open, branch, changed, more),
    propose: (branch, more = {}) => propose(t, open, branch, more),
    again: ({ issue }) => requirePull(t.app, open, issue.number),
  };
}

/** A fork of an opened repository by somebody, opened by them. */
export async function forkBy(t: TestApp, open: OpenRepository, name: string): Promise<OpenRepository> {
  const actor = await t.actor(name);
  const seen = await openRepository(t.app, actor, open.owner.name, open.repository.name, 'code:read');
  const owner = { owner: name, name: open.repository.name, defaultBranchOnly: false };
  const fork = await forkRepository(t.app, actor, seen, owner as Parameters<typeof forkRepository>[3]);
  return openRepository(t.app, actor, name, fork.name, 'code:write');
}

async function propose(
  t: TestApp,
  open: OpenRepository,
  branch: string,
  { by = 'ada', ...more }: Partial<NewPull> & { by?: string },
): Promise<Pull> {
  const actor = await t.actor(by);
  const seen = await openRepository(t.app, actor, open.owner.name, open.repository.name, 'pulls:create');
  const input = {
    base: 'main',
    head: { open: seen, branch },
    title: `Change by ${branch}`,
    body: '',
    ...more,
  };
  const { issue } = await createPull(t.app, actor, seen, input);
  await t.app.jobs.drain();
  return requirePull(t.app, open, issue.number);
}

/** Makes a commit of some changed files with git itself and moves the branch as a push does. */
export async function commitTo(
  t: TestApp,
  open: OpenRepository,
  branch: string,
  files: Files,
  { message = `Change ${branch}`, by = open.owner.name, onto }: CommitMore = {},
): Promise<string> {
  const actor = await t.actor(by);
  const tip = await t.app.git.ref(open.dir, `refs/heads/${branch}`);
  const parent = onto ?? tip ?? (await t.app.git.ref(open.dir, 'refs/heads/main'));
  const newOid = await writeCommit(t, open, parent, files, { message, actor });
  const oldOid = tip ?? '0'.repeat(newOid.length);
  await changeRefs(t.app, actor, open, { updates: [{ ref: `refs/heads/${branch}`, oldOid, newOid }] });
  await t.app.jobs.drain();
  return newOid;
}

/** Makes a commit that no ref points at; returns its id. */
export async function writeCommit(
  t: TestApp,
  open: OpenRepository,
  parent: string | undefined,
  files: Files,
  { message, actor }: { message: string; actor: Actor },
): Promise<string> {
  const index = `${t.directory}/index-${Math.random().toString(36).slice(2)}`;
  const person = actor.kind === 'user' ? actor.name : 'somebody';
  const env = {
    GIT_INDEX_FILE: index,
    GIT_AUTHOR_NAME: person,
    GIT_AUTHOR_EMAIL: `${person}@example.org`,
    GIT_COMMITTER_NAME: person,
    GIT_COMMITTER_EMAIL: `${person}@example.org`,
  };
  const run = async (args: string[], input?: string) => {
    const { stdout } = await t.app.git.run(args, {
      dir: open.dir,
      env,
      ...(input === undefined ? {} : { input }),
    });
    return stdout.toString('latin1').trim();
  };
  if (parent !== undefined) await run(['read-tree', parent]);
  for (const [path, content] of Object.entries(files)) {
    if (content === null) await run(['update-index', '--index-info'], `0 ${'0'.repeat(40)}\t${path}\n`);
    else {
      const blob = await run(['hash-object', '-w', '--stdin'], content);
      await run(['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`]);
    }
  }
  const tree = await run(['write-tree']);
  return run(
    ['commit-tree', tree, ...(parent === undefined ? [] : ['-p', parent]), '-F', '-'],
    `${message}\n`,
  );
}
