// The pages under Insights: counted in a job, advanced by new commits only, and the same as counted anew.
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countInsights, findInsights } from '../../../src/features/code/insights.service.ts';
import type { Insights } from '../../../src/features/code/insights.types.ts';
import { countCommitsInto, emptyInsights } from '../../../src/features/code/insights-log.service.ts';
import { parseMailmap } from '../../../src/features/code/mailmaps.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { importCommits, runGit } from './import-commits.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
let open: OpenRepository;
const MAILMAP =
  'Grace Hopper <grace@example.org>\nGrace Hopper <grace@example.org> <old@example.org>\nAda <ada@example.org> Nobody <x@example.org>\n';

beforeAll(async () => {
  t = await testApp();
  open = await makeRepository(t, 'ada', 'engine', [
    {
      ref: HEAD,
      author: 'A <ada@example.org>',
      files: [{ path: 'a', data: '1\n2\n3\n' }],
      time: 1_700_000_000,
    },
    { ref: HEAD, author: 'G <old@example.org>', files: [{ path: 'b', data: '1\n' }], time: 1_700_600_000 },
    {
      ref: HEAD,
      author: '&amp; "b" <grace@example.org>',
      files: [{ path: 'a', data: '1\n' }],
      time: 1_701_000_000,
    },
    {
      ref: HEAD,
      author: 'Nobody <x@example.org>',
      files: [{ path: '.mailmap', data: MAILMAP }],
      time: 1_701_000_000,
    },
  ]);
}, 60_000);
afterAll(() => t.close());

const text = async (path: string) => {
  const answer = await t.anonymous.get(path);
  return { status: answer.status, html: await answer.text() };
};

test('says that it is being counted, offers a plain link, and has the numbers afterwards', async () => {
  const before = await text('/ada/engine/graphs/contributors');
  expect([before.status, before.html.includes('being counted')]).toEqual([200, true]);
  expect(before.html).toContain('<a class="btn btn-primary" href="/ada/engine/graphs/contributors">');
  await t.app.jobs.drain();
  const { html } = await text('/ada/engine/graphs/contributors');
  expect(html).not.toContain('being counted');
  // Two addresses of one person by the mailmap, and an account by its verified address.
  expect(html).toContain('2 people');
  expect(html).toContain('Grace Hopper');
  expect(html).toContain('<a href="/ada">ada</a>');
  expect(html).not.toContain('&amp; "b"');
});

test.each([
  ['code-frequency', '<path class="chart-up" d="'],
  ['commit-activity', '<circle cx="'],
])('%s shows a drawing and the same as a table', async (page, drawing) => {
  const { status, html } = await text(`/ada/engine/graphs/${page}`);
  expect(status).toBe(200);
  expect(html).toContain(drawing);
  expect(html).toContain('Show as a table');
});

test('other pages do not exist, and /graphs leads to the first', async () => {
  expect((await text('/ada/engine/graphs/constructor')).status).toBe(404);
  expect((await t.anonymous.get('/ada/engine/graphs')).headers.get('location')).toBe(
    '/ada/engine/graphs/contributors',
  );
  await makeRepository(t, 'ada', 'hidden', [{ ref: HEAD, files: [{ path: 'a', data: 'x' }] }], {
    visibility: 'private',
  });
  expect((await text('/ada/hidden/graphs/contributors')).status).toBe(404);
});

async function anew(): Promise<Insights> {
  const insights = emptyInsights();
  await countCommitsInto(
    t.app.git,
    open.dir,
    { insights, from: undefined },
    runGit(open.dir, 'rev-parse', 'main'),
  );
  return insights;
}

/** The order in which authors and weeks were met does not matter. */
function sorted(insights: Insights | undefined) {
  const authors = insights?.authors
    .map(({ name, email, weeks }) => ({
      name,
      email,
      weeks: [...weeks].sort((one, other) => one[0] - other[0]),
    }))
    .sort((one, other) => (one.email + one.name < other.email + other.name ? -1 : 1));
  return { ...insights, authors };
}

test('random pushes advance the count to what counting anew gives, reading the new commits only', async () => {
  let seed = 7;
  const random = (most: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % most;
  };
  await countInsights(t.app, open);
  for (let push = 0; push < 12; push++) {
    const commits = Array.from({ length: 1 + random(4) }, () => ({
      ref: HEAD,
      from: HEAD,
      author: `P${random(5)} <p${random(4)}@example.org>`,
      time: 1_600_000_000 + random(100_000_000),
      files: [{ path: `f${random(6)}`, data: 'line\n'.repeat(random(30)) + random(1000) }],
    }));
    // Sometimes the history is rewritten.
    if (push % 5 === 4 && commits[0]) commits[0].from = `${HEAD}~2`;
    importCommits(open.dir, commits);
    if (push % 3 === 2) mergeSide(push);
    await countInsights(t.app, open);
    expect(sorted((await findInsights(t.app, open))?.insights)).toEqual(sorted(await anew()));
  }
  const { insights } = (await findInsights(t.app, open)) ?? {};
  expect(insights?.commits).toBe(Number(runGit(open.dir, 'rev-list', '--count', '--no-merges', 'main')));
  const byGit = runGit(
    open.dir,
    'log',
    '--no-merges',
    '--numstat',
    '--format=',
    '--find-renames=100%',
    'main',
  );
  const added = byGit.split('\n').reduce((sum, line) => sum + (Number.parseInt(line, 10) || 0), 0);
  const counted = insights?.authors.flatMap(({ weeks }) => weeks).reduce((sum, [, , more]) => sum + more, 0);
  expect(counted).toBe(added);
  const { spawn } = t.app.git;
  const logs: string[][] = [];
  Object.assign(t.app.git, {
    spawn: ((args, options) => {
      if (args[0] === 'log') logs.push([...args]);
      return spawn(args, options);
    }) as typeof spawn,
  });
  importCommits(open.dir, [{ ref: HEAD, from: HEAD, files: [{ path: 'one-more', data: 'x' }] }]);
  await countInsights(t.app, open);
  Object.assign(t.app.git, { spawn });
  expect(logs.map((args) => args.some((arg) => arg.startsWith('^')))).toEqual([true]);
}, 120_000);

function mergeSide(push: number): void {
  const side = `refs/heads/side${push}`;
  importCommits(open.dir, [
    { ref: side, from: `${HEAD}~1`, files: [{ path: `side${push}`, data: `${push}\n` }] },
  ]);
  const identity = {
    GIT_AUTHOR_NAME: 'm',
    GIT_AUTHOR_EMAIL: 'm@m',
    GIT_COMMITTER_NAME: 'm',
    GIT_COMMITTER_EMAIL: 'm@m',
  };
  const env = { PATH: process.env.PATH, GIT_DIR: open.dir, HOME: '/nonexistent', ...identity };
  const tree = runGit(open.dir, 'rev-parse', 'main^{tree}');
  const args = ['commit-tree', tree, '-p', 'main', '-p', side, '-m', 'Merge'];
  const merge = execFileSync('git', args, { env, encoding: 'utf8' }).trim();
  runGit(open.dir, 'update-ref', HEAD, merge);
}

test('a push after somebody has looked is counted without being asked for', async () => {
  importCommits(open.dir, [{ ref: HEAD, from: HEAD, files: [{ path: 'pushed', data: 'x' }] }]);
  await t.app.db.write((tx) =>
    t.app.events.record(tx, { kind: 'push', repositoryId: open.repository.id, updates: [] }),
  );
  await t.app.jobs.drain();
  expect((await findInsights(t.app, open))?.commit).toBe(runGit(open.dir, 'rev-parse', 'main'));
});

test('a mailmap means what it means to git', () => {
  const mailmap = [
    '# a comment <no@example.org>',
    'Proper <a@x>',
    '<b@proper> <b@x>',
    'Proper C <c@proper> <C@X>',
    'Proper D <d@proper> Commit D <d@x>',
    'broken <',
  ].join('\n');
  const people = ['N <a@x>', 'N <b@x>', 'N <c@x>', 'commit d <d@x>', 'Other <d@x>', 'N <z@x>'];
  const real = parseMailmap(mailmap);
  const ours = people.map((person) => {
    const [, name = '', email = ''] = /^(.*) <(.*)>$/.exec(person) ?? [];
    const { name: realName, email: realEmail } = real({ name, email });
    return `${realName} <${realEmail}>`;
  });
  importCommits(open.dir, [{ ref: 'refs/heads/map', files: [{ path: 'map', data: mailmap }] }]);
  const gits = runGit(open.dir, '-c', 'mailmap.blob=refs/heads/map:map', 'check-mailmap', ...people).split(
    '\n',
  );
  expect(ours).toEqual(gits);
});

test('crafted dates and names are drawn within bounds', async () => {
  const times = [0, 1, 4_000_000_000, 2 ** 40];
  importCommits(
    open.dir,
    times.map((time) => ({
      ref: HEAD,
      from: HEAD,
      time,
      author: `${'x'.repeat(5000)} <${'y'.repeat(5000)}@x>`,
      files: [{ path: 'a', data: `${time}` }],
    })),
  );
  await countInsights(t.app, open);
  for (const page of ['contributors', 'code-frequency', 'commit-activity']) {
    const { status, html } = await text(`/ada/engine/graphs/${page}`);
    expect(status).toBe(200);
    expect(html.length).toBeLessThan(200_000);
    expect(html).not.toContain('x'.repeat(200));
  }
});
