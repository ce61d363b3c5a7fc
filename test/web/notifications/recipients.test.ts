// Who is told of what, exactly: by watching, by taking part, by being named, and what keeps them from it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { closeIssue, reopenIssue } from '../../../src/features/issues/closing.service.ts';
import { editText } from '../../../src/features/issues/edits.service.ts';
import { findIssue } from '../../../src/features/issues/lookups.service.ts';
import { chooseSubscription } from '../../../src/features/issues/subscriptions.service.ts';
import { DEFAULT_SETTINGS } from '../../../src/features/notifications/notifications.types.ts';
import { saveSettings } from '../../../src/features/notifications/settings.service.ts';
import { addMember } from '../../../src/features/orgs/members.service.ts';
import { createOrganization, setBasePermission } from '../../../src/features/orgs/orgs.service.ts';
import { addTeamMember } from '../../../src/features/orgs/team-members.service.ts';
import { createTeam } from '../../../src/features/orgs/teams.service.ts';
import { takeAccess } from '../../../src/features/repos/collaborators.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { changeRepository, createRepository } from '../../../src/features/repos/repos.service.ts';
import { giveTeamAccess } from '../../../src/features/repos/team-access.service.ts';
import { blockUser } from '../../../src/features/users/blocks.service.ts';
import { setRestricted, suspendUser } from '../../../src/features/users/standing.service.ts';
import { notifications } from '../../../src/platform/db/tables/notifications.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { type Site, siteOf } from './site.ts';

let t: TestApp;
let site: Site;
beforeEach(async () => {
  t = await testApp();
  site = siteOf(t);
  await site.makeRepository('ada', 'open');
  await site.makeRepository('ada', 'secret', 'private');
  await t.app.jobs.drain();
});
afterEach(() => t.close());

test('a new issue tells who watches everything or issues, and not who asked for less or did it', async () => {
  for (const [name, level, kinds] of [
    ['every', 'all', []],
    ['onlyissues', 'custom', ['issues']],
    ['onlyreleases', 'custom', ['releases']],
    ['part', 'participating', []],
    ['ignoring', 'ignore', []],
    ['writer', 'all', []],
  ] as const)
    await site.watch('ada/open', name, level, [...kinds]);
  const issue = await site.issue('ada/open', 'writer');
  expect(await site.told(issue.id)).toEqual([
    'ada: subscribed unread',
    'every: subscribed unread',
    'onlyissues: subscribed unread',
  ]);
});

test('who takes part is told of what follows, with the reason they take part for', async () => {
  await site.watch('ada/open', 'ada', 'participating');
  const issue = await site.issue('ada/open', 'author');
  await site.comment('ada/open', 'talker', issue, 'One');
  expect(await site.told(issue.id)).toEqual(['author: author unread']);
  await site.comment('ada/open', 'author', issue, 'Two');
  expect(await site.told(issue.id)).toEqual(['author: author unread', 'talker: comment unread']);
  const ada = await t.actor('ada');
  const open = await site.open('ada/open', ada);
  await closeIssue(t.app, ada, open, issue, { reason: 'completed' });
  await site.comment('ada/open', 'talker', issue, 'Three');
  expect(await site.told(issue.id)).toEqual([
    'ada: state_change unread',
    'author: author unread',
    'talker: comment unread',
  ]);
});

test('muting and ignoring outlast mentions, and own activity is told of only when asked for', async () => {
  const issue = await site.issue('ada/open', 'author');
  for (const name of ['mute', 'ignore', 'plain']) await t.actor(name);
  const mute = await t.actor('mute');
  await chooseSubscription(t.app, mute, await site.open('ada/open', mute), issue, 'muted');
  await site.watch('ada/open', 'ignore', 'ignore');
  const author = await t.actor('author');
  await saveSettings(t.app, author, { ...DEFAULT_SETTINGS, ownActivity: true });
  await site.comment('ada/open', 'author', issue, 'Look, @mute, @ignore and @plain.');
  expect(await site.told(issue.id)).toEqual([
    'ada: subscribed unread',
    'author: author unread',
    'plain: mention unread',
  ]);
  // Who was mentioned hears of what follows; who is muted stays so by taking part.
  await site.comment('ada/open', 'mute', issue, 'I take part.');
  await site.comment('ada/open', 'ada', issue, 'More.');
  expect(await site.told(issue.id)).toEqual([
    'ada: subscribed unread',
    'author: author unread',
    'plain: mention unread',
  ]);
});

test('nobody hears from whom they blocked, nor from who blocked them, nor suspended, nor as a restricted account', async () => {
  for (const name of ['blocker', 'blocked', 'gone', 'bound', 'fine'])
    await site.watch('ada/open', name, 'all');
  const writer = await t.actor('writer');
  const blocker = await t.actor('blocker');
  await blockUser(t.app, blocker, blocker.userId, 'writer');
  await blockUser(t.app, writer, writer.userId, 'blocked');
  await suspendUser(t.app, SYSTEM, (await t.actor('gone')).userId);
  await setRestricted(t.app, SYSTEM, (await t.actor('bound')).userId, true);
  const issue = await site.issue('ada/open', 'writer', 'A title', '@blocker @blocked @gone @bound');
  expect(await site.told(issue.id)).toEqual(['ada: subscribed unread', 'fine: subscribed unread']);
});

test('access that was lost before the reaction keeps whoever watches, subscribed or is mentioned from hearing', async () => {
  for (const name of ['watcher', 'subscriber', 'named', 'stays'])
    await site.give('ada/secret', name, name === 'watcher' ? 'write' : 'read');
  await t.app.jobs.drain();
  const issue = await site.issue('ada/secret', 'ada');
  await site.comment('ada/secret', 'subscriber', issue, 'Here.');
  await site.comment('ada/secret', 'stays', issue, 'Here too.');
  await t.app.jobs.drain();
  const before = await site.told(issue.id);
  expect(before).toEqual(['ada: author unread', 'subscriber: comment unread', 'watcher: subscribed unread']);
  await t.app.db.write(async (tx) => void (await tx.delete(notifications)));
  await site.comment('ada/secret', 'ada', issue, 'For @named, @stranger and @watcher.');
  const open = await site.open('ada/secret');
  for (const name of ['watcher', 'subscriber', 'named'])
    await takeAccess(t.app, SYSTEM, open, (await t.actor(name)).userId);
  expect(await site.told(issue.id)).toEqual(['stays: comment unread']);
});

test('issues that are switched off, and issues that are gone, are told of to nobody', async () => {
  await site.watch('ada/open', 'bob', 'all');
  const issue = await site.issue('ada/open', 'writer');
  const open = await site.open('ada/open');
  await changeRepository(t.app, SYSTEM, open, { disabledUnits: 'issues' });
  expect(await site.told(issue.id)).toEqual([]);
  await changeRepository(t.app, SYSTEM, open, { disabledUnits: '' }).catch(() => undefined);
});

test('an edited text tells those it did not mention before, and nobody else', async () => {
  for (const name of ['first', 'second']) await t.actor(name);
  await site.watch('ada/open', 'ada', 'participating');
  const issue = await site.issue('ada/open', 'author', 'A title', 'For @first.');
  expect(await site.told(issue.id)).toEqual(['first: mention unread']);
  await t.app.db.write(async (tx) => void (await tx.update(notifications).set({ state: 'done' })));
  const author = await t.actor('author');
  const edit = { body: 'For @first and @second.', version: 0 };
  await editText(t.app, author, await site.open('ada/open', author), issue, undefined, edit);
  expect(await site.told(issue.id)).toEqual(['first: mention done', 'second: mention unread']);
});

test('what ran already changes nothing when it runs again, also after it was read, and in any order', async () => {
  await site.watch('ada/open', 'bob', 'all');
  const issue = await site.issue('ada/open', 'writer');
  await site.comment('ada/open', 'writer', issue, 'Later.');
  await t.app.jobs.drain();
  const { tellOf } = await import('../../../src/features/notifications/delivery.service.ts');
  const { isTold } = await import('../../../src/features/notifications/occurrences.service.ts');
  await t.app.db.write(async (tx) => void (await tx.update(notifications).set({ state: 'read' })));
  const events = (await t.app.events.recent({ limit: 20 })).filter(isTold);
  expect(events.map(({ kind }) => kind)).toEqual(['issue.commented', 'issue.opened']);
  for (const event of [...events, ...events.toReversed()]) await tellOf(t.app, event);
  expect(await site.told(issue.id)).toEqual(['ada: subscribed read', 'bob: subscribed read']);
  expect(await findIssue(t.app, issue.id)).toBeDefined();
  const ada = await t.actor('ada');
  await closeIssue(t.app, ada, await site.open('ada/open', ada), issue, { reason: 'completed' });
  await reopenIssue(t.app, ada, await site.open('ada/open', ada), issue).catch(() => undefined);
  expect(await site.told(issue.id)).toEqual([
    'ada: subscribed read',
    'bob: subscribed unread',
    'writer: author unread',
  ]);
});

test('a team that is mentioned reaches those of it and below it who may read, and none is called by who may not know of it', async () => {
  const owner = await t.actor('chief');
  const org = await createOrganization(t.app, owner, { name: 'mill', displayName: '', visibility: 'public' });
  const orgId = org.id;
  await setBasePermission(t.app, SYSTEM, orgId, 'none');
  const team = (name: string, more: object = {}) => createTeam(t.app, owner, orgId, { name, ...more });
  const top = await team('top');
  const below = await team('below', { parent: 'top' });
  const other = await team('other');
  const hidden = await team('hidden', { isSecret: true });
  for (const [name, teamId] of [
    ['upper', top.id],
    ['lower', below.id],
    ['apart', other.id],
    ['unseen', hidden.id],
  ] as const) {
    await addMember(t.app, SYSTEM, orgId, (await t.actor(name)).userId, 'member');
    await addTeamMember(t.app, SYSTEM, orgId, teamId, { username: name, role: 'member' });
  }
  const input = { name: 'works', visibility: 'private', owner: 'mill' };
  await createRepository(t.app, owner, parseNewRepository(input));
  const open = await site.open('mill/works');
  await giveTeamAccess(t.app, SYSTEM, open, { teamId: top.id, permission: 'read' });
  await giveTeamAccess(t.app, SYSTEM, open, { teamId: hidden.id, permission: 'read' });
  for (const name of ['outsider', 'insider']) await site.give('mill/works', name, 'read');
  await addMember(t.app, SYSTEM, orgId, (await t.actor('insider')).userId, 'member');
  await t.app.jobs.drain();
  const text = 'For @mill/top, @mill/other and @mill/hidden.';
  const called = await site.issue('mill/works', 'outsider', 'A title', text);
  expect(await site.told(called.id)).toEqual(['chief: subscribed unread']);
  const issue = await site.issue('mill/works', 'insider', 'A title', text);
  expect(await site.told(issue.id)).toEqual([
    'chief: subscribed unread',
    'lower: team_mention unread',
    'upper: team_mention unread',
  ]);
});
