// Lists, searches and pages of a million issues, on SQLite and on PostgreSQL: each in a process of its own, since tables
// are made for one engine. Alone: node scripts/bench/issues.ts [--quick] [--sqlite | --postgres]
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Engine, startPostgres } from '../../test/support/engines.ts';
import { VERSION } from '../corpus/issues.ts';
import { openReport, type Report } from './report.ts';

const SEED = 1;
/** Databases are kept here between runs. */
const KEPT = process.env.OPENCODEHUB_BENCH_CACHE ?? join(tmpdir(), 'och-bench-issues');

/** A file beside a database that was finished, with a digest of the tables it was made for. */
const MARK = 'made';

/** What the process of one engine prints, a line each. */
export interface Reading {
  what: string;
  measured: string;
  /** Undefined for what is told only. */
  bound?: string;
  met?: boolean;
}

/** Makes the databases that are missing, and measures each. */
export async function measureIssues(report: Report, quick: boolean): Promise<void> {
  const size = quick ? { issues: 100_000, comments: 500_000 } : { issues: 1_000_000, comments: 5_000_000 };
  const place = join(KEPT, `v${VERSION}-${SEED}-${size.issues}-${size.comments}`);
  if (!process.argv.includes('--postgres')) await measureOn(report, join(place, 'sqlite'), '', size);
  if (process.argv.includes('--sqlite')) return;
  const engine = await startPostgres(join(place, 'postgres-cluster'));
  try {
    await measureOn(
      report,
      join(place, 'postgres'),
      await databaseOn(engine, isMade(join(place, 'postgres'), 'postgres')),
      size,
    );
  } finally {
    await engine.stop();
  }
}

type Size = { issues: number; comments: number };

async function measureOn(report: Report, data: string, url: string, size: Size): Promise<void> {
  await makeOnce(data, url, size);
  const args = ['--data', data, '--url', url, '--issues', `${size.issues}`, '--comments', `${size.comments}`];
  await run(['scripts/bench/issues-on-engine.ts', ...args, '--seed', `${SEED}`], (line) => {
    const reading = readingOf(line);
    const name = `${url === '' ? 'SQLite' : 'PostgreSQL'}: ${reading?.what}`;
    if (!reading) console.log(line);
    else if (reading.bound === undefined) report.tell(name, reading.measured);
    else report.judge(name, reading.measured, reading.bound, reading.met === true);
  });
}

function readingOf(line: string): Reading | undefined {
  return line.startsWith('{"what"') ? (JSON.parse(line) as Reading) : undefined;
}

function isMade(data: string, engine: 'sqlite' | 'postgres'): boolean {
  try {
    return readFileSync(join(data, MARK), 'utf8') === tablesOf(engine);
  } catch {
    return false;
  }
}

function tablesOf(engine: 'sqlite' | 'postgres'): string {
  const digest = createHash('sha256');
  for (const path of globSync(`src/platform/db/migrations/${engine}/*.sql`).sort())
    digest.update(readFileSync(path));
  return digest.digest('hex');
}

/** A database that was not finished, or for other tables, is made anew. */
async function makeOnce(data: string, url: string, { issues, comments }: Size): Promise<void> {
  const engine = url === '' ? 'sqlite' : 'postgres';
  if (isMade(data, engine)) return;
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  const size = ['--issues', `${issues}`, '--comments', `${comments}`, '--seed', `${SEED}`];
  console.log(`     making ${issues} issues in ${data}`);
  await run(['scripts/make-issues.ts', '--data', data, '--url', url, ...size], (line) => console.log(line));
  writeFileSync(join(data, MARK), tablesOf(engine));
}

/** One that was not finished is made anew. */
async function databaseOn({ url }: Engine, isMade: boolean): Promise<string> {
  const { Client } = (await import('pg')).default;
  const of = new URL(url);
  const client = new Client({
    host: of.searchParams.get('socket') ?? '',
    user: of.username,
    database: 'postgres',
  });
  await client.connect();
  if (!isMade) {
    await client.query('drop database if exists issues');
    await client.query('create database issues');
  }
  await client.end();
  of.pathname = '/issues';
  return of.href;
}

async function run(args: string[], onLine: (line: string) => void): Promise<void> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface({ input: child.stdout }).on('line', onLine);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const report = openReport();
  await measureIssues(report, process.argv.includes('--quick'));
  process.exitCode = report.allMet() ? 0 : 1;
}
