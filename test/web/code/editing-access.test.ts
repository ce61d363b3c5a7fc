// Who may change files in the browser, and who may not.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeRepository, setArchived } from '../../../src/features/repos/repos.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { HOST } from '../../support/test-app.ts';
import { type EditingSite, editingSite } from './editing-site.ts';
import { runGit } from './import-commits.ts';

let site: EditingSite;
let open: OpenRepository;

beforeAll(async () => {
  site = await editingSite();
}, 60_000);
afterAll(() => site.t.close());
beforeEach(async () => {
  open = await site.fresh();
});

describe('who may not', () => {
  const addresses = ['edit/main/README.md', 'new/main', 'upload/main', 'delete/main/README.md'];

  it('visitors are asked to sign in, readers and strangers are refused, and nothing changes', async () => {
    const before = site.rev();
    const reader = await site.giveAccess('rita', 'read');
    const stranger = await site.t.as('stranger');
    for (const address of [...addresses, `commit/${before}/revert`, `commit/${before}/cherry-pick`]) {
      expect((await site.t.anonymous.get(`${open.path}/${address}`)).status, address).toBe(303);
      for (const who of [reader, stranger]) {
        const isLed = /^(?:edit|new|upload)/.test(address);
        expect((await who.get(`${open.path}/${address}`)).status, address).toBe(isLed ? 200 : 403);
        expect(
          (await who.post(`${open.path}/${address}`, { path: 'x', content: 'x', base: before })).status,
        ).toBe(403);
      }
    }
    expect(site.rev()).toBe(before);
    const page = await (await stranger.get(`${open.path}/blob/main/README.md`)).text();
    expect(page).not.toContain(`${open.path}/delete/`);
  });

  it('people who may only read are led through a fork of their own', async () => {
    await site.form(site.ada, 'new', 'main/', { path: 'pushed', content: 'p' });
    const stranger = await site.t.as('stranger');
    const page = await (await stranger.get(`${open.path}/edit/main/README.md`)).text();
    expect(page).toContain(`href="${open.path}/fork"`);
    expect(await (await stranger.get(`${open.path}/blob/main/README.md`)).text()).toContain(
      `${open.path}/edit/`,
    );
    const made = await stranger.post(`${open.path}/fork`, { name: open.repository.name });
    expect(made.status).toBe(303);
    const fork = `/stranger/${open.repository.name}`;
    const again = await (await stranger.get(`${open.path}/edit/main/README.md`)).text();
    expect(again).toContain(`href="${fork}/edit/main/README.md"`);
    const fields = {
      base: site.rev(),
      path: 'README.md',
      content: 'mine',
      target: 'new-branch',
      newBranch: 'fix',
    };
    const sent = await stranger.post(`${fork}/edit/main/README.md`, fields);
    expect(sent.headers.get('location')).toBe(`${open.path}/compare/main...stranger:fix`);
    expect((await stranger.get(`${open.path}/compare/main...stranger:fix`)).status).toBe(200);
    expect(await site.pushes()).toHaveLength(1);
  });

  it('a writer may', async () => {
    const writer = await site.giveAccess('wilma', 'write');
    expect(
      (await site.form(writer, 'edit', 'main/README.md', { path: 'README.md', content: 'w\n' })).status,
    ).toBe(303);
    expect(site.log()).toContain('wilma@users.noreply.127.0.0.1|wilma');
  });

  it('private repositories answer as if they were not there', async () => {
    await changeRepository(site.t.app, await site.t.actor('ada'), open, { visibility: 'private' });
    const stranger = await site.t.as('stranger');
    for (const address of addresses) {
      expect((await stranger.get(`${open.path}/${address}`)).status).toBe(404);
      expect((await stranger.post(`${open.path}/${address}`, {})).status).toBe(404);
    }
  });

  it('archived repositories refuse with the reason', async () => {
    await setArchived(site.t.app, await site.t.actor('ada'), open, true);
    const answer = await site.form(site.ada, 'edit', 'main/README.md', { path: 'README.md', content: 'x' });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('archived');
    expect(await (await site.ada.get(`${open.path}/blob/main/README.md`)).text()).not.toContain(
      `${open.path}/edit/`,
    );
  });

  it('tags and commits do not move', async () => {
    runGit(open.dir, 'tag', 'v1', 'main');
    expect((await site.ada.get(`${open.path}/edit/v1/README.md`)).status).toBe(409);
    expect((await site.ada.get(`${open.path}/edit/${site.rev()}/README.md`)).status).toBe(409);
  });

  it('a form from elsewhere is refused', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    const answer = await site.ada.post(
      `${open.path}/edit/main/README.md`,
      { path: 'README.md', content: 'x', base: site.rev() },
      headers,
    );
    expect(answer.status).toBe(403);
    expect(HOST).toContain('127.0.0.1');
  });
});
