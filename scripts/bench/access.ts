// How long one access check and one page of a list take among 100,000 repositories, 10,000 people and 1,000 teams.
// Alone: node scripts/bench/access.ts
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { type Actor, ANONYMOUS, type UserActor } from '../../src/base/actor.ts';
import { listRepositories } from '../../src/features/repos/lists.store.ts';
import { requireAbility, viewerOf } from '../../src/features/repos/repos.policy.ts';
import { findLiveById } from '../../src/features/repos/repos.store.ts';
import type { RepositorySummary } from '../../src/features/repos/repos.types.ts';
import type { Reader } from '../../src/platform/db/db.types.ts';
import { openDb } from '../../src/platform/db/open-db.ts';
import { silentLog } from '../../src/platform/observability/log.ts';
import { type Random, startRandom } from '../corpus/random.ts';
import { quantile } from './measure.ts';
import { openReport, type Report } from './report.ts';

const PEOPLE = 10_000;
const ORGANIZATIONS = 200;
const TEAMS = 1_000;
const REPOSITORIES = 100_000;
const AT = 1_700_000_000_000;
const SEED = 3;
const PAGE = 31;

/** Fills a database of its own, and measures checks and lists as different people. */
export async function measureAccess(report: Report, quick: boolean): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'och-access-'));
  try {
    await measureIn(report, join(folder, 'access.db'), quick);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureIn(report: Report, path: string, quick: boolean): Promise<void> {
  const config = { url: '', pool_size: 1 };
  const log = silentLog();
  await (await openDb(config, { database: path }, log)).close();
  fill(path);
  const db = await openDb(config, { database: path }, log);
  try {
    await measureChecks(report, db.read, quick ? 5_000 : 20_000);
    await measureLists(report, db.read, quick ? 100 : 300);
  } finally {
    await db.close();
  }
}

async function measureChecks(report: Report, reader: Reader, checks: number): Promise<void> {
  const random = startRandom(SEED + 1);
  const found = await sampleRepositories(reader, random, 2_000);
  const actors = Array.from({ length: 500 }, () => person(1 + random.below(PEOPLE)));
  for (const kind of ['organization', 'user'] as const) {
    const ofKind = found.filter(({ ownerKind }) => ownerKind === kind);
    const times: number[] = [];
    for (let i = 0; i < checks; i++) {
      const [actor, owned] = [random.pick(actors), random.pick(ofKind)];
      const began = performance.now();
      await requireAbility(reader, actor, owned, 'code:read').catch(() => undefined);
      times.push(performance.now() - began);
    }
    const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
    const what = `access check, repository of ${kind === 'user' ? 'a person' : 'an organization'}, p50 of ${checks}`;
    report.judge(what, `${p50.toFixed(3)} ms (p99 ${p99.toFixed(3)} ms)`, '<= 0.2 ms', p50 <= 0.2);
  }
}

async function sampleRepositories(
  reader: Reader,
  random: Random,
  count: number,
): Promise<RepositorySummary[]> {
  const found: RepositorySummary[] = [];
  while (found.length < count) {
    const row = await findLiveById(reader, 1 + random.below(REPOSITORIES));
    if (row) found.push(row);
  }
  return found;
}

async function measureLists(report: Report, reader: Reader, pages: number): Promise<void> {
  const random = startRandom(SEED + 2);
  const somebody = () => person(1 + random.below(PEOPLE));
  const restricted = (): UserActor => ({ ...somebody(), isRestricted: true });
  const cases: Record<string, Case> = {
    'explore, signed out': () => ({ actor: ANONYMOUS }),
    'explore, signed in': () => ({ actor: somebody() }),
    'explore, restricted': () => ({ actor: restricted() }),
    'explore, administrator': () => ({ actor: { ...somebody(), isAdmin: true } }),
    "a person's page": () => ({ actor: somebody(), ownerId: 1 + random.below(PEOPLE) }),
    "an organization's page": () => ({
      actor: somebody(),
      ownerId: PEOPLE + 1 + random.below(ORGANIZATIONS),
    }),
    'my repositories': () => {
      const actor = somebody();
      return { actor, memberId: actor.userId };
    },
  };
  const worst: Case = () => ({ actor: somebody(), words: 'no-such-name' });
  for (const [name, make] of Object.entries(cases)) {
    const times = await timeLists(reader, make, pages);
    const p50 = quantile(times, 0.5);
    report.judge(`list of repositories: ${name}, p50`, shown(times), '<= 30 ms', p50 <= 30);
  }
  const times = await timeLists(reader, worst, pages);
  report.tell('list of repositories: a search that finds nothing, p50', shown(times));
}

type Case = () => { actor: Actor; ownerId?: number; memberId?: number; words?: string };

async function timeLists(reader: Reader, make: Case, pages: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < pages; i++) {
    const { actor, ...narrowed } = make();
    const began = performance.now();
    await listRepositories(reader, { ...narrowed, viewer: viewerOf(actor), limit: PAGE });
    times.push(performance.now() - began);
  }
  return times;
}

function shown(times: number[]): string {
  return `${quantile(times, 0.5).toFixed(1)} ms (p99 ${quantile(times, 0.99).toFixed(1)} ms)`;
}

function person(userId: number): UserActor {
  return { kind: 'user', userId, name: `person-${userId}`, isAdmin: false, via: 'session' };
}

/** Rows in bulk by SQL: the stores would take minutes. The first ids are people's, those after them organizations'. */
function fill(path: string): void {
  const random = startRandom(SEED);
  const db = new Database(path);
  db.pragma('foreign_keys = OFF');
  const insert = (table: string, row: Record<string, unknown>) => {
    const names = Object.keys(row);
    const into = `insert or ignore into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`;
    statement(db, into).run(...Object.values(row));
  };
  db.transaction(() => {
    for (let id = 1; id <= PEOPLE + ORGANIZATIONS; id++) insert('users', account(id));
    for (let i = 0; i < ORGANIZATIONS; i++) fillOrganization(insert, random, PEOPLE + 1 + i);
    for (let id = 1; id <= TEAMS; id++) fillTeam(insert, random, id);
    for (let id = 1; id <= REPOSITORIES; id++) fillRepository(insert, random, id);
  })();
  db.exec('analyze');
  db.close();
}

type Insert = (table: string, row: Record<string, unknown>) => void;

const statements = new Map<string, Database.Statement>();

function statement(db: Database.Database, text: string): Database.Statement {
  const known = statements.get(text) ?? db.prepare(text);
  statements.set(text, known);
  return known;
}

function account(id: number): Record<string, unknown> {
  const name = `person-${id}`;
  const kind = id > PEOPLE ? 'organization' : 'user';
  const email = kind === 'user' ? `${name}@example.org` : '';
  return {
    ...{ id, kind, name, name_key: name, display_name: '', email, email_key: email || `:${id}` },
    ...{ is_admin: 0, is_suspended: 0, created_at: AT, updated_at: AT },
  };
}

function fillOrganization(insert: Insert, random: Random, id: number): void {
  const base_permission = random.pick(['none', 'none', 'read', 'write']);
  insert('organizations', {
    ...{ user_id: id, visibility: 'public', base_permission, member_creation: 'all', requires_two_factor: 0 },
  });
  for (let i = 0; i < 100; i++) {
    const role = i < 3 ? 'owner' : 'member';
    const user_id = 1 + random.below(PEOPLE);
    insert('organization_members', { organization_id: id, user_id, role, is_public: 0, created_at: AT });
  }
}

/** Five to an organization, each nested in the one before. */
function fillTeam(insert: Insert, random: Random, id: number): void {
  const depth = (id - 1) % 5;
  const organization_id = PEOPLE + 1 + Math.floor((id - 1) / 5);
  const parent_id = depth === 0 ? null : id - 1;
  const name = `team-${id}`;
  insert('teams', {
    ...{ id, organization_id, parent_id, name, name_key: name, description: '', is_secret: 0 },
    ...{ unit_caps: random.pick(['{}', '{"code":"read"}']), created_at: AT },
  });
  for (let up = 0; up <= depth; up++) {
    insert('team_ancestors', { team_id: id, ancestor_id: id - up, depth: up });
  }
  for (let i = 0; i < 20; i++) {
    const user_id = 1 + random.below(PEOPLE);
    insert('team_members', { team_id: id, user_id, role: 'member', created_at: AT });
  }
}

/** Half of them belong to organizations; of four, two are private, one internal and one public. */
function fillRepository(insert: Insert, random: Random, id: number): void {
  const isOfOrganization = id % 2 === 0;
  const owner_id = isOfOrganization ? PEOPLE + 1 + random.below(ORGANIZATIONS) : 1 + random.below(PEOPLE);
  const name = `repository-${id}`;
  insert('repositories', {
    ...{ id, owner_id, name, name_key: name, description: '', website: '', default_branch: 'main' },
    ...{ visibility: random.pick(['private', 'private', 'internal', 'public']), object_format: 'sha1' },
    ...{ storage_key: `key-${id}`, is_empty: 1, size_bytes: 0, pushes_since_repack: 0 },
    ...{ created_at: AT, updated_at: AT + random.below(1_000_000_000) },
  });
  const permissions = ['read', 'triage', 'write', 'maintain', 'admin'] as const;
  const given = { repository_id: id, created_at: AT };
  for (let i = random.below(4); i > 0; i--) {
    const user_id = 1 + random.below(PEOPLE);
    insert('collaborators', { ...given, user_id, permission: random.pick(permissions) });
  }
  if (!isOfOrganization) return;
  const firstTeam = (owner_id - PEOPLE - 1) * 5 + 1;
  for (let i = random.below(4); i > 0; i--) {
    const team_id = firstTeam + random.below(5);
    insert('team_repositories', { ...given, team_id, permission: random.pick(permissions) });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const report = openReport();
  await measureAccess(report, process.argv.includes('--quick'));
  process.exitCode = report.allMet() ? 0 : 1;
}
