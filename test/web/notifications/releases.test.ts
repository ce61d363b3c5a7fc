// Releases are told of to those who watch them, and their mails end them for the whole repository.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { saveRelease } from '../../../src/features/releases/publishing.service.ts';
import { parseRelease } from '../../../src/features/releases/releases.input.ts';
import { changeRepository } from '../../../src/features/repos/repos.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { HEAD, makeRepository } from '../code/repositories.ts';
import { siteOf } from './site.ts';

let t: TestApp;
beforeEach(async () => {
  t = await testApp();
});
afterEach(() => t.close());

test('a published release tells who watches everything or releases, drafts tell nobody, and those who may read none see none', async () => {
  const site = siteOf(t);
  const commits = [{ ref: HEAD, message: 'Begin', files: [{ path: 'a', data: 'a' }] }];
  const open = await makeRepository(t, 'ada', 'engine', commits, { visibility: 'public' });
  await t.app.jobs.drain();
  await site.watch('ada/engine', 'every', 'all');
  await site.watch('ada/engine', 'onlyreleases', 'custom', ['releases']);
  await site.watch('ada/engine', 'onlyissues', 'custom', ['issues']);
  const ada = await t.actor('ada');
  const input = { tag: 'v1', target: 'main', title: 'One', body: 'Notes.', isPrerelease: false };
  const draft = await saveRelease(t.app, ada, open, undefined, parseRelease({ ...input, isDraft: true }));
  expect(await site.told(draft.id)).toEqual([]);
  await saveRelease(t.app, ada, open, draft, parseRelease({ ...input, isDraft: false }));
  expect(await site.told(draft.id)).toEqual(['every: subscribed unread', 'onlyreleases: subscribed unread']);
  const every = await t.as('every');
  expect(await (await every.get('/notifications')).text()).toContain('>One</a>');
  await changeRepository(t.app, SYSTEM, await site.open('ada/engine'), { disabledUnits: 'releases' });
  expect(await (await every.get('/notifications')).text()).not.toContain('>One</a>');
});
