// Makes a database full of issues and comments for measuring: the same for the same options, whatever the machine.
// node scripts/make-issues.ts --data /tmp/issues [--issues 1000000] [--comments 5000000] [--seed 1] [--url postgres://…]
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { dataPaths } from '../src/platform/config/data-directory.ts';
import { dialectOfUrl } from '../src/platform/db/database-url.ts';
import { useDialect } from '../src/platform/db/dialect.ts';
import { silentLog } from '../src/platform/observability/log.ts';
import { writeIssues } from './corpus/issue-rows.ts';
import { type IssuesSize, planIssues } from './corpus/issues.ts';
import { postgresSink, sqliteSink } from './corpus/sinks.ts';

export interface IssuesPlace {
  /** The data directory, which holds the database on SQLite. */
  data: string;
  /** Of a PostgreSQL database; empty for SQLite. */
  url: string;
}

/** Migrates the database of a place and fills it. */
export async function makeIssues({ data, url }: IssuesPlace, size: IssuesSize): Promise<void> {
  mkdirSync(data, { recursive: true });
  const paths = dataPaths(data);
  mkdirSync(paths.repositories, { recursive: true, mode: 0o700 });
  useDialect(dialectOfUrl(url));
  const { openDb } = await import('../src/platform/db/open-db.ts');
  const { tieToDirectory } = await import('../src/platform/db/instance-id.ts');
  const db = await openDb({ url, pool_size: 2 }, paths, silentLog());
  // While it is empty: later it would be taken for one whose repositories are elsewhere.
  await tieToDirectory(db, paths);
  await db.close();
  const began = performance.now();
  const tell = (what: string) =>
    console.log(`     ${Math.round((performance.now() - began) / 1000)} s: ${what}`);
  const plan = planIssues(size);
  const sink = url === '' ? sqliteSink(paths.database) : await postgresSink(new URL(url));
  await writeIssues(plan, sink, tell);
  tell('the last rows and statistics');
  await sink.finish();
  tell('done');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      url: { type: 'string', default: '' },
      issues: { type: 'string', default: '1000000' },
      comments: { type: 'string', default: '5000000' },
      seed: { type: 'string', default: '1' },
    },
  });
  if (values.data === undefined) throw new Error('Say where with --data.');
  const size = {
    issues: Number(values.issues),
    comments: Number(values.comments),
    seed: Number(values.seed),
  };
  await makeIssues({ data: resolve(values.data), url: values.url }, size);
}

if (process.argv[1] && resolve(process.argv[1]) === import.meta.filename) await main();
