// What checks remark on lines, in Files changed.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkRunBody, checkRunOf } from '../../../src/features/rules/check-runs.input.ts';
import { createCheckRun } from '../../../src/features/rules/check-runs.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { makeWorkshop } from './proposals.ts';

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
}, 60_000);
afterAll(() => t.close());

it('shows the remarks of the newest run of each check below their lines, as text', async () => {
  const shop = await makeWorkshop(t);
  const oid = await shop.commit('topic', { 'a b.txt': 'one\ntwo\n' });
  const pull = await shop.propose('topic');
  const run = (message: string, line: number, path = 'a b.txt') =>
    checkRunOf(
      checkRunBody().parse({
        name: 'lint',
        conclusion: 'failure',
        output: {
          title: 't',
          summary: 's',
          annotations: [{ path, start_line: line, end_line: line, annotation_level: 'failure', message }],
        },
      }),
    );
  const writer = await t.actor('writer');
  await createCheckRun(t.app, writer, shop.open, oid, run('an older remark', 1));
  await createCheckRun(t.app, writer, shop.open, oid, run('odd <script>', 2));
  const html = await (
    await shop.people.reader.get(`${shop.open.path}/pull/${pull.issue.number}/files`)
  ).text();
  expect(html).toContain('odd &lt;script&gt;');
  expect(html).not.toContain('an older remark');
  expect(html.indexOf('odd &lt;script&gt;')).toBeGreaterThan(html.indexOf('two'));
  const split = await shop.people.reader.get(`${shop.open.path}/pull/${pull.issue.number}/files?diff=split`);
  expect(await split.text()).toContain('odd &lt;script&gt;');
  await shop.commit('topic', { 'a b.txt': 'one\ntwo\nthree\n' });
  const later = await shop.people.reader.get(`${shop.open.path}/pull/${pull.issue.number}/files`);
  expect(await later.text()).not.toContain('odd &lt;script&gt;');
});
