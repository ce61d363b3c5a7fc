// The rows of a planned database of issues, table by table, in the order in which references allow them.

import { LABEL_SHARES, labelsFor, NOW, openWords, type Plan, tail } from './issues.ts';
import { type Random, startRandom } from './random.ts';
import { isoDate, type Row, type Sink } from './sinks.ts';

const AT = Date.UTC(2018, 0, 1);
const DAY = 86_400_000;
const TITLES = 2 ** 40;

/** Writes everything; `tell` is told what is being written. */
export async function writeIssues(plan: Plan, sink: Sink, tell: (what: string) => void): Promise<void> {
  tell('people and repositories');
  await writeAccounts(plan, sink);
  await writeRepositories(plan, sink);
  tell('issues');
  await writeEachIssue(plan, sink);
  tell('comments');
  await writeComments(plan, sink);
  tell('search');
  await writeSearch(plan, sink);
}

async function writeAccounts({ people, organizations }: Plan, sink: Sink): Promise<void> {
  for (let id = 1; id <= people + organizations; id += 1) {
    const isPerson = id <= people;
    const name = isPerson ? `person-${id}` : `organization-${id - people}`;
    const email = isPerson ? `${name}@example.org` : '';
    await sink.add('users', {
      ...{ id, kind: isPerson ? 'user' : 'organization', name, name_key: name, display_name: '', email },
      ...{
        email_key: email || `:${id}`,
        is_admin: false,
        is_suspended: false,
        created_at: AT,
        updated_at: AT,
      },
    });
    if (isPerson) continue;
    await sink.add('organizations', {
      ...{ user_id: id, visibility: 'public', base_permission: 'read', member_creation: 'all' },
      requires_two_factor: false,
    });
  }
}

/** Nothing lies there: these repositories are empty. */
function storageKeyOf(id: number): string {
  return id.toString(16).padStart(32, '0');
}

async function writeRepositories(plan: Plan, sink: Sink): Promise<void> {
  for (const { id, ownerId, name, isPrivate } of plan.repositories)
    await sink.add('repositories', {
      ...{
        id,
        owner_id: ownerId,
        name,
        name_key: name,
        description: '',
        website: '',
        default_branch: 'main',
      },
      ...{
        visibility: isPrivate ? 'private' : 'public',
        object_format: 'sha1',
        storage_key: storageKeyOf(id),
      },
      ...{ is_empty: true, size_bytes: 0, pushes_since_repack: 0, created_at: AT, updated_at: AT },
    });
  for (const { id, labels } of plan.repositories)
    for (const label of labels)
      await sink.add('labels', {
        ...{ id: label.id, repository_id: id, name: label.name, name_key: label.name, description: '' },
        ...{ color: label.color, is_exclusive: false, created_at: AT },
      });
  for (const { id, milestones } of plan.repositories)
    for (const milestone of milestones)
      await sink.add('milestones', {
        ...{ id: milestone.id, repository_id: id, title: milestone.title, title_key: milestone.title },
        ...{ description: '', created_at: AT, updated_at: AT },
      });
}

/** What is drawn for an issue: the same whenever it is asked for, so that texts need not be kept. */
function drawn(plan: Plan, issue: number): Random {
  return startRandom(plan.size.seed * 1_000_003 + issue);
}

function titleOf(random: Random, words: ReturnType<typeof openWords>): string {
  return words(random, 3 + random.below(8));
}

function bodyOf(random: Random, words: ReturnType<typeof openWords>): string {
  return words(random, 10 + Math.floor(120 * random.next() ** 2));
}

function commentOf(plan: Plan, at: number, words: ReturnType<typeof openWords>): string {
  const random = startRandom(plan.size.seed * 7_000_003 + at);
  return words(random, 4 + Math.floor(50 * random.next() ** 2));
}

async function writeEachIssue(plan: Plan, sink: Sink): Promise<void> {
  const words = openWords(plan.size.seed);
  const numbers = new Uint32Array(plan.repositories.length);
  const counts = plan.repositories.map(() => ({ open: 0, closed: 0 }));
  for (let issue = 0; issue < plan.size.issues; issue += 1) {
    const at = plan.repositoryOf[issue] ?? 0;
    numbers[at] = (numbers[at] ?? 0) + 1;
    const row = await writeIssue(plan, sink, issue, numbers[at] ?? 0, words);
    const count = counts[at];
    if (count) count[row.state === 'open' ? 'open' : 'closed'] += 1;
  }
  for (const [at, { id }] of plan.repositories.entries())
    await sink.add('issue_counters', {
      ...{ repository_id: id, last_number: numbers[at] ?? 0, open_pulls: 0, closed_pulls: 0 },
      ...{ open_issues: counts[at]?.open ?? 0, closed_issues: counts[at]?.closed ?? 0 },
    });
}

async function writeIssue(
  plan: Plan,
  sink: Sink,
  issue: number,
  number: number,
  words: ReturnType<typeof openWords>,
): Promise<Row> {
  const random = drawn(plan, issue);
  const [title, body] = [titleOf(random, words), bodyOf(random, words)];
  const repository = plan.repositories[plan.repositoryOf[issue] ?? 0];
  if (!repository) throw new Error('An issue has no repository.');
  const created = plan.createdAt[issue] ?? AT;
  const age = (NOW - created) / (NOW - AT);
  const isClosed = random.next() < 0.35 + 0.6 * age;
  const updated = isClosed
    ? Math.max(plan.updatedAt[issue] ?? 0, created + Math.floor(random.next() ** 3 * (NOW - created)))
    : (plan.updatedAt[issue] ?? 0);
  const reason = random.next();
  const row: Row = {
    ...{
      id: issue + 1,
      repository_id: repository.id,
      number,
      is_pull: false,
      author_id: 1 + tail(random, plan.people),
    },
    ...{ title, body, body_version: 0, state: isClosed ? 'closed' : 'open' },
    close_reason: isClosed
      ? reason < 0.8
        ? 'completed'
        : reason < 0.95
          ? 'not_planned'
          : 'duplicate'
      : null,
    closed_at: isClosed ? updated : null,
    locked_at: random.next() < 0.01 ? updated : null,
    milestone_id: random.next() < 0.15 ? (random.pick(repository.milestones).id ?? null) : null,
    due_on: random.next() < 0.05 ? isoDate(created + random.below(200) * DAY) : null,
    ...{ parent_id: null, parent_place: 0, comment_count: plan.commentCount[issue] ?? 0 },
    reaction_count: random.next() < 0.3 ? tail(random, 60) : 0,
    ...{ created_at: created, updated_at: updated },
  };
  await sink.add('issues', row);
  for (const at of labelsFor(random)) {
    const label = repository.labels[at];
    if (label && at < LABEL_SHARES.length)
      await sink.add('issue_labels', { issue_id: issue + 1, label_id: label.id });
  }
  if (random.next() < 0.3) {
    const first = 1 + tail(random, plan.people);
    await sink.add('issue_assignees', { issue_id: issue + 1, user_id: first, created_at: created });
    if (random.next() < 0.2 && first > 1)
      await sink.add('issue_assignees', {
        issue_id: issue + 1,
        user_id: 1 + (first % plan.people),
        created_at: created,
      });
  }
  return row;
}

async function writeComments(plan: Plan, sink: Sink): Promise<void> {
  const words = openWords(plan.size.seed);
  const seen = new Set<number>();
  const roles = { commenter: 0, mentioned: 1 } as const;
  const addPerson = async (userId: number, role: keyof typeof roles, issue: number) => {
    const key = (issue * 2 + roles[role]) * (plan.people + 1) + userId;
    if (seen.has(key)) return;
    seen.add(key);
    // A set holds 16 million entries at most.
    if (seen.size > 15_000_000) throw new Error('Too many people take part.');
    await sink.add('issue_people', { user_id: userId, role, issue_id: issue + 1 });
  };
  const random = startRandom(plan.size.seed + 9);
  for (let at = 0; at < plan.size.comments; at += 1) {
    const [issue, userId] = [plan.issueOf[at] ?? 0, plan.commenterOf[at] ?? 1];
    await sink.add('issue_entries', {
      ...{ id: at + 1, issue_id: issue + 1, kind: 'comment', actor_id: userId, data: '{}' },
      ...{ body: commentOf(plan, at, words), body_version: 0, created_at: plan.commentedAt[at] ?? AT },
    });
    await addPerson(userId, 'commenter', issue);
    if (random.next() < 0.1) await addPerson(1 + tail(random, plan.people), 'mentioned', issue);
  }
}

/** In order of row ids: comments from the newest on, then texts, then titles. */
async function writeSearch(plan: Plan, sink: Sink): Promise<void> {
  const words = openWords(plan.size.seed);
  const scopeOf = (issue: number) => `ochr${plan.repositories[plan.repositoryOf[issue] ?? 0]?.id}x`;
  for (let at = plan.size.comments - 1; at >= 0; at -= 1) {
    const issue = plan.issueOf[at] ?? 0;
    await sink.addText({
      id: -(at + 1),
      issueId: issue + 1,
      title: '',
      body: commentOf(plan, at, words),
      scope: scopeOf(issue),
    });
  }
  for (const isTitle of [false, true])
    for (let issue = 0; issue < plan.size.issues; issue += 1) {
      const random = drawn(plan, issue);
      const title = titleOf(random, words);
      const body = isTitle ? '' : bodyOf(random, words);
      const id = (isTitle ? TITLES : 0) + issue + 1;
      await sink.addText({ id, issueId: issue + 1, title, body, scope: scopeOf(issue) });
    }
}
