// Pages of saved replies: one's own alone, kept as they were typed, with what is wrong beside its field.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';

const AT = '/settings/replies';

let t: TestApp;
let ada: Visitor;
let other: Visitor;

beforeAll(async () => {
  t = await testApp();
  [ada, other] = [await t.as('ada'), await t.as('other')];
});
afterAll(() => t.close());

it('are made, changed and deleted by their owner, and are nobody else’s business', async () => {
  const made = await ada.post(AT, { title: 'Thanks <b>', body: '"Thank" you,\r\n%cursor%' });
  expect([made.status, made.headers.get('location')]).toEqual([303, AT]);
  const page = await (await ada.get(AT)).text();
  expect(page).toContain('Thanks &lt;b&gt;');
  const id = /\/settings\/replies\/(\d+)"/.exec(page)?.[1];
  const list = await (await ada.get(`${AT}/list`)).text();
  expect(list).toContain('data-reply="&quot;Thank&quot; you,\n%cursor%"');
  expect(await (await other.get(`${AT}/list`)).text()).not.toContain('Thank');
  for (const answer of [
    await other.get(`${AT}/${id}`),
    await other.post(`${AT}/${id}`, { title: 'Mine', body: 'Mine' }),
    await other.post(`${AT}/${id}/deletion`),
  ])
    expect(answer.status).toBe(404);
  expect((await ada.post(`${AT}/${id}`, { title: 'Thanks', body: 'Thank you' })).status).toBe(303);
  expect(await (await ada.get(`${AT}/${id}`)).text()).toMatch(/<textarea[^>]*>\s*Thank you<\/textarea>/);
  expect((await ada.post(`${AT}/${id}/deletion`)).status).toBe(303);
  expect((await ada.get(`${AT}/${id}`)).status).toBe(404);
});

it('that cannot be kept come back as they were typed', async () => {
  for (const form of [
    { title: '', body: 'Typed with care' },
    { title: 'x'.repeat(101), body: 'Typed with care' },
    { title: 'Typed with care', body: ' ' },
    { title: 'Typed with care', body: 'x'.repeat(65_537) },
  ]) {
    const answer = await ada.post(AT, form);
    expect(answer.status).toBe(422);
    const page = await answer.text();
    expect(page).toContain('Typed with care');
    expect(page).toContain('form-error');
  }
});

it('ask who comes', async () => {
  expect((await t.anonymous.get(AT)).status).toBe(303);
  expect((await t.anonymous.post(AT, { title: 'a', body: 'b' })).status).toBe(401);
});
