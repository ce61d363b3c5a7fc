// The examples of bodies in the reference of code, releases and rules, run one after the other in a repository that has what they name.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mountedRoutes } from '../../../src/platform/web/routes.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';

let t: TestApp;
let head: string;
let headers: Record<string, string>;

const AT = '/api/v1/repos/ada/tools';

async function call(method: string, path: string, body?: unknown): Promise<Response> {
  return t.anonymous.request(path, {
    ...{ method: method.toUpperCase(), headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

beforeAll(async () => {
  t = await testApp();
  headers = { authorization: `token ${await t.token('ada', 'all')}`, 'content-type': 'application/json' };
  const { createRepository } = await import('../../../src/features/repos/repos.service.ts');
  const { parseNewRepository } = await import('../../../src/features/repos/repos.input.ts');
  const wanted = parseNewRepository({ name: 'tools', visibility: 'public', readme: true });
  await createRepository(t.app, await t.actor('ada'), wanted);
  const branch = (await (await call('GET', `${AT}/branches/main`)).json()) as { commit: { id: string } };
  head = branch.commit.id;
  for (const [path, body] of [
    ['branches', { new_branch_name: 'free', old_ref_name: 'main' }],
    ['releases', { tag_name: 'v1.0', target_commitish: 'main' }],
    ['branch_protections', { rule_name: 'kept' }],
    ['tag_protections', { name_pattern: 'kept*' }],
    ['check-runs', { head_sha: head, name: 'kept' }],
  ] as const)
    expect((await call('POST', `${AT}/${path}`, body)).status, path).toBe(201);
});
afterAll(() => t.close());

/** In an order in which none takes from the next what it names. */
const EXAMPLES: readonly (readonly [method: string, path: string, address: string, status: number])[] = [
  ['post', '/branches', '/branches', 201],
  ['patch', '/branches/:branch{[^]+}', '/branches/free', 204],
  ['post', '/tags', '/tags', 201],
  ['post', '/contents', '/contents', 201],
  ['post', '/contents/:filepath{[^]+}', '/contents/docs/hello.md', 201],
  ['put', '/contents/:filepath{[^]+}', '/contents/README.md', 200],
  ['post', '/diffpatch', '/diffpatch', 201],
  ['post', '/statuses/:sha', '/statuses/HEAD', 201],
  ['post', '/check-runs', '/check-runs', 201],
  ['patch', '/check-runs/:id{[0-9]+}', '/check-runs/1', 200],
  ['post', '/releases', '/releases', 201],
  ['patch', '/releases/:id{[0-9]+}', '/releases/1', 200],
  ['post', '/branch_protections', '/branch_protections', 201],
  ['patch', '/branch_protections/:name{[^]+}', '/branch_protections/kept', 200],
  ['post', '/branch_protections/priority', '/branch_protections/priority', 204],
  ['post', '/tag_protections', '/tag_protections', 201],
  ['patch', '/tag_protections/:id{[0-9]+}', '/tag_protections/2', 200],
  ['post', '/rulesets', '/rulesets', 201],
  ['put', '/rulesets/:id{[0-9]+}', '/rulesets/1', 200],
];

test.each(EXAMPLES)('%s %s', async (method, path, address, status) => {
  const route = mountedRoutes().find(
    (one) => one.method === method && one.path === `/api/v1/repos/:owner/:repo${path}`,
  );
  expect(route?.api?.example).toBeDefined();
  const answer = await call(method, AT + address.replace('HEAD', head), route?.api?.example);
  expect(answer.status, await answer.text()).toBe(status);
});

test('and the one that deletes the README, whose id it names', async () => {
  const route = mountedRoutes().find((one) => one.method === 'delete' && one.path.includes('/contents/'));
  const revived = { ...(route?.api?.example as object), branch: 'again' };
  await call('POST', `${AT}/branches`, { new_branch_name: 'again', old_ref_name: head });
  expect((await call('DELETE', `${AT}/contents/README.md`, revived)).status).toBe(200);
});
