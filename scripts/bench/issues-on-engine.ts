// One engine's turn of the measuring of issues: the services in this process, and pages of the built executable. Prints
// one JSON object for each reading.
import http from 'node:http';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { UserActor } from '../../src/base/actor.ts';
import type { OpenRepository } from '../../src/features/repos/repos.types.ts';
import type { App } from '../../src/platform/app.types.ts';
import { configSchema } from '../../src/platform/config/config.schema.ts';
import { silentLog } from '../../src/platform/observability/log.ts';
import { planIssues } from '../corpus/issues.ts';
import { startRandom } from '../corpus/random.ts';
import type { Reading } from './issues.ts';
import { timeFanOut } from './issues-fan-out.ts';
import { ALL_QUERIES, REPOSITORY_QUERIES, SEARCHES } from './issues-queries.ts';
import { quantile, timePage } from './measure.ts';
import { startServer } from './server.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '' },
    url: { type: 'string', default: '' },
    issues: { type: 'string', default: '0' },
    comments: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
  },
});
const size = { issues: Number(values.issues), comments: Number(values.comments), seed: Number(values.seed) };
const ROUNDS = 5;
const CREATED = 150;
const AT_ONCE = 50;
const WATCHERS = 10_000;
const PAGE_SIZE = 25;
const DEEP = 10_000 * PAGE_SIZE;

const { openApp } = await import('../../src/app.ts');
const config = configSchema.parse({
  data: { directory: values.data },
  database: { url: values.url },
  issues: { posts_per_hour: 1_000_000 },
});
const { app, close } = await openApp(config, { log: silentLog(), withoutGit: true });
try {
  await measureAll(app);
} finally {
  await close();
}

function tell(reading: Reading): void {
  console.log(JSON.stringify(reading));
}

function judge(what: string, times: number[], p50: number, p99?: number): void {
  const [half, most] = [quantile(times, 0.5), quantile(times, 0.99)];
  const bound = p99 === undefined ? `p50 <= ${p50} ms` : `p50 <= ${p50} ms, p99 <= ${p99} ms`;
  const measured = `p50 ${half.toFixed(1)} ms, p99 ${most.toFixed(1)} ms (${times.length} times)`;
  tell({ what, measured, bound, met: half <= p50 && (p99 === undefined || most <= p99) });
}

async function measureAll(app: App): Promise<void> {
  const { currentIndex } = await import('../../src/features/issues/issue-index.service.ts');
  const { openRepositoryById } = await import('../../src/features/repos/access.service.ts');
  const person = personOf(5);
  const big = await openRepositoryById(app, person, 1, 'issues:read');
  const buffers = process.memoryUsage().arrayBuffers;
  const began = performance.now();
  const { columns } = await currentIndex(app);
  const [loaded, bytes] = [performance.now() - began, process.memoryUsage().arrayBuffers - buffers];
  const held = `${loaded.toFixed(0)} ms in the background, ${(bytes / columns.count).toFixed(0)} bytes an issue`;
  tell({ what: `loading the index of ${columns.count} issues`, measured: held });
  await measureLists(app, person, big);
  await measureSearches(app, person, big);
  await measurePages(app, big);
  await measureCreating(app, big);
}

function personOf(userId: number): UserActor {
  return { kind: 'user', userId, name: `person-${userId}`, isAdmin: false, via: 'session' };
}

/** Lists of everything somebody may see, by the service: their pages need somebody signed in. */
async function measureLists(app: App, person: UserActor, big: OpenRepository): Promise<void> {
  const all = await timeQueries(app, person, { kind: 'all' }, ALL_QUERIES);
  judge(`lists across all repositories, ${ALL_QUERIES.length} queries`, all, 20, 150);
  const scope = { kind: 'repository', open: big } as const;
  const times = await timeQueries(app, person, scope, REPOSITORY_QUERIES);
  judge(
    `lists of the largest repository, ${REPOSITORY_QUERIES.length} queries, without the page`,
    times,
    20,
    150,
  );
}

async function measureSearches(app: App, person: UserActor, big: OpenRepository): Promise<void> {
  const here = await timeQueries(app, person, { kind: 'repository', open: big }, SEARCHES);
  judge(`full-text search in the largest repository, ${SEARCHES.length} queries`, here, 50);
  const all = await timeQueries(app, person, { kind: 'all' }, SEARCHES);
  judge(`full-text search across all repositories, ${SEARCHES.length} queries`, all, 50);
}

async function timeQueries(
  app: App,
  person: UserActor,
  scope: { kind: 'all' } | { kind: 'repository'; open: OpenRepository },
  queries: readonly string[],
): Promise<number[]> {
  const { pageOfIssues } = await import('../../src/features/issues/listing.service.ts');
  const { parseQuery } = await import('../../src/features/issues/queries.service.ts');
  const times: number[] = [];
  const cpu: number[] = [];
  let worst = { text: '', ms: 0 };
  for (const text of queries) {
    const own: number[] = [];
    for (let i = 0; i < ROUNDS; i += 1) {
      const [began, before] = [performance.now(), process.threadCpuUsage()];
      await pageOfIssues(app, person, { scope, query: parseQuery(text), size: PAGE_SIZE });
      own.push(performance.now() - began);
      const { user, system } = process.threadCpuUsage(before);
      cpu.push((user + system) / 1000);
    }
    times.push(...own);
    const ms = quantile(own, 0.5);
    if (ms > worst.ms) worst = { text, ms };
  }
  tell({
    what: `the slowest of them (${scope.kind})`,
    measured: `${worst.text}: ${worst.ms.toFixed(1)} ms; CPU of all p50 ${quantile(cpu, 0.5).toFixed(1)} ms, p99 ${quantile(cpu, 0.99).toFixed(1)} ms`,
  });
  return times;
}

/** Pages of the built executable, as anybody sees them: lists at both ends, and long conversations. */
async function measurePages(app: App, big: OpenRepository): Promise<void> {
  const plan = planIssues(size);
  const server = await startServer(values.data, {
    OPENCODEHUB_API_ANONYMOUS_PER_MINUTE: '0',
    ...(values.url === '' ? {} : { OPENCODEHUB_DATABASE_URL: values.url }),
  });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const list = `${server.url}${big.path}/issues`;
    await timePage(agent, list);
    for (const [name, behind] of [
      ['the first page', false],
      ['10,000 pages in', true],
    ] as const) {
      const times: number[] = [];
      for (const text of REPOSITORY_QUERIES) {
        const query = new URLSearchParams({ q: text, ...(behind ? { after: deepPlace(plan, text) } : {}) });
        for (let i = 0; i < ROUNDS; i += 1) times.push(await timePage(agent, `${list}?${query}`));
      }
      judge(`page of a list, ${name}, ${REPOSITORY_QUERIES.length} queries`, times, 20, 150);
    }
    const times: number[] = [];
    for (const q of REPOSITORY_QUERIES) {
      const query = new URLSearchParams({ q, state: 'all', limit: '50' });
      const address = `${server.url}/api/v1/repos${big.path}/issues?${query}`;
      for (let i = 0; i < ROUNDS; i += 1) times.push(await timePage(agent, address));
    }
    judge(`list by the API, 50 issues each, ${REPOSITORY_QUERIES.length} queries`, times, 20, 150);
    for (const { issue, comments } of plan.long.slice(0, 2)) {
      const path = `${list}/${numberOf(plan, issue)}`;
      const times: number[] = [];
      for (let i = 0; i < 20; i += 1) times.push(await timePage(agent, path));
      judge(`page of an issue with ${comments} comments`, times, 60);
    }
    await measureFanOut(app, plan, { agent, page: list });
  } finally {
    agent.destroy();
    await server.stop();
  }
}

/** The second largest repository is watched by many while the largest one is read. */
async function measureFanOut(
  app: App,
  { people }: ReturnType<typeof planIssues>,
  reading: { agent: http.Agent; page: string },
): Promise<void> {
  const { createIssue } = await import('../../src/features/issues/issues.service.ts');
  const { openRepositoryById } = await import('../../src/features/repos/access.service.ts');
  const open = await openRepositoryById(app, personOf(1), 2, 'issues:read');
  const happen = () => createIssue(app, personOf(1), open, { title: 'Many are told of this', body: '' });
  const watchers = Math.min(WATCHERS, people);
  const { told, tookMs, times } = await timeFanOut(app, { repositoryId: 2, watchers, happen }, reading);
  tell({
    what: `telling ${watchers} watchers of a new issue`,
    measured: `${told} of ${watchers - 1} told, in ${(tookMs / 1000).toFixed(1)} s`,
    bound: 'everybody but who opened it',
    met: told === watchers - 1,
  });
  judge('page of a list meanwhile', times, 20, 150);
}

/** Where the issues behind the first 250,000 of the largest repository begin, by the order a query asks for. */
function deepPlace(
  { repositoryOf, createdAt, updatedAt }: ReturnType<typeof planIssues>,
  text: string,
): string {
  const values = text.includes('sort:updated') ? updatedAt : createdAt.map((at) => Math.floor(at / 1000));
  const own = values.filter((_, issue) => repositoryOf[issue] === 0).sort();
  const place = Math.min(DEEP, Math.floor(own.length * 0.83));
  if (text.includes('sort:comments') || text.includes('sort:reactions')) return '0_999999999';
  return `${own[text.includes('-asc') ? place : own.length - place] ?? 0}_1`;
}

function numberOf({ repositoryOf }: ReturnType<typeof planIssues>, issue: number): number {
  const repository = repositoryOf[issue];
  return repositoryOf.slice(0, issue + 1).reduce((count, one) => count + (one === repository ? 1 : 0), 0);
}

/** Each waits for a durable commit; then many people at once, whose numbers must follow each other. */
async function measureCreating(app: App, big: OpenRepository): Promise<void> {
  const { createIssue } = await import('../../src/features/issues/issues.service.ts');
  const random = startRandom(size.seed + 3);
  const create = (userId: number) =>
    createIssue(app, personOf(userId), big, {
      title: `Measured ${random.below(1_000_000)}`,
      body: 'A text of some words that somebody wrote to say what is wrong.\n'.repeat(10),
    });
  const times: number[] = [];
  for (let i = 0; i < CREATED; i += 1) {
    const began = performance.now();
    await create(1 + random.below(40));
    times.push(performance.now() - began);
  }
  judge('creating an issue, with its commit', times, 10);
  const began = performance.now();
  const made = await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => create(i + 1)));
  const took = performance.now() - began;
  const numbers = made.map(({ number }) => number).sort((a, b) => a - b);
  const isDense = numbers.every((number, i) => number === (numbers[0] ?? 0) + i);
  const measured = `${took.toFixed(0)} ms for all, numbers ${isDense ? 'follow each other' : 'have gaps'}`;
  tell({
    what: `${AT_ONCE} people creating at once`,
    measured,
    bound: 'no error, numbers dense',
    met: isDense,
  });
}
