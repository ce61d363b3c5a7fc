// Every rule against every way that a branch or tag changes without a git client: the editor, forms that commit, the contents
// and branch API, releases, and merges. Pushes by git itself are held to the same in test/git/rules.test.ts.
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import {
  changeMergeSettings,
  DEFAULT_MERGE_SETTINGS,
} from '../../../src/features/pulls/merge-settings.service.ts';
import { MERGE_STYLES } from '../../../src/features/pulls/merges.types.ts';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { queueEntryOf } from '../../../src/features/pulls/queue.service.ts';
import type { RuleSetInput } from '../../../src/features/rules/rule-sets.input.ts';
import { saveRuleSet } from '../../../src/features/rules/rule-sets.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { eventsOf } from '../issues/tracker.ts';
import { commitTo, makeWorkshop, type Workshop } from '../pulls/proposals.ts';

let t: TestApp;
let shop: Workshop;
let path: string;
const auth: Record<string, Record<string, string>> = {};

beforeAll(async () => {
  t = await testApp();
  shop = await makeWorkshop(t);
  for (const name of ['ada', 'writer', 'boss'])
    auth[name] = { authorization: `token ${await t.token(name)}` };
}, 60_000);
afterAll(() => t.close());
beforeEach(async () => {
  shop = await makeWorkshop(t, { files: { 'README.md': 'one\n', 'guarded/key': '1\n' } });
  path = shop.open.path;
});

type Rules = RuleSetInput['rules'];
const NO_REVIEW = {
  ...{
    approvals: 0,
    codeOwners: false,
    dismissStale: false,
    lastPushApproval: false,
    resolvedThreads: false,
  },
};
const REVIEWED: Rules = { pullRequest: NO_REVIEW };

async function set(rules: Rules, more: Partial<RuleSetInput> = {}) {
  const ada = await t.actor('ada');
  const input: RuleSetInput = {
    ...{ name: 'The rules', target: 'branch', isActive: true, include: ['main', 'release/*'], exclude: [] },
    ...{ bypass: [{ kind: 'role', role: 'admin', mode: 'always' }], rules },
    ...more,
  };
  return saveRuleSet(t.app, ada, shop.open, undefined, input);
}

const tip = (branch = 'main') => t.app.git.ref(shop.open.dir, `refs/heads/${branch}`);

interface Outcome {
  isDone: boolean;
  status: number;
  said: string;
}

let picks = 0;
/** Each makes one commit on main by the web, as somebody. */
const EDITS: Record<string, (who: 'writer' | 'boss') => Promise<Response>> = {
  editor: async (who) =>
    shop.people[who].post(`${path}/edit/main/README.md`, {
      ...{
        path: 'README.md',
        content: 'two\n',
        summary: 'Edit',
        target: 'direct',
        base: (await tip()) ?? '',
      },
    }),
  'new file': async (who) =>
    shop.people[who].post(`${path}/new/main`, {
      ...{
        path: 'guarded/new',
        content: 'two\n',
        summary: 'Make',
        target: 'direct',
        base: (await tip()) ?? '',
      },
    }),
  deletion: async (who) =>
    shop.people[who].post(`${path}/delete/main/guarded/key`, {
      ...{ summary: 'Delete', target: 'direct', base: (await tip()) ?? '' },
    }),
  'cherry-pick': async (who) => {
    const oid = await commitTo(
      t,
      shop.open,
      'side',
      { [`guarded/${++picks}.md`]: 'picked\n' },
      { by: 'ada' },
    );
    return shop.people[who].post(`${path}/commit/${oid}/cherry-pick`, { branch: 'main', target: 'direct' });
  },
  'contents API': async (who) =>
    t.anonymous.request(`/api/v1/repos${path}/contents/guarded/api`, {
      method: 'POST',
      headers: { ...auth[who], 'content-type': 'application/json' },
      body: JSON.stringify({ content: Buffer.from('api\n').toString('base64'), message: 'By API' }),
    }),
};

async function edit(way: string, who: 'writer' | 'boss'): Promise<Outcome> {
  const before = await tip();
  const answer = await EDITS[way]?.(who);
  const said = (await answer?.text()) ?? '';
  return { isDone: (await tip()) !== before, status: answer?.status ?? 0, said };
}

/** What no commit by the web can meet, and what these commits do not meet. */
const AGAINST_EDITS: [string, Rules, string][] = [
  ['a pull request', REVIEWED, 'Changes go through a pull request'],
  ['the queue', { queue: { style: 'merge', batch: 1, atOnce: 1, timeoutMinutes: 5 } }, 'merge queue'],
  ['no updates', { noUpdate: true }, 'Only'],
  ['pushers', { pushers: [{ kind: 'user', name: 'maintainer' }] }, 'Only some people may push'],
  ['checks', { checks: { contexts: ['ci'], strict: false } }, 'ci'],
  ['signatures', { signedCommits: true }, 'signed'],
  [
    'messages',
    { texts: [{ subject: 'message', operator: 'starts_with', pattern: 'fix: ', negate: false }] },
    'must start with',
  ],
  [
    'addresses',
    { texts: [{ subject: 'author_email', operator: 'ends_with', pattern: '@corp.example', negate: false }] },
    'email address must end',
  ],
  ['paths', { files: { restricted: ['guarded', 'README.md'], extensions: [] } }, 'may not be changed here'],
  ['extensions', { files: { restricted: ['guarded'], extensions: ['md'] } }, 'here'],
  ['lengths', { files: { restricted: ['guarded/key'], extensions: [], longestPath: 5 } }, 'here'],
  ['sizes', { files: { restricted: ['guarded/key'], extensions: [], largestFile: 2 } }, 'here'],
];

test.each(AGAINST_EDITS)(
  '%s: kept from a writer in every way, and passed by with a record by who may bypass',
  async (_name, rules, words) => {
    await set(rules);
    for (const [count, way] of Object.keys(EDITS).entries()) {
      const refused = await edit(way, 'writer');
      expect(refused, way).toMatchObject({ isDone: false, status: way.endsWith('API') ? 403 : 422 });
      expect(refused.said, way).toContain(words);
      expect(await eventsOf(t, shop.open, 'rules.bypassed')).toHaveLength(count);
      expect(await edit(way, 'boss'), way).toMatchObject({ isDone: true });
      expect(await eventsOf(t, shop.open, 'rules.bypassed')).toHaveLength(count + 1);
    }
  },
  60_000,
);

describe('the editor', () => {
  it('offers another branch beforehand, keeps what was typed, and commits there', async () => {
    await set(REVIEWED);
    const form = await (await shop.people.writer.get(`${path}/edit/main/README.md`)).text();
    expect(form).toContain('You cannot commit to main.');
    expect(form).not.toContain('Commit directly to the main branch');
    expect(await (await shop.people.boss.get(`${path}/edit/main/README.md`)).text()).toContain(
      'Commit directly to the main branch',
    );
    const refused = await shop.people.writer.post(`${path}/edit/main/README.md`, {
      ...{
        path: 'README.md',
        content: 'kept text\n',
        summary: 'Edit',
        target: 'direct',
        base: (await tip()) ?? '',
      },
    });
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain('kept text');
    const beside = await shop.people.writer.post(`${path}/edit/main/README.md`, {
      ...{
        path: 'README.md',
        content: 'two\n',
        target: 'new-branch',
        newBranch: 'writer-1',
        base: (await tip()) ?? '',
      },
    });
    expect(beside.status).toBe(303);
    expect(beside.headers.get('location')).toContain('/compare/main...writer-1');
  });
});

describe('branches', () => {
  const api = (who: string, method: string, rest: string, body?: unknown) =>
    t.anonymous.request(`/api/v1/repos${path}${rest}`, {
      method,
      headers: { ...auth[who], 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  it('are not made where creations are restricted or the name does not suit, by page or API', async () => {
    await set({ noCreation: true }, { include: ['release/*'] });
    await set(
      { texts: [{ subject: 'name', operator: 'matches', pattern: 'topic/*', negate: false }] },
      { name: 'Names', include: ['topic*', 'topic*/**'] },
    );
    const made = async (name: string, who = 'writer') => {
      const answer = await api(who, 'POST', '/branches', { new_branch_name: name });
      return { status: answer.status, text: await answer.text() };
    };
    expect(await made('release/1')).toMatchObject({
      status: 403,
      text: expect.stringContaining('Restrict creations'),
    });
    expect(await made('topic-1')).toMatchObject({
      status: 403,
      text: expect.stringContaining('must match “topic/*”'),
    });
    expect((await made('topic/1')).status).toBe(201);
    expect((await made('release/2', 'boss')).status).toBe(201);
    const page = await shop.people.writer.post(`${path}/branches`, { name: 'release/3', from: 'main' });
    expect(page.status).toBe(403);
    expect(await tip('release/3')).toBeUndefined();
    const renamed = await api('writer', 'PATCH', '/branches/topic/1', { name: 'release/4' });
    expect(renamed.status).toBe(403);
    expect(await tip('topic/1')).toBeDefined();
  });

  it('are not deleted, renamed or rewritten where that is restricted', async () => {
    await api('writer', 'POST', '/branches', { new_branch_name: 'release/1' });
    await set({ noDeletion: true, noForcePush: true });
    expect((await api('writer', 'DELETE', '/branches/release/1')).status).toBe(403);
    expect((await api('writer', 'PATCH', '/branches/release/1', { name: 'other' })).status).toBe(403);
    const oid = (await tip('release/1')) ?? '';
    const page = await shop.people.writer.post(`${path}/branches/deletion`, { name: 'release/1', oid });
    expect(page.status).toBe(403);
    expect(await tip('release/1')).toBe(oid);
    const list = await (await shop.people.writer.get(`${path}/branches/all`)).text();
    expect(list).toContain('Protected by rules');
    expect(list).not.toContain('Delete the branch');
    expect((await api('boss', 'DELETE', '/branches/release/1')).status).toBe(204);
  });

  it('that were deleted do not come back where creations are restricted', async () => {
    const oid = await commitTo(t, shop.open, 'release/1', { a: '1' }, { by: 'writer' });
    await shop.people.writer.post(`${path}/branches/deletion`, { name: 'release/1', oid });
    await t.app.jobs.drain();
    await set({ noCreation: true });
    const list = await (await shop.people.writer.get(`${path}/branches/deleted`)).text();
    const [, action = ''] = /action="([^"]*restor[^"]*)"/.exec(list) ?? [];
    const [, id = ''] = /name="id" value="(\d+)"/.exec(list) ?? [];
    expect(action).not.toBe('');
    expect((await shop.people.writer.post(action, { id })).status).toBe(403);
    expect(await tip('release/1')).toBeUndefined();
  });
});

describe('tags', () => {
  it('are not made by the API or a release where creations are restricted, nor deleted', async () => {
    await set({ noCreation: true, noDeletion: true }, { target: 'tag', include: ['v*'] });
    const api = (who: string, method: string, rest: string, body?: unknown) =>
      t.anonymous.request(`/api/v1/repos${path}${rest}`, {
        method,
        headers: { ...auth[who], 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    expect((await api('writer', 'POST', '/tags', { tag_name: 'v1' })).status).toBe(403);
    expect((await api('writer', 'POST', '/releases', { tag_name: 'v1', name: 'One' })).status).toBe(403);
    expect(await t.app.git.ref(shop.open.dir, 'refs/tags/v1')).toBeUndefined();
    expect((await api('boss', 'POST', '/tags', { tag_name: 'v1' })).status).toBe(201);
    expect((await api('writer', 'DELETE', '/tags/v1')).status).toBe(403);
    expect((await api('writer', 'POST', '/tags', { tag_name: 'other' })).status).toBe(201);
  });
});

describe('merges', () => {
  async function proposed(
    files: Record<string, string> = { a: '1\n' },
    more: { by?: string } = {},
  ): Promise<Pull> {
    await changeMergeSettings(t.app, await t.actor('ada'), shop.open, {
      ...{ ...DEFAULT_MERGE_SETTINGS, styles: MERGE_STYLES, allowsAutoMerge: true },
    });
    await shop.commit('topic', files, more);
    return shop.propose('topic', more);
  }

  type Person = 'writer' | 'boss' | 'ada';
  interface Asked {
    style?: string;
    bypasses?: boolean;
  }

  /** Every way to have a pull request merged; each tells what was said. */
  const MERGES: Record<string, (pull: Pull, who: Person, asked: Asked) => Promise<string>> = {
    button: async ({ issue }, who, { style = 'merge', bypasses }) => {
      const form = { style, when: 'now', ...(bypasses ? { bypass: '1' } : {}) };
      return (await shop.people[who].post(`${path}/pull/${issue.number}/merge`, form)).text();
    },
    API: async ({ issue }, who, { style = 'merge', bypasses = false }) => {
      const answer = await t.anonymous.request(`/api/v1/repos${path}/pulls/${issue.number}/merge`, {
        method: 'POST',
        headers: { ...auth[who], 'content-type': 'application/json' },
        body: JSON.stringify({ Do: style, force_merge: bypasses }),
      });
      return answer.text();
    },
    'auto-merge': async ({ issue }, who, { style = 'merge' }) => {
      const address = `${path}/pull/${issue.number}/merge`;
      const said = await (await shop.people[who].post(address, { style, when: 'ready' })).text();
      await t.app.jobs.drain();
      await shop.people[who].post(`${address}/removal`);
      return said;
    },
  };

  async function isMerged(way: string, pull: Pull, who: Person, asked: Asked = {}) {
    const before = await tip();
    const said = (await MERGES[way]?.(pull, who, asked)) ?? '';
    await t.app.jobs.drain();
    const isDone = (await tip()) !== before;
    expect((await shop.again(pull)).pull.mergedAt !== null, way).toBe(isDone);
    return { isDone, said };
  }

  test.each(Object.keys(MERGES))('by %s meet what direct pushes cannot: a pull request', async (way) => {
    const pull = await proposed();
    await set(REVIEWED, { bypass: [] });
    expect(await isMerged(way, pull, 'writer')).toMatchObject({ isDone: true });
  });

  const reviewed = (more: Partial<NonNullable<Rules['pullRequest']>>): Rules => ({
    pullRequest: { ...NO_REVIEW, ...more },
  });

  test.each<[string, Rules, string | undefined, string]>([
    ['approvals', reviewed({ approvals: 1 }), undefined, '1 review needed'],
    ['code owners', reviewed({ codeOwners: true }), undefined, 'code owners'],
    ['the last push', reviewed({ lastPushApproval: true }), undefined, 'The last push must be approved'],
    ['permitted styles', reviewed({ styles: ['squash'] }), 'merge', 'not permitted'],
    ['no updates', { noUpdate: true }, undefined, 'those who may bypass'],
    ['pushers', { pushers: [{ kind: 'user', name: 'maintainer' }] }, undefined, 'you are not among them'],
    ['a linear history', { linearHistory: true }, 'merge', 'not permitted'],
    ['signatures', { signedCommits: true }, 'squash', 'must have a verified signature'],
    [
      'messages',
      { texts: [{ subject: 'message', operator: 'starts_with', pattern: 'fix: ', negate: false }] },
      'squash',
      'must start with',
    ],
    ['paths', { files: { restricted: ['a'], extensions: [] } }, 'squash', 'may not be changed here: a'],
    ['sizes', { files: { restricted: [], extensions: [], largestFile: 1 } }, 'rebase', 'at most 1 bytes'],
    [
      'checks',
      { checks: { contexts: ['ci'], strict: false } },
      undefined,
      'The required check ci has not reported yet',
    ],
    ['the queue', { queue: { style: 'merge', batch: 1, atOnce: 1, timeoutMinutes: 5 } }, undefined, 'queue'],
  ])(
    'are kept back by %s, whatever the way',
    async (_name, rules, style, words) => {
      await commitTo(t, shop.open, 'main', { CODEOWNERS: 'a @maintainer\n' }, { by: 'ada' });
      const pull = await proposed();
      await set({ ...rules }, { bypass: [] });
      // Through the queue it is merged by a test of its own.
      const ways = rules.queue ? ['button'] : Object.keys(MERGES);
      for (const way of ways)
        for (const who of ['writer', 'ada'] as const) {
          const { isDone, said } = await isMerged(way, pull, who, style ? { style } : {});
          expect(isDone, `${way} by ${who}`).toBe(false);
          if (way !== 'auto-merge') expect(said, `${way} by ${who}`).toContain(words);
        }
      expect(await eventsOf(t, shop.open, 'rules.bypassed')).toEqual([]);
    },
    60_000,
  );

  it('by the queue are held to the rules of commits, too', async () => {
    const pull = await proposed({ a: '1\n', locked: 'x' });
    await set({ queue: { style: 'squash', batch: 1, atOnce: 1, timeoutMinutes: 5 } }, { bypass: [] });
    await set({ files: { restricted: ['locked'], extensions: [] } }, { name: 'Files', bypass: [] });
    const before = await tip();
    await throughQueue(pull);
    expect(await tip()).toBe(before);
    expect((await shop.again(pull)).pull.mergedAt).toBeNull();
    await shop.commit('fine', { fine: '1\n' });
    const other = await shop.propose('fine');
    await throughQueue(other);
    expect((await shop.again(other)).pull.mergedAt).not.toBeNull();
  }, 60_000);

  /** Queues a pull request and waits until the queue is through with it. */
  async function throughQueue(pull: Pull): Promise<void> {
    await shop.people.writer.post(`${path}/pull/${pull.issue.number}/queue`);
    await expect
      .poll(
        async () => {
          await t.app.jobs.drain();
          return queueEntryOf(t.app, pull);
        },
        { timeout: 30_000, interval: 200 },
      )
      .toBeUndefined();
  }

  test.each(['button', 'API'])(
    'by %s pass by rules for whoever may bypass by pull request, and asks to',
    async (way) => {
      const rules: Rules = {
        noUpdate: true,
        checks: { contexts: ['ci'], strict: false },
        files: { restricted: ['a'], extensions: [] },
      };
      const pull = await proposed();
      await set(rules, { bypass: [{ kind: 'user', name: 'writer', mode: 'pull_request' }] });
      expect((await isMerged(way, pull, 'writer')).isDone).toBe(false);
      expect((await isMerged(way, pull, 'boss', { bypasses: true })).isDone).toBe(false);
      expect((await isMerged(way, pull, 'writer', { bypasses: true })).isDone).toBe(true);
      expect(await eventsOf(t, shop.open, 'rules.bypassed')).toHaveLength(1);
      expect((await edit('editor', 'writer')).isDone).toBe(false);
    },
  );
});
