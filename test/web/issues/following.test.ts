// What texts and commits do to other issues: entries there, people kept, issues closed; once, and only where whoever wrote or
// pushed it may see and do that.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeIssue, reopenIssue } from '../../../src/features/issues/closing.service.ts';
import { addComment } from '../../../src/features/issues/comments.service.ts';
import { followPush } from '../../../src/features/issues/commit-references.service.ts';
import { followText } from '../../../src/features/issues/cross-references.service.ts';
import { editText } from '../../../src/features/issues/edits.service.ts';
import { listEntries } from '../../../src/features/issues/entries.store.ts';
import { createIssue } from '../../../src/features/issues/issues.service.ts';
import { findIssueById } from '../../../src/features/issues/issues.store.ts';
import type { IssueRow } from '../../../src/features/issues/issues.types.ts';
import { openRepositoryById } from '../../../src/features/repos/access.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { blockUser } from '../../../src/features/users/blocks.service.ts';
import type { DomainEvent } from '../../../src/platform/events/events.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { type ImportedCommit, importCommits, runGit } from '../code/import-commits.ts';
import { HEAD, makeRepository } from '../code/repositories.ts';
import { eventsOf, makeTracker, type Tracker } from './tracker.ts';

let t: TestApp;
let place: Tracker;
beforeAll(async () => {
  t = await testApp();
  place = await makeTracker(t);
});
afterAll(() => t.close());

const ZERO = '0'.repeat(40);
const path = (tracker: Tracker) => tracker.open.path.slice(1);

async function entriesOf(issue: IssueRow, kind: string) {
  const entries = await listEntries(t.app.db.read, issue.id, { after: 0, limit: 100 });
  return entries.filter((entry) => entry.kind === kind);
}

async function stateOf(issue: IssueRow): Promise<string | undefined> {
  return (await findIssueById(t.app.db.read, issue.id))?.state;
}

async function writeAs(name: string, tracker: Tracker, body: string): Promise<IssueRow> {
  const actor = await t.actor(name);
  const open = await openRepositoryById(t.app, actor, tracker.open.repository.id, 'issues:read');
  const issue = await createIssue(t.app, actor, open, { title: `By ${name}`, body });
  await t.app.jobs.drain();
  return issue;
}

/** Everything that happened so far happens to the room once more. */
async function reactAgain(): Promise<void> {
  for (const event of (await t.app.events.recent({ limit: 500 })).reverse()) {
    if (event.kind === 'push') await followPush(t.app, event);
    if (
      event.kind === 'issue.opened' ||
      event.kind === 'issue.commented' ||
      event.kind === 'issue.text_edited'
    )
      await followText(t.app, event);
  }
}

describe('texts', () => {
  test('show in the issues they name, once, with where they come from', async () => {
    const target = await place.issue('Target');
    const source = await writeAs('reader', place, `See #${target.number} and #${target.number}, @ada`);
    await addComment(t.app, await t.actor('ada'), place.open, source, `Again #${target.number}`);
    await t.app.jobs.drain();
    await reactAgain();
    const entries = await entriesOf(target, 'referenced');
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      actorId: (await t.actor('reader')).userId,
      sourceIssueId: source.id,
      sourceRepositoryId: place.open.repository.id,
      data: {},
    });
    expect(await eventsOf(t, place.open, 'issue.referenced')).toHaveLength(1);
    const row = await findIssueById(t.app.db.read, target.id);
    expect(row?.updatedAt).toBe(target.updatedAt);
    expect((await findIssueById(t.app.db.read, source.id))?.bodyRendered?.html).toContain('<!--ref:0-->');
  });

  test('in other repositories, where their writer may see the issue', async () => {
    const secret = await makeTracker(t, { visibility: 'private' });
    const target = await secret.issue('Hidden plans');
    await writeAs('stranger', place, `I guess ${path(secret)}#${target.number}`);
    expect(await entriesOf(target, 'referenced')).toEqual([]);
    await writeAs('reader', place, `I know ${path(secret)}#${target.number}`);
    expect(await entriesOf(target, 'referenced')).toHaveLength(1);
  });

  test('an edit adds what is new, judged as of who edits; what was there stays its writer’s', async () => {
    const secret = await makeTracker(t, { visibility: 'private' });
    const target = await secret.issue('Hidden');
    const other = await place.issue('Other');
    const typed = `${path(secret)}#${target.number}`;
    const issue = await writeAs('stranger', place, `Typed ${typed}`);
    const edited = { body: `Typed ${typed} and #${other.number}`, version: issue.bodyVersion };
    await editText(t.app, await t.actor('ada'), place.open, issue, undefined, edited);
    await t.app.jobs.drain();
    expect(await entriesOf(target, 'referenced')).toEqual([]);
    expect(await entriesOf(other, 'referenced')).toHaveLength(1);
  });

  test('of people who are blocked refer to nothing of who blocked them', async () => {
    const target = await place.issue('Of ada');
    await t.actor('pest');
    await blockUser(t.app, await t.actor('ada'), (await t.actor('ada')).userId, 'pest');
    const elsewhere = await makeRepository(t, 'pest', 'lair', []);
    const actor = await t.actor('pest');
    await createIssue(t.app, actor, elsewhere, { title: 'x', body: `${path(place)}#${target.number} @ada` });
    await t.app.jobs.drain();
    expect(await entriesOf(target, 'referenced')).toEqual([]);
  });

  test('refer to at most fifty issues', async () => {
    const many = await makeTracker(t);
    const targets: IssueRow[] = [];
    for (let n = 0; n < 55; n++) targets.push(await many.issue(`T${n}`));
    await writeAs('ada', many, targets.map(({ number }) => `#${number}`).join(' '));
    const counts = await Promise.all(targets.map(async (one) => (await entriesOf(one, 'referenced')).length));
    expect(counts.reduce((sum, one) => sum + one, 0)).toBe(50);
  });

  test('an issue does not refer to itself', async () => {
    const issue = await place.issue('Self');
    await addComment(t.app, await t.actor('ada'), place.open, issue, `#${issue.number}`);
    await t.app.jobs.drain();
    expect(await entriesOf(issue, 'referenced')).toEqual([]);
  });
});

describe('commits', () => {
  let number = 0;
  const commit = (message: string, more: Partial<ImportedCommit> = {}): ImportedCommit => ({
    ref: HEAD,
    message,
    time: 1_700_000_000 + number++,
    files: [{ path: `f${number}`, data: message }],
    ...more,
  });

  async function begun(): Promise<Tracker> {
    const tracker = await makeTracker(t);
    importCommits(tracker.open.dir, [commit('Begin')]);
    return tracker;
  }

  /** Makes commits, and records them as pushed by somebody. */
  async function pushAs(
    name: string | undefined,
    { open }: { open: OpenRepository },
    commits: ImportedCommit[],
    more: { oldOid?: string; ref?: string; deployKey?: { id: number; title: string } } = {},
  ): Promise<string> {
    const ref = more.ref ?? HEAD;
    const oldOid = more.oldOid ?? runGit(open.dir, 'rev-parse', ref);
    importCommits(open.dir, commits);
    const newOid = runGit(open.dir, 'rev-parse', ref);
    const event: DomainEvent = {
      kind: 'push',
      repositoryId: open.repository.id,
      updates: [{ ref, oldOid, newOid }],
      ...(name === undefined ? {} : { actorId: (await t.actor(name)).userId }),
      ...(more.deployKey ? { deployKey: more.deployKey } : {}),
    };
    await t.app.db.write((tx) => t.app.events.record(tx, event));
    await t.app.jobs.drain();
    return newOid;
  }

  test('close what they fix when they reach the default branch, in the name of who pushed', async () => {
    const tracker = await begun();
    const [fixed, named] = [await tracker.issue('Fixed'), await tracker.issue('Named')];
    const oid = await pushAs('writer', tracker, [
      commit(`Mend it\n\nFixes #${fixed.number}, see #${named.number}`),
    ]);
    expect(await findIssueById(t.app.db.read, fixed.id)).toMatchObject({
      state: 'closed',
      closeReason: 'completed',
      closedById: (await t.actor('writer')).userId,
    });
    expect(await stateOf(named)).toBe('open');
    const [closed] = await entriesOf(fixed, 'closed');
    expect(closed?.data).toMatchObject({ commitOid: oid, commitRepositoryId: tracker.open.repository.id });
    for (const issue of [fixed, named]) {
      const [entry] = await entriesOf(issue, 'commit');
      expect(entry).toMatchObject({
        data: { oid, title: 'Mend it' },
        sourceRepositoryId: tracker.open.repository.id,
      });
    }
    expect(await eventsOf(t, tracker.open, 'issue.closed')).toHaveLength(1);
  });

  test('close nothing twice: not when the job runs again, nor when they are pushed again or rebased', async () => {
    const tracker = await begun();
    const base = runGit(tracker.open.dir, 'rev-parse', HEAD);
    const issue = await tracker.issue('Once');
    const fix = commit(`fix #${issue.number}`);
    await pushAs('ada', tracker, [fix]);
    expect(await stateOf(issue)).toBe('closed');
    await reopenIssue(t.app, await t.actor('ada'), tracker.open, { ...issue, state: 'closed' });
    await reactAgain();
    await pushAs('ada', tracker, [], { oldOid: base });
    expect(await stateOf(issue)).toBe('open');
    // The same change with another parent, as after a rebase and a forced push.
    const before = runGit(tracker.open.dir, 'rev-parse', HEAD);
    const rebased = await pushAs(
      'ada',
      tracker,
      [commit('Other', { from: base }), { ...fix, files: [{ path: 'else', data: 'x' }] }],
      { oldOid: before },
    );
    expect(rebased).not.toBe(before);
    expect(await stateOf(issue)).toBe('open');
    const entries = await entriesOf(issue, 'commit');
    expect(entries).toHaveLength(1);
    expect(entries[0]?.data).toEqual({ oid: rebased, title: `fix #${issue.number}` });
  });

  test('on other branches close nothing until they are merged', async () => {
    const tracker = await begun();
    const issue = await tracker.issue('Branch');
    const tip = runGit(tracker.open.dir, 'rev-parse', HEAD);
    const ref = 'refs/heads/topic';
    await pushAs('ada', tracker, [commit(`Closes #${issue.number}`, { ref, from: tip })], {
      ref,
      oldOid: ZERO,
    });
    expect(await stateOf(issue)).toBe('open');
    expect(await entriesOf(issue, 'commit')).toEqual([]);
    await pushAs('ada', tracker, [commit('Merge topic', { merges: [ref] })]);
    expect(await stateOf(issue)).toBe('closed');
  });

  test('close what whoever pushed may close, and no more, in other repositories too', async () => {
    const [code, theirs, secret] = [
      await begun(),
      await makeTracker(t),
      await makeTracker(t, { visibility: 'private' }),
    ];
    const actor = await t.actor('coder');
    await giveAccess(t.app, await t.actor('ada'), code.open, { username: 'coder', permission: 'write' });
    const [foreign, hidden] = [await theirs.issue('Foreign'), await secret.issue('Hidden')];
    const opened = await openRepositoryById(t.app, actor, theirs.open.repository.id, 'issues:read');
    const own = await createIssue(t.app, actor, opened, { title: 'Own', body: '' });
    const message = [foreign, own].map(({ number }) => `fixes ${path(theirs)}#${number}`).join('\n');
    await pushAs('coder', code, [commit(`${message}\nfixes ${path(secret)}#${hidden.number}`)]);
    expect(await stateOf(foreign)).toBe('open');
    expect(await entriesOf(foreign, 'commit')).toHaveLength(1);
    expect(await stateOf(own)).toBe('closed');
    expect(await stateOf(hidden)).toBe('open');
    expect(await entriesOf(hidden, 'commit')).toEqual([]);
    // What could not be closed then is not closed by the same commit later.
    await giveAccess(t.app, await t.actor('ada'), theirs.open, { username: 'coder', permission: 'triage' });
    await reactAgain();
    expect(await stateOf(foreign)).toBe('open');
  });

  test('that were in a fork before close when they reach the repository itself, once', async () => {
    const [code, tracker] = [await begun(), await begun()];
    const issue = await tracker.issue('Of both');
    const fix = commit(`fixes ${path(tracker)}#${issue.number}`);
    await giveAccess(t.app, await t.actor('ada'), code.open, { username: 'stranger', permission: 'write' });
    await pushAs('stranger', code, [fix]);
    expect(await stateOf(issue)).toBe('open');
    const oid = await pushAs('ada', tracker, [fix]);
    expect(await stateOf(issue)).toBe('closed');
    const [entry, ...more] = await entriesOf(issue, 'commit');
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ sourceRepositoryId: tracker.open.repository.id, data: { oid } });
    await reopenIssue(t.app, await t.actor('ada'), tracker.open, { ...issue, state: 'closed' });
    await reactAgain();
    expect(await stateOf(issue)).toBe('open');
  });

  test('of code without issues close those of other repositories', async () => {
    const [code, tracker] = [await begun(), await makeTracker(t)];
    const issue = await tracker.issue('Elsewhere');
    const { updateRepository } = await import('../../../src/features/repos/repos.store.ts');
    await t.app.db.write((tx) => updateRepository(tx, code.open.repository.id, { disabledUnits: 'issues' }));
    await pushAs('ada', code, [commit(`#1, fixes ${path(tracker)}#${issue.number}`)]);
    expect(await stateOf(issue)).toBe('closed');
  });

  test('of a first push, an import or a mirror close nothing', async () => {
    const tracker = await makeTracker(t);
    const issue = await tracker.issue('Old');
    await pushAs('ada', tracker, [commit(`fixes #${issue.number}`)], { oldOid: ZERO });
    expect(await stateOf(issue)).toBe('open');
    await pushAs(undefined, tracker, [commit(`fixes #${issue.number} too`)]);
    expect(await stateOf(issue)).toBe('open');
    const { updateRepository } = await import('../../../src/features/repos/repos.store.ts');
    await t.app.db.write((tx) => updateRepository(tx, tracker.open.repository.id, { isMirror: true }));
    await pushAs('ada', tracker, [commit(`fixes #${issue.number} again`)]);
    expect(await stateOf(issue)).toBe('open');
    expect(await entriesOf(issue, 'commit')).toEqual([]);
  });

  test('pushed with a deploy key show in their own repository, and close nothing', async () => {
    const [tracker, other] = [await begun(), await makeTracker(t)];
    const [issue, foreign] = [await tracker.issue('Keyed'), await other.issue('Foreign')];
    const message = `fixes #${issue.number} and fixes ${path(other)}#${foreign.number}`;
    await pushAs(undefined, tracker, [commit(message)], { deployKey: { id: 1, title: 'key' } });
    expect(await stateOf(issue)).toBe('open');
    expect((await entriesOf(issue, 'commit')).map(({ actorId }) => actorId)).toEqual([null]);
    expect(await entriesOf(foreign, 'commit')).toEqual([]);
  });

  test('a closed issue that is named stays closed as it was', async () => {
    const tracker = await begun();
    const issue = await tracker.issue('Done');
    await closeIssue(t.app, await t.actor('ada'), tracker.open, issue, { reason: 'not_planned' });
    await pushAs('ada', tracker, [commit(`fixes #${issue.number}`)]);
    expect((await findIssueById(t.app.db.read, issue.id))?.closeReason).toBe('not_planned');
    expect(await entriesOf(issue, 'commit')).toHaveLength(1);
  });

  test('of one push are looked at as far as the newest thousand', async () => {
    const tracker = await begun();
    const [old, young] = [await tracker.issue('Old'), await tracker.issue('Young')];
    const many = Array.from({ length: 1000 }, (_, n) =>
      commit(n === 999 ? `fixes #${young.number}` : `c${n}`),
    );
    await pushAs('ada', tracker, [commit(`fixes #${old.number}`), ...many]);
    expect(await stateOf(young)).toBe('closed');
    expect(await stateOf(old)).toBe('open');
  });
});
