// Every route of the API, asked by an administrator on a filled site with what no client should send: odd bodies made from
// the schema that the route describes, odd parameters and odd queries.
import type { ApiDescription } from '../../../src/platform/api/description.ts';
import type { MountedRoute } from '../../../src/platform/web/routes.ts';
import { describedRoutes } from '../../../src/surfaces/http/openapi.ts';
import { HOST, type TestApp, testApp } from '../../support/test-app.ts';
import { bodiesFor, ODD_BODIES, ODD_QUERIES, ODD_SEGMENTS, oddQueriesOf, type Sent } from './odd-input.ts';

type DescribedRoute = MountedRoute & { api: ApiDescription };

/** Where a site keeps its rows; a fresh place each time. */
export type OpenPlace = () => Promise<{ settings: Record<string, unknown>; close(): Promise<void> }>;

/** How many of each route's odd bodies and odd addresses are sent: all of them take many minutes. */
export interface Sample {
  bodies: number;
  addresses: number;
}

let t: TestApp;
let place: Awaited<ReturnType<OpenPlace>>;
let token: string;
let head: string;
const failures: unknown[] = [];

/** Sends what no client should to every route, always the same, and tells which answers are none a sender can use. */
export async function askOddly(open: OpenPlace, most: Sample): Promise<string[]> {
  const wrong: string[] = [];
  await openSite(open);
  for (const [at, route] of routesInOrder().entries()) {
    for (const sent of sentTo(route, at, most)) {
      const name = `${route.method.toUpperCase()} ${sent.path.slice(0, 200)} ${String(sent.body).slice(0, 300)}`;
      failures.length = 0;
      const answer = await ask(route.method, sent);
      const text = await answer.text();
      if (answer.status >= 500) wrong.push(`${answer.status} ${name}: ${failures.map(told).join(' | ')}`);
      else if (answer.status >= 400 && !hasMessage(text))
        wrong.push(`${answer.status} ${name}: ${text.slice(0, 200)}`);
    }
    await repair(open);
  }
  await closeSite();
  return wrong;
}

async function closeSite(): Promise<void> {
  await t.close();
  await place.close();
}

function told(error: unknown): string {
  const { err } = (error ?? {}) as { err?: Error };
  return String(err?.stack ?? err ?? error)
    .split('\n')
    .slice(0, 6)
    .join(' ');
}

function hasMessage(text: string): boolean {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' && message !== '';
  } catch {
    return false;
  }
}

/** What takes things away comes last. */
function routesInOrder(): DescribedRoute[] {
  const rank = ({ method, path }: DescribedRoute) =>
    (method === 'get' ? 0 : method === 'delete' ? 2 : 1) + (/transfer|rename/.test(path) ? 2 : 0);
  return describedRoutes().toSorted((a, b) => rank(a) - rank(b));
}

function sentTo(route: DescribedRoute, at: number, most: Sample): Sent[] {
  const plain = addressOf(route, {});
  const bodies = route.method === 'get' ? [] : bodiesOf(route, at).map((sent) => ({ path: plain, ...sent }));
  const queries = [...oddQueriesOf(route.api), ...(route.method === 'get' ? ODD_QUERIES : [])];
  const askedFor = route.method === 'delete' ? [] : queries.map((query) => ({ path: `${plain}?${query}` }));
  const odd = parametersOf(route.path).flatMap((name) =>
    ODD_SEGMENTS.map((segment) => ({ path: addressOf(route, { [name]: segment }) })),
  );
  const body = route.api.example === undefined ? {} : { body: JSON.stringify(route.api.example) };
  return [
    ...sample(bodies, most.bodies, at),
    ...sample(askedFor, most.addresses, at),
    ...sample(odd, most.addresses, at).map((sent) => ({ ...sent, ...body })),
  ];
}

function bodiesOf({ api }: DescribedRoute, at: number): Omit<Sent, 'path'>[] {
  return [...ODD_BODIES, ...(api.body ? bodiesFor(api, at) : [])];
}

/** Some of a list, spread over it, others for each route. */
function sample<T>(list: T[], most: number, seed: number): T[] {
  if (list.length <= most) return list;
  const step = list.length / most;
  return Array.from(
    { length: most },
    (_, index) => list[Math.min(list.length - 1, Math.floor(index * step + (seed % step)))] as T,
  );
}

const PARAMETER = /:(\w+)(?:\{(?:[^{}]|\{[^{}]*\})*\})?/g;

function parametersOf(path: string): string[] {
  return [...path.matchAll(PARAMETER)].map(([, name = '']) => name);
}

function addressOf(route: DescribedRoute, odd: Record<string, string>): string {
  const own = PLACES.find(([pattern]) => pattern.test(route.path))?.[1] ?? {};
  const filled: Record<string, string> = { ...COMMON, sha: head, ...own, ...odd };
  return route.path.replaceAll(PARAMETER, (_, name: string) => filled[name] ?? '1');
}

const COMMON: Record<string, string> = {
  ...{ owner: 'ada', repo: 'tools', org: 'crew', username: 'bob', user: 'bob', target: 'bob' },
  ...{
    collaborator: 'bob',
    team: 'builders',
    branch: 'main',
    name: 'main',
    filepath: 'README.md',
    tag: 'v1.0',
  },
  ...{
    ref: 'main',
    topic: 'forge',
    base: 'main',
    head: 'feature',
    basehead: 'main...feature',
    text: '4.diff',
  },
  ...{ archive: 'main.zip', diff: 'main..feature', rest: 'heads/main' },
};
const PLACES: readonly (readonly [RegExp, Record<string, string>])[] = [
  [/\/orgs\/:org\/hooks/, { id: '2' }],
  [/\/user\/hooks/, { id: '3' }],
  [/\/admin\/hooks/, { id: '4' }],
  [/\/pulls\//, { index: '4', number: '4' }],
  [/licenses/, { name: 'mit' }],
  [/gitignore/, { name: 'Node' }],
];

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ada@desk';
const AT = '/repos/ada/tools';
const HOOK = {
  type: 'gitea',
  config: { url: 'https://ci.example.com/hook', content_type: 'json' },
  events: ['push'],
};
const base64 = (text: string) => Buffer.from(text).toString('base64');
const CALLS: readonly (readonly [path: string, body: unknown])[] = [
  ['/user/keys', { title: 'desk', key: KEY }],
  ['/orgs', { username: 'crew' }],
  ['/orgs/crew/teams', { name: 'builders', permission: 'write' }],
  ['/user/repos', { name: 'tools', auto_init: true, template: true }],
  [`${AT}/branches`, { new_branch_name: 'feature', old_ref_name: 'main' }],
  [`${AT}/contents/NEW.md`, { message: 'Add', content: base64('New\n'), branch: 'feature' }],
  [`${AT}/milestones`, { title: 'v1.0' }],
  [`${AT}/labels`, { name: 'odd', color: '#d73a4a' }],
  [`${AT}/issues`, { title: 'A cup is missing', milestone: 1 }],
  [`${AT}/issues`, { title: 'It is the blue one' }],
  [`${AT}/issues`, { title: 'Two are missing' }],
  [`${AT}/issues/1/comments`, { body: 'I look for it.' }],
  [`${AT}/pulls`, { title: 'Say what is new', head: 'feature', base: 'main' }],
  [`${AT}/pulls/4/reviews`, { event: 'COMMENT', body: 'Nice.' }],
  [`${AT}/releases`, { tag_name: 'v1.0', target_commitish: 'main', name: '1.0' }],
  [`${AT}/hooks`, HOOK],
  ['/orgs/crew/hooks', HOOK],
  ['/user/hooks', HOOK],
  ['/admin/hooks', HOOK],
];

async function openSite(open: OpenPlace): Promise<void> {
  place = await open();
  t = await testApp(place.settings);
  const { log } = t.app;
  log.error = ((error: unknown) => void failures.push(error)) as typeof log.error;
  await t.actor('ada', { isAdmin: true });
  await t.actor('bob');
  token = await t.token('ada');
  for (const [path, body] of CALLS) {
    const answer = await ask('post', { path: `/api/v1${path}`, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  }
  const branch = await ask('get', { path: `/api/v1${AT}/branches/main` });
  head = ((await branch.json()) as { commit: { id: string } }).commit.id;
}

/** What was asked may have been done: then the next route finds a site like the first. */
async function repair(open: OpenPlace): Promise<void> {
  for (const path of ['/user', `${AT}/branches/main`, `${AT}/issues/1`, '/orgs/crew', '/users/bob']) {
    const answer = await ask('get', { path: `/api/v1${path}` });
    if (answer.ok) continue;
    await closeSite();
    return openSite(open);
  }
}

async function ask(method: string, { path, body, type = 'application/json' }: Sent): Promise<Response> {
  const headers: Record<string, string> = { authorization: `token ${token}` };
  if (body !== undefined) headers['content-type'] = type;
  const incoming = { socket: { remoteAddress: '127.0.0.1', encrypted: false }, headers: {} };
  const init = { method: method.toUpperCase(), headers, ...(body === undefined ? {} : { body }) };
  return t.web.request(`${HOST}${path}`, init, { incoming, outgoing: {} });
}
