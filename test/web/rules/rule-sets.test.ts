// Rule sets through their pages and the API: who may, what is kept, what is refused, and what is recorded.
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { rulesFor } from '../../../src/features/rules/rules.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { HEAD, makeRepository } from '../code/repositories.ts';
import { eventsOf } from '../issues/tracker.ts';

let t: TestApp;
let open: OpenRepository;
const SETTINGS = '/olga/tool/settings/rules';
const API = '/api/v1/repos/olga/tool';
const auth: Record<string, Record<string, string>> = { anonymous: {} };
const ROLES = { rita: 'read', tim: 'triage', wim: 'write', mia: 'maintain', abe: 'admin' } as const;

beforeAll(async () => {
  t = await testApp();
  await makeRepository(t, 'olga', 'tool', [{ ref: HEAD, message: 'One', files: [{ path: 'a', data: 'a' }] }]);
  const olga = await t.actor('olga');
  open = await openRepository(t.app, olga, 'olga', 'tool', 'rules:manage');
  for (const [username, permission] of Object.entries(ROLES)) {
    await t.actor(username);
    await giveAccess(t.app, olga, open, { username, permission });
  }
  for (const name of ['olga', 'sven', ...Object.keys(ROLES)])
    auth[name] = { authorization: `token ${await t.token(name)}` };
}, 60_000);
afterAll(() => t.close());

const json = async (who: string, method: string, path: string, body?: unknown) => {
  const headers = { ...auth[who], 'content-type': 'application/json' };
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const answer = await t.anonymous.request(`${API}${path}`, init);
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
};

const FULL = {
  name: 'Everything',
  target: 'branch',
  enforcement: 'active',
  conditions: {
    ref_name: { include: ['~DEFAULT_BRANCH', 'refs/heads/release/**'], exclude: ['refs/heads/release/old'] },
  },
  rules: [
    { type: 'creation' },
    { type: 'update' },
    { type: 'deletion' },
    { type: 'non_fast_forward' },
    { type: 'required_linear_history' },
    { type: 'required_signatures' },
    { type: 'pusher_restriction', parameters: { actors: [{ actor_type: 'User', actor_name: 'wim' }] } },
    {
      type: 'pull_request',
      parameters: {
        required_approving_review_count: 2,
        dismiss_stale_reviews_on_push: true,
        require_code_owner_review: true,
        require_last_push_approval: true,
        required_review_thread_resolution: true,
        allowed_merge_methods: ['squash', 'rebase'],
      },
    },
    {
      type: 'required_status_checks',
      parameters: {
        required_status_checks: [{ context: 'ci/test' }],
        strict_required_status_checks_policy: true,
      },
    },
    {
      type: 'merge_queue',
      parameters: {
        merge_method: 'SQUASH',
        max_entries_to_merge: 3,
        max_entries_to_build: 2,
        check_response_timeout_minutes: 30,
      },
    },
    { type: 'file_path_restriction', parameters: { restricted_file_paths: ['.github/**'] } },
    { type: 'file_extension_restriction', parameters: { restricted_file_extensions: ['*.exe'] } },
    { type: 'max_file_path_length', parameters: { max_file_path_length: 200 } },
    { type: 'max_file_size', parameters: { max_file_size: 5 } },
    { type: 'commit_message_pattern', parameters: { operator: 'matches', pattern: '*: ?*', negate: false } },
    { type: 'branch_name_pattern', parameters: { operator: 'contains', pattern: '..', negate: true } },
  ],
  bypass_actors: [
    { actor_type: 'RepositoryRole', actor_id: 5, bypass_mode: 'always' },
    { actor_type: 'User', actor_name: 'mia', bypass_mode: 'pull_request' },
  ],
};

describe('the API', () => {
  test.each([
    ['anonymous', 401, 200],
    ['sven', 403, 200],
    ['rita', 403, 200],
    ['wim', 403, 200],
    ['mia', 403, 200],
    ['abe', 201, 200],
    ['olga', 201, 200],
  ])('%s making a rule set gets %i, listing them %i', async (who, made, listed) => {
    const body = { ...FULL, name: `By ${who}`, enforcement: 'disabled' };
    expect((await json(who, 'POST', '/rulesets', body)).status).toBe(made);
    expect((await json(who, 'GET', '/rulesets')).status).toBe(listed);
  });

  it('keeps every rule as it was written, tells who may bypass to managers alone, and records each step', async () => {
    const made = await json('abe', 'POST', '/rulesets', FULL);
    expect(made.status).toBe(201);
    const { id } = made.body;
    expect(made.body).toMatchObject({ ...FULL, rules: expect.any(Array), bypass_actors: expect.any(Array) });
    const types = (body: { rules: { type: string }[] }) => body.rules.map(({ type }) => type).sort();
    expect(types(made.body)).toEqual(FULL.rules.map(({ type }) => type).sort());
    for (const rule of FULL.rules.filter((one) => one.type !== 'pusher_restriction'))
      expect(made.body.rules).toContainEqual(
        rule.type === 'file_extension_restriction' || !('parameters' in rule)
          ? rule
          : expect.objectContaining(rule),
      );
    expect(made.body.bypass_actors).toMatchObject(FULL.bypass_actors);
    const seen = await json('rita', 'GET', `/rulesets/${id}`);
    expect(seen.body.bypass_actors).toBeUndefined();
    expect(JSON.stringify(seen.body)).not.toContain('wim');
    const changed = await json('abe', 'PUT', `/rulesets/${id}`, { enforcement: 'disabled', name: 'Nothing' });
    expect(changed.body).toMatchObject({ id, name: 'Nothing', enforcement: 'disabled' });
    expect(changed.body.rules).toEqual(made.body.rules);
    expect((await json('wim', 'DELETE', `/rulesets/${id}`)).status).toBe(403);
    expect((await json('abe', 'DELETE', `/rulesets/${id}`)).status).toBe(204);
    expect((await json('abe', 'GET', `/rulesets/${id}`)).status).toBe(404);
    const events = await eventsOf(t, open, 'rule_set.');
    expect(events.slice(-3)).toEqual(['rule_set.created', 'rule_set.updated', 'rule_set.deleted']);
  });

  it('says what is wrong with what it does not take', async () => {
    const wrong = async (more: object) => {
      const { status, body } = await json('abe', 'POST', '/rulesets', {
        ...FULL,
        name: 'Wrong',
        rules: [],
        ...more,
      });
      expect(status).toBe(422);
      return JSON.stringify(body);
    };
    const conditions = (include: string[]) => ({ conditions: { ref_name: { include } } });
    expect(await wrong({ name: ' ' })).toContain('Give the rule set a name');
    expect(await wrong(conditions([]))).toContain('Say which branches it is for');
    expect(await wrong(conditions(['a..b']))).toContain('can match no branch');
    expect(await wrong(conditions(['refs/tags/v1']))).toContain('can match no branch');
    expect(await wrong(conditions(['x'.repeat(300)]))).toContain('can match no branch');
    expect(await wrong({ rules: [{ type: 'magic' }] })).toContain('no rule of the type “magic”');
    const regex = { type: 'commit_message_pattern', parameters: { operator: 'regex', pattern: '(a+)+$' } };
    expect(await wrong({ rules: [regex] })).toContain('regular expressions are not offered');
    const approvals = { type: 'pull_request', parameters: { required_approving_review_count: 11 } };
    expect(await wrong({ rules: [approvals] })).toContain('from 0 to 10');
    expect(await wrong({ bypass_actors: [{ actor_type: 'User', actor_name: 'nobody-here' }] })).toContain(
      'nobody named',
    );
    expect(await wrong({ bypass_actors: [{ actor_type: 'Team', actor_id: 1 }] })).toContain('Choose teams');
    expect(await wrong({ bypass_actors: [{ actor_type: 'DeployKey', actor_id: 1 }] })).toContain(
      'Choose deploy keys',
    );
    await json('abe', 'POST', '/rulesets', { ...FULL, name: 'Twice', enforcement: 'disabled' });
    expect(await wrong({ name: 'Twice' })).toContain('of this name already');
  });

  it('lists what holds for a branch, and the branch says that it is protected', async () => {
    const { body } = await json('abe', 'POST', '/rulesets', { ...FULL, name: 'Holds' });
    const applied = await json('rita', 'GET', '/rules/branches/release/1');
    expect(applied.body).toContainEqual({
      type: 'deletion',
      ruleset_source_type: 'Repository',
      ruleset_source: 'olga/tool',
      ruleset_id: body.id,
    });
    expect((await json('rita', 'GET', '/rules/branches/release/old')).body).toEqual([]);
    const branch = await json('wim', 'GET', '/branches/main');
    expect(branch.body).toMatchObject({
      ...{
        protected: true,
        required_approvals: 2,
        enable_status_check: true,
        status_check_contexts: ['ci/test'],
      },
      ...{ user_can_push: false, effective_branch_protection_name: 'Holds' },
    });
    expect((await json('abe', 'GET', '/branches/main')).body.user_can_push).toBe(true);
    await json('abe', 'DELETE', `/rulesets/${body.id}`);
    expect((await json('wim', 'GET', '/branches/main')).body.protected).toBe(false);
  });
});

describe('the pages', () => {
  test.each([
    ['rita', 403],
    ['wim', 403],
    ['mia', 403],
    ['abe', 200],
    ['olga', 200],
  ])('%s opening the settings gets %i', async (who, status) => {
    expect((await (await t.as(who)).get(SETTINGS)).status).toBe(status);
    expect((await (await t.as(who)).get(`${SETTINGS}/new`)).status).toBe(status);
  });

  it('keep what was typed beside what is wrong with it, and then the set', async () => {
    const abe = await t.as('abe');
    const fields = {
      ...{ name: 'By the form', enforcement: 'active', include: 'main\nfeature/*' },
      ...{
        pull_request: 'on',
        approvals: 'many',
        styles: 'squash',
        bypass_party: 'wim, mia',
        bypass_mode: 'pull_request',
      },
      ...{ checks: 'on', contexts: 'ci/test\n\nci/test\nci/lint', no_deletion: 'on', linear_history: 'on' },
    };
    const wrong = await abe.post(`${SETTINGS}/new?target=branch`, fields);
    expect(wrong.status).toBe(422);
    const html = await wrong.text();
    expect(html).toContain('Give a whole number from 0 to 10.');
    expect(html).toContain('value="wim, mia"');
    expect(html).toContain('feature/*');
    const saved = await abe.post(`${SETTINGS}/new?target=branch`, { ...fields, approvals: '1' });
    expect(saved.status).toBe(303);
    const rules = await rulesFor(t.app, open, 'refs/heads/feature/x');
    expect(rules).toMatchObject({
      noDeletion: true,
      linearHistory: true,
      pullRequest: { approvals: 1, codeOwners: false, styles: ['squash'] },
      checks: { contexts: ['ci/test', 'ci/lint'], strict: false },
    });
    const [set] = rules.sets;
    expect(set?.bypass.map(({ mode }) => mode)).toEqual(['pull_request', 'pull_request']);
    const form = await (await abe.get(`${SETTINGS}/${set?.id}`)).text();
    expect(form).toContain('For pull requests only');
    expect(form).toMatch(/name="linear_history"[^>]*checked/);
    const applied = await (await (await t.as('rita')).get('/olga/tool/rules?ref=feature/x')).text();
    expect(applied).toContain('By the form');
    expect(applied).toContain('Require linear history');
    const wim = await (await (await t.as('wim')).get('/olga/tool/rules?ref=refs/heads/main')).text();
    expect(wim).toContain('You may bypass these rules by merging a pull request.');
    const gone = await abe.post(`${SETTINGS}/${set?.id}/removal`);
    expect(gone.status).toBe(303);
    expect((await rulesFor(t.app, open, 'refs/heads/feature/x')).sets).toEqual([]);
  });

  it('of tags ask nothing that tags cannot have', async () => {
    const abe = await t.as('abe');
    const fields = {
      name: 'Tags',
      enforcement: 'active',
      all: 'on',
      default_branch: 'on',
      linear_history: 'on',
      no_update: 'on',
    };
    expect((await abe.post(`${SETTINGS}/new?target=tag`, fields)).status).toBe(303);
    const rules = await rulesFor(t.app, open, 'refs/tags/v1');
    expect(rules.sets[0]).toMatchObject({ target: 'tag', include: ['~ALL'], rules: { noUpdate: true } });
    expect(rules.linearHistory).toBeUndefined();
    expect((await rulesFor(t.app, open, 'refs/heads/v1')).sets).toEqual([]);
  });

  it('of a private repository do not exist for strangers', async () => {
    await makeRepository(t, 'olga', 'hidden', [], { visibility: 'private' });
    for (const path of [
      '/olga/hidden/rules',
      '/olga/hidden/settings/rules',
      '/api/v1/repos/olga/hidden/rulesets',
    ])
      expect((await (await t.as('sven')).get(path)).status).toBe(404);
  });

  it('of one repository show no set of another', async () => {
    const other = await json('abe', 'POST', '/rulesets', { ...FULL, name: 'Mine', enforcement: 'disabled' });
    await makeRepository(t, 'sven', 'own', []);
    const sven = await t.as('sven');
    expect((await sven.get(`/sven/own/settings/rules/${other.body.id}`)).status).toBe(404);
    expect((await sven.post(`/sven/own/settings/rules/${other.body.id}/removal`)).status).toBe(404);
  });
});

test('checks that reported on a branch are offered, and are required once they are ticked', async () => {
  const olga = await t.actor('olga');
  const oid = (await t.app.git.ref(open.dir, HEAD)) ?? '';
  const { setStatus } = await import('../../../src/features/code/statuses.service.ts');
  const status = { state: 'success', context: 'ci/seen & <b>', description: '', targetUrl: '' } as const;
  await setStatus(t.app, olga, open, oid, status);
  const page = await (await (await t.as('olga')).get(`${SETTINGS}/new`)).text();
  expect(page).toContain('value="ci/seen &amp; &lt;b&gt;"');
  const { parseRuleForm } = await import('../../../src/features/rules/rule-forms.input.ts');
  const fields = { name: 'Ticked', enforcement: 'active', all: 'on', checks: 'on', contexts: 'typed' };
  const entries = [...Object.entries(fields), ['seen_context', status.context] as const];
  expect(parseRuleForm(entries, 'branch').rules.checks?.contexts).toEqual(['typed', status.context]);
});
