// How quickly the dashboard comes among 1,000,000 events, 100,000 repositories and 10,000 people, from the executable.
// Alone: node scripts/bench/dashboard.ts
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { type Random, startRandom } from '../corpus/random.ts';
import { quantile } from './measure.ts';
import { openReport, type Report } from './report.ts';
import { admin, cpuMs, startServer } from './server.ts';

const PEOPLE = 10_000;
const REPOSITORIES = 100_000;
const ISSUES = 100_000;
const EVENTS = 1_000_000;
const VISITORS = 200;
const SEED = 7;
const HOUR = 3_600_000;

/** Who does much, and whose feed is drawn from most sources: the account with this id. */
const BUSY = 2;

/** Fills a data directory of its own, and asks for the dashboards of the busiest person and of others. */
export async function measureDashboard(report: Report, quick: boolean): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'och-dashboard-'));
  try {
    admin(
      data,
      'admin',
      'user',
      'create',
      '--username',
      'first',
      '--email',
      'first@example.org',
      '--random-password',
    );
    fill(join(data, 'opencodehub.db'));
    await measureIn(report, data, quick ? 100 : 400);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

async function measureIn(report: Report, data: string, visits: number): Promise<void> {
  const server = await startServer(data);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const others = Array.from({ length: VISITORS - 1 }, (_, index) => BUSY + 1 + index);
  const visit = (userId: number, path = '/') => timeVisit(agent, server.url + path, userId);
  try {
    for (const userId of [BUSY, ...others.slice(0, 20)]) await visit(userId);
    const judge = async (who: string, count: number, next: (turn: number) => Promise<number>) => {
      const times: number[] = [];
      const before = cpuMs(server.pid);
      for (let turn = 0; turn < count; turn++) times.push(await next(turn));
      const cpu = (cpuMs(server.pid) - before) / count;
      const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
      const what = `dashboard ${who}, 1,000,000 events, p50 of ${count}`;
      const measured = `${p50.toFixed(1)} ms (p99 ${p99.toFixed(1)} ms; ${cpu.toFixed(1)} ms of CPU each)`;
      report.judge(what, measured, '<= 30 ms', p50 <= 30);
    };
    await judge('of anybody', visits, (turn) => visit(others[turn % others.length] ?? BUSY));
    await judge('of the busiest (900 followed, 1,900 repositories)', visits, () => visit(BUSY));
    await judge('as Atom, of the busiest', visits / 4, () => visit(BUSY, `/person-${BUSY}.atom`));
    await judge('of a repository alone', visits / 4, () =>
      visit(BUSY, `/person-${BUSY}/repository-100/activity`),
    );
    await judge('of the busiest, deep in the past', visits / 4, (turn) =>
      visit(BUSY, `/?before=${EVENTS / 2 - turn * 1000}`),
    );
  } finally {
    agent.destroy();
    await server.stop();
  }
}

function timeVisit(agent: http.Agent, url: string, userId: number): Promise<number> {
  return new Promise((done, fail) => {
    const began = performance.now();
    const headers = { cookie: `session=${tokenOf(userId)}` };
    const request = http.get(url, { agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => {
        const lines = text.split(/class="feed-line"|<entry>/).length - 1;
        if (answer.statusCode === 200 && lines > 0) done(performance.now() - began);
        else fail(new Error(`${url} answered ${answer.statusCode} with ${lines} events`));
      });
    });
    request.on('error', fail);
  });
}

function tokenOf(userId: number): string {
  return createHash('sha256').update(`${SEED} ${userId}`).digest('base64url');
}

type Insert = (table: string, row: Record<string, unknown>) => void;

/** Rows in bulk by SQL: the program would take hours. */
function fill(path: string): void {
  const random = startRandom(SEED);
  const db = new Database(path);
  db.pragma('foreign_keys = OFF');
  const statements = new Map<string, Database.Statement>();
  const insert: Insert = (table, row) => {
    const names = Object.keys(row);
    const text = `insert or ignore into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`;
    const statement = statements.get(text) ?? db.prepare(text);
    statements.set(text, statement);
    statement.run(...Object.values(row));
  };
  const start = Date.now() - 365 * 24 * HOUR;
  db.transaction(() => {
    for (let id = 2; id <= PEOPLE; id++) fillPerson(insert, random, id, start);
    for (let id = 1; id <= REPOSITORIES; id++) fillRepository(insert, random, id, start);
    for (let id = 1; id <= ISSUES; id++) fillIssue(insert, random, id, start);
    for (let id = 1; id <= EVENTS; id++) fillEvent(insert, random, id, start);
  })();
  db.exec('analyze');
  db.close();
}

function fillPerson(insert: Insert, random: Random, id: number, at: number): void {
  const name = `person-${id}`;
  const email = `${name}@example.org`;
  insert('users', {
    ...{ id, kind: 'user', name, name_key: name, display_name: '', email, email_key: email },
    ...{ is_admin: 0, is_suspended: 0, created_at: at, updated_at: at },
  });
  for (let i = id === BUSY ? 900 : random.below(40); i > 0; i--) {
    insert('follows', { follower_id: id, followed_id: 2 + random.below(PEOPLE - 1), created_at: at + i });
  }
  const starred = id === BUSY ? 900 : random.below(40);
  for (let i = starred; i > 0; i--) {
    insert('stars', { user_id: id, repository_id: skewed(random, REPOSITORIES), created_at: at + i });
  }
  if (id >= BUSY + VISITORS) return;
  const now = Date.now();
  insert('sessions', {
    ...{
      user_id: id,
      token_hash: createHash('sha256').update(tokenOf(id)).digest('hex'),
      address: '127.0.0.1',
    },
    ...{
      user_agent: 'bench',
      created_at: now,
      last_used_at: now,
      expires_at: now + 24 * HOUR,
      proven_at: now,
    },
  });
}

function fillRepository(insert: Insert, random: Random, id: number, at: number): void {
  const owner_id = id % 100 === 0 ? BUSY : 2 + random.below(PEOPLE - 1);
  const name = `repository-${id}`;
  insert('repositories', {
    ...{
      id,
      owner_id,
      name,
      name_key: name,
      description: 'What it is for.',
      website: '',
      default_branch: 'main',
    },
    ...{ visibility: random.pick(['private', 'internal', 'public', 'public']), object_format: 'sha1' },
    ...{ storage_key: `${id}`.padStart(32, 'k'), is_empty: 1, size_bytes: 0, pushes_since_repack: 0 },
    ...{ created_at: at, updated_at: at + random.below(1_000_000_000) },
  });
  for (let i = random.below(3); i > 0; i--) {
    const user_id = 2 + random.below(PEOPLE - 1);
    insert('collaborators', { repository_id: id, user_id, permission: 'write', created_at: at });
  }
}

const OID = 'a1'.repeat(20);
const PUSH = JSON.stringify({ updates: [{ ref: 'refs/heads/main', oldOid: OID, newOid: 'b2'.repeat(20) }] });

/** Where each issue is, by its id. */
const PLACES = new Map<number, number>();

function fillIssue(insert: Insert, random: Random, id: number, at: number): void {
  const repository_id = skewed(random, REPOSITORIES);
  PLACES.set(id, repository_id);
  const author_id = 2 + random.below(PEOPLE - 1);
  insert('issues', {
    ...{ id, repository_id, number: id, is_pull: 0, author_id, title: `What is to be done about ${id}` },
    ...{ body: '', body_version: 0, state: 'open', parent_place: 0, comment_count: 1, reaction_count: 0 },
    ...{ created_at: at, updated_at: at },
  });
  insert('issue_entries', {
    ...{ id, issue_id: id, kind: 'comment', actor_id: author_id, data: '{}', body: 'So be it.' },
    ...{ body_version: 0, created_at: at },
  });
}

/** A tenth is of kinds that feeds leave out; a few repositories and people have most of the rest, and issues a third. */
function fillEvent(insert: Insert, random: Random, id: number, start: number): void {
  const created_at = start + id * 30_000;
  const actor_id = 1 + skewed(random, PEOPLE - 1);
  if (id % 10 === 0) {
    const data = JSON.stringify({ userId: actor_id, address: '127.0.0.1' });
    insert('events', { id, kind: 'user.signed_in', actor_id, repository_id: null, data, created_at });
    return;
  }
  if (id % 3 === 0) {
    const issueId = 1 + random.below(ISSUES);
    const kind = random.pick(['issue.opened', 'issue.commented', 'issue.commented', 'issue.labeled']);
    const data = JSON.stringify({ issueId, number: issueId, entryId: issueId, labelIds: [1] });
    insert('events', { id, kind, actor_id, repository_id: PLACES.get(issueId) ?? 1, data, created_at });
    return;
  }
  const kind = random.pick(['push', 'push', 'push', 'repository.starred', 'repository.updated']);
  const data = kind === 'push' ? PUSH : kind === 'repository.updated' ? '{"changes":["description"]}' : '{}';
  insert('events', { id, kind, actor_id, repository_id: skewed(random, REPOSITORIES), data, created_at });
}

/** In [1, most], small numbers much more often. */
function skewed(random: Random, most: number): number {
  return 1 + Math.floor(random.next() ** 3 * most);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const report = openReport();
  await measureDashboard(report, process.argv.includes('--quick'));
  process.exitCode = report.allMet() ? 0 : 1;
}
