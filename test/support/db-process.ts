// Another process on a test's database: `node db-process.ts <action> <place as JSON>`. Talks by lines on stdout.
import { openDb } from '../../src/platform/db/open-db.ts';
import { silentLog } from '../../src/platform/observability/log.ts';
import type { Place } from './database.ts';

const [action, place] = process.argv.slice(2);

async function main(): Promise<void> {
  const { config, paths } = JSON.parse(place ?? '') as Place;
  const db = await openDb(config, paths, silentLog());
  if (action === 'write') await writeUntilKilled(db);
  await db.close();
  console.log('closed');
}

/** Each transaction writes three rows with a pause between them, and is named on stdout once it is committed. */
async function writeUntilKilled(db: Awaited<ReturnType<typeof openDb>>): Promise<never> {
  const { events } = await import('../../src/platform/db/tables/platform.ts');
  for (let turn = 0; ; turn += 1) {
    await db.write(async (tx) => {
      for (const createdAt of [1, 2, 3]) {
        await tx.insert(events).values({ kind: `turn ${turn}`, data: {}, createdAt });
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    });
    process.stdout.write(`${turn}\n`);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
