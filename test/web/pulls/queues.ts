// What scenarios of the merge queue share: a rule that asks for one, and checks that say something of a commit.
import { eq } from 'drizzle-orm';
import { setStatus } from '../../../src/features/code/statuses.service.ts';
import type { StatusState } from '../../../src/features/code/statuses.types.ts';
import type { Pull, QueueGroupRow } from '../../../src/features/pulls/pulls.types.ts';
import { enqueuePull } from '../../../src/features/pulls/queue.service.ts';
import { listGroups } from '../../../src/features/pulls/queue.store.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { insertRuleSet } from '../../../src/features/rules/rules.store.ts';
import type { QueueRule, Rules } from '../../../src/features/rules/rules.types.ts';
import { issueEntries } from '../../../src/platform/db/tables/issues.ts';
import type { ManualClock } from '../../support/manual-clock.ts';
import type { TestApp } from '../../support/test-app.ts';
import type { Workshop } from './proposals.ts';

export const QUEUE: QueueRule = { style: 'merge', batch: 1, atOnce: 3, timeoutMinutes: 60 };

/** `main`, unless another branch is named, is merged into by a queue, which asks for the check `ci`. */
export async function withQueue(
  t: TestApp,
  shop: Workshop,
  queue: Partial<QueueRule> = {},
  rules: Rules = { checks: { contexts: ['ci'], strict: false } },
  branch = 'main',
): Promise<void> {
  const now = t.app.clock.now();
  await t.app.db.write((tx) =>
    insertRuleSet(tx, {
      repositoryId: shop.open.repository.id,
      name: `Queue of ${branch}`,
      target: 'branch',
      isActive: true,
      document: {
        include: [branch],
        exclude: [],
        bypass: [],
        rules: { ...rules, queue: { ...QUEUE, ...queue } },
      },
      createdAt: now,
      updatedAt: now,
    }),
  );
}

/** A check says something of a commit; what follows has run. */
export async function say(
  t: TestApp,
  shop: Workshop,
  oid: string,
  state: StatusState,
  context = 'ci',
): Promise<void> {
  const writer = await t.actor('writer');
  await setStatus(t.app, writer, shop.open, oid, { state, context, description: '', targetUrl: '' });
  await t.app.jobs.drain();
}

/** Changes one file by a branch and a pull request whose own checks have passed. */
export async function change(
  t: TestApp,
  shop: Workshop,
  branch: string,
  files: Record<string, string>,
): Promise<Pull> {
  const oid = await shop.commit(branch, files);
  const pull = await shop.propose(branch);
  await say(t, shop, oid, 'success');
  return pull;
}

/** Puts pull requests into the queue, in this order, and lets it look at them. */
export async function enqueue(
  t: TestApp,
  shop: Workshop,
  clock: ManualClock,
  ...pulls: Pull[]
): Promise<void> {
  const writer = await t.actor('writer');
  const open = await openRepository(t.app, writer, 'ada', shop.open.repository.name, 'pulls:merge');
  for (const pull of pulls) await enqueuePull(t.app, writer, open, await shop.again(pull));
  clock.advance(2000);
  await t.app.jobs.drain();
}

/** The groups of the queue of `main`, in their order. */
export async function groups(t: TestApp, shop: Workshop): Promise<QueueGroupRow[]> {
  return listGroups(t.app.db.read, { repositoryId: shop.open.repository.id, branch: 'main' });
}

/** What `main` holds, by path. */
export async function filesOf(t: TestApp, shop: Workshop): Promise<string[]> {
  const { stdout } = await t.app.git.run(['ls-tree', '-r', '--name-only', 'refs/heads/main'], {
    dir: shop.open.dir,
  });
  return stdout.toString('utf8').split('\n').filter(Boolean);
}

/** The entries of a timeline, the oldest first. */
export async function entriesOf(t: TestApp, issueId: number): Promise<{ kind: string; data: unknown }[]> {
  return t.app.db.read
    .select()
    .from(issueEntries)
    .where(eq(issueEntries.issueId, issueId))
    .orderBy(issueEntries.id);
}
