// Every kind of page in light and dark, judged by axe against WCAG 2.2 A and AA. What axe cannot decide is not counted.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { AxeResults, NodeResult } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseScopes, type UserActor } from '../../../src/base/actor.ts';
import { HOUR } from '../../../src/base/time.ts';
import { makeOneTime } from '../../../src/features/auth/one-time-tokens.service.ts';
import { openSession } from '../../../src/features/auth/sessions.service.ts';
import { addSshKey } from '../../../src/features/auth/ssh-keys.service.ts';
import { createAccessToken } from '../../../src/features/auth/tokens.service.ts';
import { closeIssue } from '../../../src/features/issues/closing.service.ts';
import { addComment } from '../../../src/features/issues/comments.service.ts';
import { editText, renameIssue } from '../../../src/features/issues/edits.service.ts';
import { createIssue } from '../../../src/features/issues/issues.service.ts';
import { labelsNamed } from '../../../src/features/issues/labels.service.ts';
import { setMetadata } from '../../../src/features/issues/metadata.service.ts';
import { createMilestone } from '../../../src/features/issues/milestones.service.ts';
import { saveView } from '../../../src/features/issues/views.service.ts';
import { inviteToOrganization } from '../../../src/features/orgs/invitations.service.ts';
import { addMember } from '../../../src/features/orgs/members.service.ts';
import { createOrganization } from '../../../src/features/orgs/orgs.service.ts';
import { addTeamMember } from '../../../src/features/orgs/team-members.service.ts';
import { createTeam } from '../../../src/features/orgs/teams.service.ts';
import { saveRelease } from '../../../src/features/releases/publishing.service.ts';
import { parseRelease } from '../../../src/features/releases/releases.input.ts';
import { addDeployKey } from '../../../src/features/repos/deploy-keys.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { openBrowser } from '../../support/browser.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { runGit } from '../code/import-commits.ts';
import { HEAD, makeRepository } from '../code/repositories.ts';
import { BUG_FORM, CONFIG, QUESTION } from '../issues/template-files.ts';
import { ensureAssets } from './assets.ts';
import { makeHooks } from './hook-pages.ts';
import { makePulls, PULL_PAGES } from './pull-pages.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** A line's height is that of its code, which WCAG 2.5.8 excepts as "inline"; axe knows that only in sentences. */
const OF_A_LINE = /^<a (href="#L\d+"|class="blame-title")/;

const README = `# Engine

A *text* with a [link](docs/guide.md), \`code\` and a footnote[^1].

> [!WARNING]
> Steam is hot.

| Card | Wheel |
|---|---:|
| one | 2 |

- [x] done
- [ ] not done

\`\`\`ts
// Counts cards.
export const answer: number = 42;
\`\`\`

[^1]: Turn the crank.
`;
const NOTEBOOK = JSON.stringify({
  nbformat: 4,
  metadata: { language_info: { name: 'python' } },
  cells: [
    { cell_type: 'markdown', source: '# Notes' },
    {
      cell_type: 'code',
      execution_count: 1,
      source: 'print(1)',
      outputs: [{ output_type: 'stream', name: 'stdout', text: '1\n' }],
    },
  ],
});
const CODE = `// Turns the mill until the cards run out.
import { crank } from './crank.ts';

/** @param cards what to read */
export async function run(cards: string[], options = { fast: true, limit: 1.5e3 }): Promise<void> {
  for (const card of cards) if (/^\\d+$/.test(card)) await crank(\`card \${card}\`);
  throw new Error("no cards" + options.limit);
}
`;

let t: TestApp;
let server: Server;
let origin: string;
let session: string;
let oid: string;
/** Pages of webhooks. */
let hooks: string[];
/** Where the repository with pull requests is. */
let pulls: string;
/** Pages behind links in mails. */
let links: string[];

beforeAll(async () => {
  await ensureAssets();
  // Mails are queued and never sent; with them there are more pages.
  t = await testApp({ mail: { host: '127.0.0.1', port: 1, from: 'code@example.org' } });
  const ada = await t.actor('ada', { isAdmin: true });
  await t.actor('grace');
  const file = (path: string, data: string) => ({ path, data });
  const open = await makeRepository(t, 'ada', 'engine', [
    {
      ref: HEAD,
      message: 'Begin the engine\n\nWith a body.\n',
      files: [
        ...[file('README.md', README), file('src/run.ts', CODE), file('docs/guide.md', '# Guide\n')],
        ...[
          file('data/cards.csv', 'card,count\n"a, b",2\n'),
          file('data/cards.json', '{"a":[1,null,{"b":"c"}]}\n'),
        ],
        file('data/notes.ipynb', NOTEBOOK),
      ],
    },
    { ref: HEAD, files: [file('src/run.ts', CODE.replace('1.5e3', '2e3').replace('fast: true, ', ''))] },
    { ref: 'refs/heads/loop', from: HEAD, files: [file('src/loop.css', 'a { color: red; }\n')] },
  ]);
  runGit(open.dir, 'tag', 'v1.0', 'main');
  oid = runGit(open.dir, 'rev-parse', 'main');
  await makeRepository(t, 'ada', 'empty', []);
  await makeIssues(open, ada);
  await makeForms();
  pulls = await makePulls(t);
  hooks = await makeHooks(t, ada, { id: open.repository.id, path: open.path });
  await createAccessToken(t.app, ada, ada.userId, { name: 'laptop', scopes: parseScopes('all') });
  await addSshKey(t.app, ada, ada.userId, {
    title: 'laptop',
    key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJQ48NfS8zOcurdS7a9IwLvXQsKNsHze8uyXs3Ea1o7O ada@laptop',
  });
  await addDeployKey(
    t.app,
    ada,
    { ...open, actor: ada },
    {
      title: 'ci',
      key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOyE+KIY6TynOtBKvAj1DpFzxwtqhNsX2Xsw87/opfY8 ci',
      canWrite: true,
    },
  );
  const release = parseRelease({ tag: 'v1.0', title: 'First cards', body: '- *They* are read' });
  await saveRelease(t.app, ada, { ...open, actor: ada }, undefined, release);
  links = await linksOf(ada.userId);
  await makeOrganization(ada);
  session = (await openSession(t.app, ada.userId, { address: '127.0.0.1', userAgent: 'test' })).token;
  server = createServer(getRequestListener(t.web.fetch, { overrideGlobalObjects: false }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await t.close();
});

/** With a person and a team of each kind, and invitations that wait on either side. */
async function makeOrganization(ada: UserActor): Promise<void> {
  const grace = await t.actor('grace');
  const { id } = await createOrganization(t.app, ada, {
    name: 'mill',
    displayName: 'The Mill',
    visibility: 'internal',
  });
  await addMember(t.app, ada, id, grace.userId, 'member');
  const crank = await createTeam(t.app, ada, id, { name: 'crank', description: 'Turns it' });
  await createTeam(t.app, ada, id, { name: 'cards', parent: 'crank', isSecret: true });
  for (const username of ['ada', 'grace'])
    await addTeamMember(t.app, ada, id, crank.id, { username, role: 'maintainer' });
  await inviteToOrganization(t.app, ada, id, { who: 'bob@example.org', role: 'owner', teamIds: [crank.id] });
  const other = await createOrganization(t.app, grace, { name: 'arithmetic', visibility: 'public' });
  await inviteToOrganization(t.app, grace, other.id, { who: 'ada' });
}

/** An open issue with everything a row shows, and a closed one. */
async function makeIssues(open: OpenRepository, ada: UserActor): Promise<void> {
  const issue = await createIssue(t.app, ada, open, { title: 'The crank sticks', body: 'It does.' });
  const comment = await addComment(t.app, ada, open, issue, 'Oil it.');
  expect(comment.id).toBe(1);
  await editText(t.app, ada, open, issue, undefined, { body: 'It does, **often**.', version: 0 });
  await renameIssue(t.app, ada, open, issue, 'The crank is stuck');
  const [bug] = await labelsNamed(t.app, open, ['bug']);
  const milestone = await createMilestone(t.app, ada, open, { title: 'v1.0', description: '' });
  await setMetadata(t.app, ada, open, issue, {
    labelIds: bug ? [bug.id] : [],
    assigneeIds: [ada.userId],
    milestoneId: milestone.id,
  });
  const done = await createIssue(t.app, ada, open, { title: 'Oil the wheel', body: '' });
  await closeIssue(t.app, ada, open, done, { reason: 'not_planned' });
  await saveView(t.app, ada, undefined, { name: 'Closed', query: 'is:closed' });
}

/** A repository whose issues begin by templates. */
async function makeForms(): Promise<void> {
  const at = '.github/ISSUE_TEMPLATE';
  const files = [
    { path: `${at}/bug.yml`, data: BUG_FORM },
    { path: `${at}/question.md`, data: QUESTION },
    { path: `${at}/config.yml`, data: CONFIG },
  ];
  await makeRepository(t, 'ada', 'forms', [{ ref: HEAD, files }]);
}

/** One live link of each kind, and an address that waits for its own. */
async function linksOf(userId: number): Promise<string[]> {
  const kinds = [
    ['verify-email', '/verify-email', { email: 'ada@work.example' }],
    ['reset-password', '/password-reset/new', { email: 'ada@example.org' }],
    ['change-email', '/email-change', { from: 'ada@example.org', to: 'ada@work.example', side: 'to' }],
  ] as const;
  const made: string[] = [];
  for (const [kind, path, data] of kinds) {
    const token = await t.app.db.write((tx) =>
      makeOneTime(t.app, tx, { kind, userId, data, lifetime: HOUR }),
    );
    made.push(`${path}?token=${token}`);
  }
  return made;
}

const forAnybody = () => [
  ...['/api/reference', '/api/reference/repository', '/api/reference/shapes'],
  ...['/', '/login', '/register', '/password-reset', '/explore', '/ada/engine', '/nothing/here'],
  ...links,
];
const MILL = ['people', 'people/invitations', 'teams', 'teams/new', 'settings'];
const MILL_TEAM = ['', '/teams', '/repositories', '/settings'];
const MILL_SETTINGS = ['labels', 'members', 'hooks', 'hooks/new?format=slack', 'blocks', 'audit', 'deletion'];
/** Reading and changing code. */
const ISSUE_PAGES = [
  ...[
    'blame/main/src/run.ts',
    'commits/main/src/run.ts?author=ada',
    'graph',
    'find/main',
    'symbols',
    'symbols?q=run',
  ],
  ...[
    'compare/main...loop?diff=split',
    'branches/all',
    'branches/new',
    'branches/deleted',
    'branches/name?branch=loop',
  ],
  ...['tags/new', 'releases', 'releases/tag/v1.0', 'releases/new', 'releases/edit/v1.0', 'fork', 'forks'],
  ...['edit/main/README.md', 'edit/main/src/run.ts', 'new/main/src', 'upload/main', 'delete/main/src/run.ts'],
  ...[
    'graphs/contributors',
    'graphs/code-frequency',
    'graphs/commit-activity',
    'settings/mirrors',
    'generate',
  ],
  ...['blob/main/data/cards.csv', 'blob/main/data/cards.json?preview=1', 'blob/main/data/notes.ipynb'],
];
/** One issue with a comment, and what is done with them. */
const CONVERSATION = [
  '',
  '/edit',
  '/edits',
  '/edits?comment=1',
  '/edit?comment=1',
  '/transfer',
  '/deletion',
  '/comments/1/hiding',
  '/comments/1/deletion',
  '/reactions?comment=1',
];
/** What lists issues; the last one says what is wrong with its query. */
const LISTS = [
  ...['issues', 'issues/filters/label', 'issues/filters/assignee', 'issues/filters/author'],
  ...['issues/filters/milestone', 'issues?q=is:closed+x:y', 'issues?q=author:nobody', 'issues/new'],
];
/** What issues are marked with. */
const MARKS = ['labels', 'milestones', 'milestones/new', 'milestones/1/edit', 'milestone/1'];
const FORMS = ['/choose', '?template=bug.yml', '?template=question.md'];
const SECOND_FACTORS = ['two-factor', 'two-factor/totp', 'two-factor/passkeys/new'];
const forAda = () => [
  ...FORMS.map((rest) => `/ada/forms/issues/new${rest}`),
  ...['/ada/engine/activity', '/orgs/mill/activity'],
  ...[
    '/',
    '/new',
    '/explore',
    '/topics/engines',
    '/topics/nothing',
    '/ada',
    '/-/theme',
    '/ada/empty',
    '/nothing/here',
  ],
  ...['/ada/engine', '/ada/engine/tree/main/src', '/ada/engine/blob/main/src/run.ts'],
  ...['/ada/engine/blob/main/README.md', `/ada/engine/commit/${oid}`, '/ada/engine/commits'],
  ...['/ada/engine/branches', '/ada/engine/tags', '/ada/engine/compare', '/ada/engine/compare/main...loop'],
  ...['/ada/engine/settings/features', '/settings/transfers', '/settings/account/deletion'],
  ...['/ada/engine/settings', '/ada/engine/settings/access', '/ada/engine/settings/keys'],
  ...['/ada/engine/settings/merging'],
  ...['', '/new', '/new?target=tag'].map((rest) => `/ada/engine/settings/rules${rest}`),
  '/ada/engine/rules',
  ...['profile', 'account', 'emails', 'sessions', 'keys', 'signing-keys', 'tokens', ...SECOND_FACTORS].map(
    (name) => `/settings/${name}`,
  ),
  ...['/organizations/new', '/settings/organizations', '/mill', ...MILL.map((name) => `/orgs/mill/${name}`)],
  ...[...ISSUE_PAGES, ...MARKS].map((name) => `/ada/engine/${name}`),
  ...CONVERSATION.map((name) => `/ada/engine/issues/1${name}`),
  ...[
    '/issues',
    '/pulls',
    '/issues/views',
    '/orgs/mill/issues',
    ...LISTS.map((name) => `/ada/engine/${name}`),
  ],
  ...[`/ada/engine/commit/${oid}/revert`, `/ada/engine/commit/${oid}/cherry-pick`],
  ...['/notifications', '/notifications?group=repository', '/notifications?view=done', '/watching'],
  ...['/settings/notifications', '/settings/replies', '/ada/engine/watchers'],
  ...['assigned', 'mentioned', 'recent'].map((tab) => `/issues/${tab}`),
  ...['/ada/empty/issues', '/ada/empty/milestones'],
  ...['/new/import', '/ada/empty/branches', '/ada/empty/compare', '/ada/empty/releases'],
  ...MILL_TEAM.map((name) => `/orgs/mill/teams/crank${name}`),
  ...PULL_PAGES.map((rest) => pulls + rest),
  ...MILL_SETTINGS.map((name) => `/orgs/mill/settings/${name}`),
  ...hooks,
];

/** Dozens of pages, each judged four times. */
const LIMIT = 600_000;

it(
  'no page breaks WCAG 2.2 A or AA, in light or dark',
  async () => {
    const browser = await openBrowser();
    const page = await browser.context.newPage();
    const found: string[] = [];
    for (const path of forAnybody()) found.push(...(await violations(page, path)));
    await browser.context.addCookies([{ name: 'session', value: session, url: origin }]);
    for (const path of forAda()) found.push(...(await violations(page, path)));
    await browser.close();
    expect(found).toEqual([]);
  },
  LIMIT,
);

/** What axe finds on a page as it comes, and with its menus and folded parts open: one line for each element. */
async function violations(page: Page, path: string): Promise<string[]> {
  const answer = await page.goto(origin + path);
  expect(answer?.status(), path).toBe(path === '/nothing/here' ? 404 : 200);
  await page.evaluate(AXE);
  const closed = await judgeInBoth(page, ':root');
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
  const open = await judgeInBoth(page, 'details');
  return [...new Set([...closed, ...open])].map((line) => `${path} ${line}`);
}

/** Dark differs from light in colours alone. */
async function judgeInBoth(page: Page, part: string): Promise<string[]> {
  if ((await page.locator(part).count()) === 0) return [];
  await useColours(page, 'light');
  const light = await judge(page, part, TAGS);
  await useColours(page, 'dark');
  return [...light, ...(await judge(page, part, ['color-contrast']))];
}

/** Colours on their way from one to the other are brought to their end. */
async function useColours(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.evaluate(() => {
    document.documentElement.getBoundingClientRect();
    for (const animation of document.getAnimations()) animation.finish();
  });
}

/** Whether what is too near lies in another menu. */
type JudgedNode = NodeResult & { isOfOtherMenu?: boolean };

/** Menus lie over each other only here: on the page opening one closes the others. */
function isCovered({ any, isOfOtherMenu }: JudgedNode): boolean {
  return isOfOtherMenu === true || (any[0]?.message ?? '').includes('partially obscured');
}

async function judge(page: Page, part: string, runOnly: string[]): Promise<string[]> {
  const violations = await page.evaluate<{ id: string; nodes: JudgedNode[] }[], [string, string[]]>(
    async ([within, only]) => {
      const options = { runOnly: only, resultTypes: ['violations'] };
      const found: AxeResults = await Reflect.get(window, 'axe').run(within, options);
      const menuOf = (selector: unknown) =>
        typeof selector === 'string' ? document.querySelector(selector)?.closest('details') : undefined;
      for (const { nodes } of found.violations)
        for (const node of nodes as JudgedNode[]) {
          const neighbours = node.any.flatMap(({ relatedNodes }) => relatedNodes ?? []);
          const own = menuOf(node.target[0]);
          node.isOfOtherMenu =
            neighbours.length > 0 && neighbours.every(({ target }) => menuOf(target[0]) !== own);
        }
      return found.violations;
    },
    [part, runOnly],
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes
      .filter((node) => id !== 'target-size' || !(OF_A_LINE.test(node.html) || isCovered(node)))
      .map(({ html, any }) => `${id}: ${html.slice(0, 200)} ${any[0]?.message ?? ''}`),
  );
}
