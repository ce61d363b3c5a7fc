// Which events a webhook is told of: those chosen one by one, for every owner that a webhook can have.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOrganization } from '../../../src/features/orgs/orgs.service.ts';
import { HOOK_EVENTS, type HookEventName } from '../../../src/features/webhooks/hook-events.data.ts';
import type { HookOwner } from '../../../src/features/webhooks/hooks.types.ts';
import { call } from '../issues/tracker.ts';
import { type HookSite, hookSite } from './hook-site.ts';

const NAMES = Object.keys(HOOK_EVENTS) as HookEventName[];
/** One webhook per binary digit of an event's number: the set of those that are told names the event. */
const DIGITS = [0, 1, 2, 3, 4];
const numberOf = (name: string) => NAMES.indexOf(name as HookEventName) + 1;
const chosenFor = (digit: number, isWide: boolean) =>
  NAMES.filter((name) => isWide || !('wideOnly' in HOOK_EVENTS[name])).filter(
    (name) => (numberOf(name) >> digit) & 1,
  );

let site: HookSite;
let tokens: { ada: string; bob: string };

beforeAll(async () => {
  site = await hookSite({ webhooks: { most_per_owner: 50 } });
  const ada = await site.actor('ada', { isAdmin: true });
  const { id: organizationId } = await createOrganization(site.app, ada, {
    name: 'acme',
    visibility: 'public',
  });
  await site.actor('bob');
  tokens = { ada: await site.token('ada'), bob: await site.token('bob') };
  const made = await ask('ada', 'POST', '/orgs/acme/repos', { name: 'engine', auto_init: true });
  await ask('ada', 'POST', '/user/repos', { name: 'shed', auto_init: true });
  await site.settle();
  const { userId } = ada as { userId: number };
  const owners: Record<string, HookOwner> = {
    repository: { scope: 'repository', repositoryId: Number(made.id) },
    organization: { scope: 'organization', ownerId: organizationId },
    user: { scope: 'user', ownerId: userId },
    site: { scope: 'site' },
  };
  for (const [place, owner] of Object.entries(owners))
    for (const digit of DIGITS) {
      const events = chosenFor(digit, place === 'organization' || place === 'site');
      await site.hook({ url: `${site.sink.url}/${place}/${digit}`, events, sendsAll: false }, owner);
    }
});
afterAll(() => site.close());

async function ask(who: 'ada' | 'bob', method: string, path: string, body?: unknown) {
  const answer = await call(site, tokens[who], method, path, body);
  expect(answer.status, `${method} ${path} ${JSON.stringify(answer.json)}`).toBeLessThan(300);
  return (answer.json ?? {}) as Record<string, unknown>;
}

/** A day in a repository: each event but those of checks, of queues, and of the whole server. */
async function live(at: string): Promise<void> {
  await ask('ada', 'PUT', `${at}/collaborators/bob`, { permission: 'write' });
  const label = await ask('ada', 'POST', `${at}/labels`, { name: 'odd', color: '#123456' });
  const milestone = await ask('ada', 'POST', `${at}/milestones`, { title: 'm' });
  await ask('ada', 'POST', `${at}/issues`, { title: 'one' });
  await ask('ada', 'PATCH', `${at}/issues/1`, { assignees: ['bob'], milestone: milestone.id });
  await ask('ada', 'POST', `${at}/issues/1/labels`, { labels: [label.id] });
  await ask('bob', 'POST', `${at}/issues/1/comments`, { body: 'yes' });
  await ask('bob', 'PUT', `/user/starred${at.slice('/repos'.length)}`);
  await ask('ada', 'POST', `${at}/branches`, { new_branch_name: 'topic' });
  const file = { content: 'aGkK', branch: 'topic', message: 'Add' };
  await ask('ada', 'POST', `${at}/contents/a.txt`, file);
  await site.settle();
  await ask('ada', 'POST', `${at}/pulls`, { title: 'two', head: 'topic', base: 'main' });
  await ask('ada', 'PATCH', `${at}/pulls/2`, { assignees: ['bob'], milestone: milestone.id });
  await ask('ada', 'POST', `${at}/issues/2/labels`, { labels: [label.id] });
  await ask('ada', 'POST', `${at}/contents/b.txt`, file);
  await ask('ada', 'POST', `${at}/pulls/2/requested_reviewers`, { reviewers: ['bob'] });
  await ask('bob', 'POST', `${at}/issues/2/comments`, { body: 'see' });
  for (const event of ['COMMENT', 'REQUEST_CHANGES', 'APPROVED'])
    await ask('bob', 'POST', `${at}/pulls/2/reviews`, { event, body: 'said' });
  await site.settle();
  await ask('ada', 'POST', `${at}/pulls/2/merge`, { Do: 'merge' });
  await ask('ada', 'DELETE', `${at}/branches/topic`);
  const { commit } = await ask('ada', 'GET', `${at}/branches/main`);
  await ask('ada', 'POST', `${at}/statuses/${(commit as { id: string }).id}`, {
    state: 'success',
    context: 'ci',
  });
  await ask('bob', 'POST', `${at}/forks`, {});
  await ask('ada', 'POST', `${at}/releases`, { tag_name: 'v1', name: 'One' });
  await ask('ada', 'PATCH', at, { description: 'new' });
  await site.settle();
}

/** The events that came to a place: those whose number the webhooks that were told of one change spell. */
function told(place: string): Record<string, number[]> {
  const digits: Record<string, Set<number>> = {};
  for (const { path, headers } of site.sink.received) {
    const [, at, digit] = path.split('/');
    if (at !== place) continue;
    const name = String(headers['x-gitea-event-type']);
    digits[name] ??= new Set();
    digits[name].add(Number(digit));
  }
  return Object.fromEntries(Object.entries(digits).map(([name, set]) => [name, [...set].sort()]));
}

const LIVED = [
  ...[
    'push',
    'create',
    'delete',
    'repository',
    'release',
    'member',
    'star',
    'label',
    'milestone',
    'fork',
    'status',
  ],
  ...['issues', 'issue_assign', 'issue_label', 'issue_milestone', 'issue_comment'],
  ...['pull_request', 'pull_request_assign', 'pull_request_label', 'pull_request_milestone'],
  ...['pull_request_comment', 'pull_request_review_approved', 'pull_request_review_rejected'],
  ...['pull_request_review_comment', 'pull_request_sync', 'pull_request_review_request'],
];

test('each event comes to those webhooks that chose it, and to no other, whoever owns them', async () => {
  await live('/repos/acme/engine');
  const spelled = Object.fromEntries(
    LIVED.map((name) => [name, DIGITS.filter((digit) => (numberOf(name) >> digit) & 1)]),
  );
  for (const place of ['repository', 'organization', 'site']) expect(told(place), place).toEqual(spelled);
  // The repository is the organization's, whoever works in it.
  expect(told('user')).toEqual({});
  site.sink.received.length = 0;
  await live('/repos/ada/shed');
  for (const place of ['user', 'site']) expect(told(place), place).toEqual(spelled);
  for (const place of ['repository', 'organization']) expect(told(place), place).toEqual({});
}, 120_000);
