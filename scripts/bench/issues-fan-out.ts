// How long pages of the executable take while it tells ten thousand watchers of one new issue.
import type http from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { count, eq } from 'drizzle-orm';
import type { App } from '../../src/platform/app.types.ts';
import { timePage } from './measure.ts';

const AT_ONCE = 500;
/** An event waits for the next look of the process that handles it, then everybody is told. */
const LIMIT_MS = 180_000;

export interface FanOut {
  told: number;
  /** From the first who was told to the last. */
  tookMs: number;
  /** Of pages that were asked for meanwhile. */
  times: number[];
}

/** Lets people watch a repository, makes something happen there, and asks for a page until all were told; takes them away again. */
export async function timeFanOut(
  app: App,
  { repositoryId, watchers, happen }: { repositoryId: number; watchers: number; happen(): Promise<unknown> },
  { agent, page }: { agent: http.Agent; page: string },
): Promise<FanOut> {
  const { notifications, repositoryWatches } = await import('../../src/platform/db/tables/notifications.ts');
  const clear = () =>
    app.db.write(async (tx) => {
      await tx.delete(notifications).where(eq(notifications.repositoryId, repositoryId));
      await tx.delete(repositoryWatches).where(eq(repositoryWatches.repositoryId, repositoryId));
    });
  const told = async () => {
    const [row] = await app.db.read
      .select({ told: count() })
      .from(notifications)
      .where(eq(notifications.repositoryId, repositoryId));
    return row?.told ?? 0;
  };
  await clear();
  for (let from = 1; from <= watchers; from += AT_ONCE)
    await app.db.write((tx) =>
      tx.insert(repositoryWatches).values(
        Array.from({ length: Math.min(AT_ONCE, watchers - from + 1) }, (_, i) => ({
          ...{ userId: from + i, repositoryId, level: 'all' as const, kinds: [], createdAt: app.clock.now() },
        })),
      ),
    );
  await happen();
  const until = performance.now() + LIMIT_MS;
  let [began, now] = [0, 0];
  const times: number[] = [];
  // Whoever made it happen is not told.
  while (now < watchers - 1 && performance.now() < until) {
    const ms = await timePage(agent, page);
    now = await told();
    if (now > 0) times.push(ms);
    if (now > 0 && began === 0) began = performance.now();
    await sleep(10);
  }
  const tookMs = performance.now() - began;
  await clear();
  return { told: now, tookMs, times };
}
