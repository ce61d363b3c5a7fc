// Issues are found by their words on every engine, ranked by where they are, and odd input finds something or nothing.
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startRandom } from '../../scripts/corpus/random.ts';
import type { Actor, UserActor } from '../../src/base/actor.ts';
import { insertEntry, updateEntry } from '../../src/features/issues/entries.store.ts';
import { insertIssue, noteChange, updateIssue } from '../../src/features/issues/issues.store.ts';
import { pageOfIssues } from '../../src/features/issues/listing.service.ts';
import type { ListScope } from '../../src/features/issues/listing.types.ts';
import { parseQuery } from '../../src/features/issues/queries.service.ts';
import {
  mendSearch,
  putComments,
  putIssues,
  removeFromSearch,
  searchAfter,
} from '../../src/features/issues/search-upkeep.service.ts';
import { removeText, textsAmong } from '../../src/features/issues/text-search.store.ts';
import { combine } from '../../src/features/repos/repos.policy.ts';
import type { OpenRepository, Owned } from '../../src/features/repos/repos.types.ts';
import type { App } from '../../src/platform/app.types.ts';
import { issueCounters, issues } from '../../src/platform/db/tables/issues.ts';
import type { RecordedEvent } from '../../src/platform/events/events.types.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { worldIn } from '../support/standing.ts';

const NOW = Date.UTC(2026, 5, 15, 12);
/** What a grant without caps opens. */
const WHOLE = { source: 'member', permission: 'read', caps: {} } as const;

let place: TestDatabase;
let app: App;
let ann: UserActor;
let ben: UserActor;
let here: Owned;
let secret: Owned;
let numbers: number;

beforeEach(async () => {
  place = await openTestDb();
  app = { db: place.db, clock: { now: () => NOW } } as App;
  const world = worldIn(place.db);
  ann = await world.person('ann');
  ben = await world.person('ben');
  here = await world.repository({ id: ann.userId, kind: 'user' }, 'here');
  secret = await world.repository({ id: ann.userId, kind: 'user' }, 'secret', { visibility: 'private' });
  numbers = 0;
  const none = { lastNumber: 0, openIssues: 0, closedIssues: 0, openPulls: 0, closedPulls: 0 };
  for (const { repository } of [here, secret])
    await place.db.write((tx) => tx.insert(issueCounters).values({ repositoryId: repository.id, ...none }));
});
afterEach(() => place.close());

async function issue(
  title: string,
  body = '',
  { repository }: Owned = here,
  more: Partial<typeof issues.$inferInsert> = {},
): Promise<number> {
  numbers += 1;
  const at = NOW + numbers;
  const { id } = await place.db.write(async (tx) => {
    const made = await insertIssue(tx, {
      ...{ repositoryId: repository.id, number: numbers, isPull: false, authorId: ann.userId, title, body },
      ...{ state: 'open', createdAt: at, updatedAt: at, ...more },
    });
    await noteChange(tx, made.id, NOW);
    return made;
  });
  await putIssues(app, [id]);
  return id;
}

/** Many issues of one title in one transaction, for engines that take long to commit. */
async function crowd(total: number, title: string, { repository }: Owned): Promise<void> {
  const ids = await place.db.write(async (tx) => {
    const made: number[] = [];
    for (let i = 1; i <= total; i += 1) {
      const at = NOW + numbers + i;
      const { id } = await insertIssue(tx, {
        ...{ repositoryId: repository.id, number: numbers + i, isPull: false, authorId: ann.userId, title },
        ...{ body: '', state: 'open', createdAt: at, updatedAt: at },
      });
      await noteChange(tx, id, NOW);
      made.push(id);
    }
    return made;
  });
  numbers += total;
  await putIssues(app, ids);
}

async function comment(issueId: number, body: string): Promise<number> {
  const id = await place.db.write((tx) =>
    insertEntry(tx, { issueId, kind: 'comment', actorId: ann.userId, data: {}, body, createdAt: NOW }),
  );
  await putComments(app, [id]);
  return id;
}

async function found(
  text: string,
  actor: Actor = ann,
  scope: ListScope = { kind: 'all' },
): Promise<number[]> {
  const page = await pageOfIssues(app, actor, { scope, query: parseQuery(text), size: 50 });
  if (!text.includes('is:')) expect(page.open + page.closed).toBe(page.issues.length);
  return page.issues.map(({ id }) => id);
}

const inside = ({ repository }: Owned): ListScope => ({
  kind: 'repository',
  open: {
    repository,
    owner: { id: repository.ownerId, name: 'ann', kind: 'user' },
    units: combine([WHOLE]).units,
  } as OpenRepository,
});

test('titles come before texts, and texts before comments; every word must be there', async () => {
  const byComment = await issue('Something else', 'Nothing to see');
  await comment(byComment, 'The parser crashed again');
  const byText = await issue('Trouble', 'I saw that the parser crashed on start');
  const byTitle = await issue('Parser crashed', 'See the log');
  const half = await issue('Parser is slow', 'No other words');
  expect(await found('parser crashed')).toEqual([byTitle, byText, byComment]);
  expect(await found('PARSER')).toEqual(expect.arrayContaining([byTitle, half, byText, byComment]));
  expect(await found('"parser crashed" in:title')).toEqual([byTitle]);
  expect(await found('parser in:comments')).toEqual([byComment]);
  expect(await found('"crashed parser"')).toEqual([]);
  expect(await found('parser -crashed')).toEqual([half]);
  expect(await found('parser -"is slow" in:title')).toEqual([byTitle]);
  expect((await found('parser sort:created-asc')).at(0)).toBe(byComment);
  expect(await found('parser crashed', ann, inside(here))).toEqual([byTitle, byText, byComment]);
  expect(await found('parser crashed', ann, inside(secret))).toEqual([]);
  expect(await found('parser is:closed')).toEqual([]);
});

test('accents, letter case and signs do not matter; scripts without spaces are searched in part', async () => {
  const accented = await issue('Café naïve RÉSUMÉ');
  const path = await issue('Fails in src/main_loop.ts at foo::barbaz');
  const chinese = await issue('登录页面加载失败 repeatedly');
  expect(await found('cafe resume')).toEqual([accented]);
  expect(await found('main_loop')).toEqual([path]);
  expect(await found('foo::barbaz')).toEqual([path]);
  // MySQL's index leaves out words of fewer than three letters.
  if (place.db.dialect !== 'mysql') expect(await found('加载失败')).toEqual([chinese]);
});

test('leak: words in what one may not see find nothing and count nothing', async () => {
  const hidden = await issue('Unannounced merger', 'zebracode', secret);
  await comment(hidden, 'giraffecode');
  for (const text of [
    'merger',
    'zebracode',
    'giraffecode',
    'merger repo:ann/secret',
    `ochr${secret.repository.id}x`,
  ]) {
    expect(await found(text, ben)).toEqual([]);
    if (!text.startsWith('ochr')) expect(await found(text, ann)).toEqual([hidden]);
  }
});

test('edits, hidden and deleted texts are followed, and what was missed is mended', async () => {
  const id = await issue('First words', 'alpha text');
  const entryId = await comment(id, 'bravo comment');
  const happened = (event: Record<string, unknown>) =>
    searchAfter(app, {
      id: 1,
      createdAt: NOW,
      repositoryId: here.repository.id,
      issueId: id,
      ...event,
    } as unknown as RecordedEvent);
  await place.db.write((tx) => updateIssue(tx, id, { title: 'Second', body: 'charlie text' }));
  await happened({ kind: 'issue.renamed', from: 'First words', to: 'Second' });
  expect([await found('first'), await found('alpha'), await found('second'), await found('charlie')]).toEqual(
    [[], [], [id], [id]],
  );
  await place.db.write((tx) => updateEntry(tx, entryId, { body: 'delta comment' }));
  await happened({ kind: 'issue.text_edited', entryId, before: 'bravo comment' });
  expect([await found('bravo'), await found('delta')]).toEqual([[], [id]]);
  await place.db.write((tx) => updateEntry(tx, entryId, { hiddenReason: 'spam' }));
  await happened({ kind: 'issue.comment_hidden', entryId });
  expect(await found('delta')).toEqual([]);
  await place.db.write((tx) => updateEntry(tx, entryId, { hiddenReason: null }));
  await place.db.write(async (tx) => {
    for (const kind of ['title', 'text'] as const) await removeText(tx, kind, id);
    await removeText(tx, 'comment', entryId);
  });
  expect([await found('delta'), await found('charlie')]).toEqual([[], []]);
  await mendSearch(app, new AbortController().signal);
  expect([await found('delta'), await found('charlie'), await found('second')]).toEqual([[id], [id], [id]]);
  await place.db.write((tx) => updateIssue(tx, id, { repositoryId: secret.repository.id, number: 900 }));
  await place.db.write((tx) => noteChange(tx, id, NOW));
  await happened({ kind: 'issue.transferred', fromRepositoryId: 1, fromNumber: 1, number: 900 });
  expect([
    await found('delta', ann, inside(secret)),
    await found('delta', ann, inside(here)),
    await found('delta', ben),
  ]).toEqual([[id], [], []]);
  await place.db.write(async (tx) => {
    await removeFromSearch(app, tx, id);
    await tx.delete(issues).where(eq(issues.id, id));
    await noteChange(tx, id, NOW);
  });
  for (const [kind, of] of [
    ['title', id],
    ['text', id],
    ['comment', entryId],
  ] as const)
    expect((await textsAmong(place.db.read, kind, [of])).size).toBe(0);
  await happened({ kind: 'issue.deleted', number: 900, title: 'Second' });
  await mendSearch(app, new AbortController().signal);
  expect([await found('delta'), await found('second')]).toEqual([[], []]);
});

test('many matches in other repositories hide none in this one', async () => {
  const old = await issue('Common word here', '', secret);
  const ids: number[] = [];
  for (let i = 0; i < 120; i += 1) ids.push(await issue(`Common word ${i}`));
  expect(await found('common', ann, inside(secret))).toEqual([old]);
  const page = await pageOfIssues(app, ann, {
    scope: inside(here),
    query: parseQuery('common word'),
    size: 20,
  });
  expect(page).toMatchObject({ open: 120, closed: 0 });
  const seen = page.issues.map(({ id }) => id);
  for (let next = page.next; next; ) {
    const more = await pageOfIssues(app, ann, {
      scope: inside(here),
      query: parseQuery('common word'),
      size: 20,
      after: next,
    });
    seen.push(...more.issues.map(({ id }) => id));
    next = more.next;
  }
  expect(seen.toSorted((a, b) => a - b)).toEqual(ids);
});

test('many newer matches, also in what one may not see, hide none in repositories that are named', async () => {
  const old = await issue('Common word of old');
  await crowd(410, 'Common word', secret);
  expect(await found('common repo:ann/here', ben)).toEqual([old]);
  expect(await found('common user:ann -repo:ann/secret', ann)).toEqual([old]);
  expect(await found('common repo:ann/secret', ben)).toEqual([]);
  await crowd(120, 'Part', here);
  expect(await found('common user:ann', ben)).toEqual([old]);
});

test('odd words never reach the syntax of the search', async () => {
  const id = await issue('Plain AND simple OR near', 'NOT a trap: NEAR(x, 5) title:secret "quoted" it\'s');
  const odd = [
    '"',
    "'",
    '\\',
    '*',
    '^',
    '(',
    ')',
    ':',
    '-',
    '+',
    '~',
    '<',
    '>',
    '@',
    '&',
    '|',
    '!',
    '{',
    '}',
    ';',
    '--',
    '/*',
    '%',
    '_',
    '\u0000',
    '\ud800',
  ];
  const words = [
    'AND',
    'OR',
    'NOT',
    'NEAR',
    'title',
    'body',
    'scope',
    'rowid',
    'plain',
    '',
    'ochr1x',
    'İ',
    'ß',
    '\u{1f600}',
    '٣',
  ];
  const random = startRandom(7);
  for (let i = 0; i < 150; i += 1) {
    const text = Array.from({ length: 1 + random.below(6) }, () =>
      random.pick(random.next() < 0.6 ? odd : words),
    ).join(random.pick(['', ' ']));
    const page = await pageOfIssues(app, ann, { scope: { kind: 'all' }, query: parseQuery(text), size: 5 });
    expect(page.issues.length, text).toBeLessThanOrEqual(1);
  }
  expect(await found('"simple OR near"')).toEqual(
    place.db.dialect === 'mysql' ? expect.arrayContaining([id]) : [id],
  );
  for (const text of ['*', '---', '"\' OR 1=1 --']) expect(await found(text)).toEqual([]);
});

test('mending the search leaves the thread to others, however much is right already', async () => {
  await issue('Something', 'to look through');
  let isWaiting = true;
  let turns = 0;
  const others = () => {
    turns += 1;
    if (isWaiting) setImmediate(others);
  };
  setImmediate(others);
  await mendSearch(app, new AbortController().signal);
  isWaiting = false;
  expect(turns).toBeGreaterThan(0);
});
