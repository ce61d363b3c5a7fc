// The examples of the reference, each run for real, by the owner of a site that is the same before each of them.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MountedRoute } from '../../../src/platform/web/routes.ts';
import { statusOf } from '../../../src/surfaces/http/openapi.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import {
  ABSENT,
  credentials,
  mountedForExamples,
  NOT_RUN,
  PLACES,
  prepareExamples,
  type Site,
  send,
} from './api-examples-site.ts';

let folder: string;
let site: Site;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'och-examples-'));
  site = await prepareExamples(folder);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A site of its own for one example, which may change whatever it likes. */
async function freshSite(): Promise<TestApp> {
  const directory = await mkdtemp(join(tmpdir(), 'och-example-'));
  await cp(folder, directory, { recursive: true });
  return testApp({}, { directory });
}

const described = mountedForExamples();
const routes = described.filter(({ api }) => api.body !== undefined);
const nameOf = ({ method, path }: MountedRoute) => `${method.toUpperCase()} ${path.slice('/api/v1'.length)}`;

describe('the example of', () => {
  const runnable = routes.filter((route) => !NOT_RUN.has(nameOf(route)));
  it.each(runnable.map((route) => [nameOf(route), route] as const))(
    '%s does what the reference says',
    async (name, route) => {
      const t = await freshSite();
      try {
        const answer = await ask(t, name, route, exampleOf(name, route.api.example));
        const allowed = [statusOf(route.api), ...(route.api.otherStatuses ?? [])];
        expect(allowed, `${answer.status} ${await answer.clone().text()}`).toContain(answer.status);
      } finally {
        await t.close();
      }
    },
  );

  it('what cannot be run here is still one of the routes', () => {
    const names = routes.map(nameOf);
    expect([...NOT_RUN.keys()].filter((name) => !names.includes(name))).toEqual([]);
  });
});

it('every route that reads answers about this site, or says that it has nothing of the kind', async () => {
  const t = await freshSite();
  const wrong: string[] = [];
  for (const route of described.filter(({ method }) => method === 'get')) {
    const name = nameOf(route);
    const answer = await ask(t, name, route, undefined);
    const isAbsent = ABSENT.some((pattern) => pattern.test(name));
    const wanted = isAbsent ? [404, 403] : [statusOf(route.api), ...(route.api.otherStatuses ?? [])];
    if (!wanted.includes(answer.status)) wrong.push(`${name}: ${answer.status} ${await answer.text()}`);
    else await answer.body?.cancel();
  }
  await t.close();
  expect(wrong).toEqual([]);
}, 120_000);

/** Where an example names what has no id of 1, the true one. */
function exampleOf(name: string, example: unknown): unknown {
  if (!name.endsWith('/suggestions')) return example;
  const { suggestions, ...rest } = example as { suggestions: object[] };
  const [first] = suggestions;
  return { ...rest, suggestions: [{ ...first, comment_id: Number(site.ids.reviewComment) }] };
}

/** These are for somebody there in person: tokens cannot widen their own power. */
const IN_PERSON = /^(?:POST|DELETE) \/user\/emails$| \/users\/:username\/tokens/;

function ask(t: TestApp, name: string, route: MountedRoute, body: unknown): Promise<Response> {
  const headers = { ...credentials(site.token, IN_PERSON.test(name)), 'content-type': 'application/json' };
  return send(
    t,
    route.method,
    addressOf(name, route.path),
    headers,
    body === undefined ? undefined : JSON.stringify(body),
  );
}

/** The address of a route, with what its place in the table names filled in. */
function addressOf(name: string, path: string): string {
  const own = PLACES.find(([pattern]) => pattern.test(name))?.[1] ?? {};
  const others = PLACES.at(-1)?.[1] ?? {};
  return path.replaceAll(/:(\w+)(?:\{(?:[^{}]|\{[^{}]*\})*\})?/g, (_, parameter: string) => {
    const value = own[parameter] ?? others[parameter];
    if (value === undefined) throw new Error(`${name} has a parameter ${parameter}, which no table fills.`);
    return value.startsWith('$') ? (site.ids[value.slice(1)] ?? '1') : value;
  });
}
