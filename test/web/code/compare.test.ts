// Comparing branches: what the link that a push prints leads to.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import type { RepoDir } from '../../../src/platform/git/git.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';

let t: TestApp;
let dir: RepoDir;

beforeAll(async () => {
  t = await testApp();
  const ada = await t.actor('ada');
  await createRepository(
    t.app,
    ada,
    parseNewRepository({ name: 'engine', visibility: 'public', readme: true }),
  );
  ({ dir } = await openRepository(t.app, ada, 'ada', 'engine', 'code:read'));
  await branch('feature/loop', 'refs/heads/main^0', 'loop.txt', 'Add the <b>loop</b>');
  await branch('main', 'refs/heads/main^0', 'other.txt', 'Go on with main');
  await branch('lonely', undefined, 'alone.txt', 'Begin elsewhere');
}, 60_000);
afterAll(() => t.close());

/** Commits one file to a branch with git's own importer. */
async function branch(name: string, from: string | undefined, file: string, message: string): Promise<void> {
  const parent = from === undefined ? '' : `from ${from}\n`;
  const input = `commit refs/heads/${name}\ncommitter Ada <ada@example.org> 1700000000 +0000\ndata ${Buffer.byteLength(message)}\n${message}\n${parent}M 100644 inline ${file}\ndata 3\nnew\n`;
  await t.app.git.run(['fast-import', '--quiet', '--force'], { dir, input });
}

describe('comparing', () => {
  it('shows only what the head has since it parted from the base', async () => {
    const text = await (await t.anonymous.get('/ada/engine/compare/main...feature/loop')).text();
    expect(text).toContain('loop.txt');
    expect(text).toContain('Add the &lt;b&gt;loop&lt;/b&gt;');
    expect(text).not.toContain('other.txt');
    expect(text).not.toContain('Go on with main');
  });

  it('takes the default branch as base when only a head is named', async () => {
    const text = await (await t.anonymous.get('/ada/engine/compare/feature/loop')).text();
    expect(text).toContain('loop.txt');
  });

  it('says so when there is nothing new, or no history in common', async () => {
    expect(await (await t.anonymous.get('/ada/engine/compare/main...main')).text()).toContain(
      'Nothing to compare',
    );
    const lonely = await (await t.anonymous.get('/ada/engine/compare/main...lonely')).text();
    expect(lonely).toContain('no history in common');
    expect(lonely).toContain('alone.txt');
  });

  it('hides nothing in the names it offers, which still name what they are', async () => {
    await branch('x/\u202egnp', 'refs/heads/main^0', 'bidi.txt', 'Turn around');
    const text = await (await t.anonymous.get('/ada/engine/compare/main...x/%E2%80%AEgnp')).text();
    expect(text).toMatch(/href="[^"]+\.\.\.x\/%E2%80%AEgnp" aria-current="true"/);
    expect(text).toContain('x/\ufffdgnp');
    expect(text.replaceAll('value="x/\u202egnp"', '')).not.toContain('\u202e');
  });

  it('leads from the form to the address, and refuses names that are not there', async () => {
    const sent = await t.anonymous.get('/ada/engine/compare?base=main&head=feature%2Floop');
    expect(sent.headers.get('location')).toBe('/ada/engine/compare/main...feature/loop');
    expect((await t.anonymous.get('/ada/engine/compare')).status).toBe(200);
    for (const path of ['main...nothing', 'nothing', '--output=x...main', 'main...', '...', 'a...b...c'])
      expect((await t.anonymous.get(`/ada/engine/compare/${path}`)).status, path).toBe(404);
  });
});

describe('a change of many files', () => {
  const file = (name: string, lines: string[]) =>
    `M 100644 inline many/${name}\ndata ${lines.join('').length}\n${lines.join('')}`;

  it('counts all of them, shows the first, and the others part by part', async () => {
    const lines = Array.from({ length: 30 }, (_, index) => `export const value${index} = f('${index}');\n`);
    const files = Array.from({ length: 1500 }, (_, index) =>
      file(`package-${index % 40}/module-${index}.ts`, lines),
    );
    const head = 'commit refs/heads/many\ncommitter Ada <a@example.org> 1700000000 +0000\ndata 4\nMany\n';
    const input = `${head}from refs/heads/main^0\n${files.join('\n')}\n`;
    await t.app.git.run(['fast-import', '--quiet'], { dir, input });
    const get = async (path: string) => (await t.anonymous.get(path)).text();
    const text = await get('/ada/engine/compare/main...many');
    expect(text).toContain('<strong>1,500 changed files</strong>');
    expect(text.length).toBeLessThan(1_000_000);
    const ids = (html: string) =>
      [...html.matchAll(/<section class="diff-file" id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids(text)).toHaveLength(50);
    expect(text).toContain('?files=2"');
    const src = (what: string) => {
      const [, address = ''] = new RegExp(`="(/ada/engine/diff/[^"]+/${what}\\?[^"]*)"`).exec(text) ?? [];
      return address.replaceAll('&amp;', '&');
    };
    const totals = /45,000 additions/.test(text) ? text : await get(src('totals'));
    expect(totals).toContain('45,000 additions');
    const all = new Set(ids(text));
    for (let part = 2; part <= 30; part++) {
      const page =
        part % 2 ? `/ada/engine/compare/main...many?files=${part}` : `${src('files')}&files=${part}`;
      const shown = ids(await get(page));
      expect(shown).toHaveLength(50);
      for (const id of shown) all.add(id);
    }
    expect(all.size).toBe(1500);
    const tree = await get(src('tree'));
    expect(tree.split('<li class="is-A">')).toHaveLength(1501);
    const [, last] = /href="([^"]+)">module-1489\.ts/.exec(tree) ?? [];
    expect(await get(`/ada/engine/compare/main...many${last?.split('#')[0]}`)).toContain(
      `id="${last?.split('#')[1]}"`,
    );
    const one = await get('/ada/engine/compare/main...many?path=many/package-9/module-1489.ts');
    expect(one).toContain('<strong>1 changed file</strong>');
    expect(one.split('class="diff-add"')).toHaveLength(31);
  }, 60_000);
});

describe('the list of branches', () => {
  it('tells how far each is from the default branch, and leads to the comparison', async () => {
    const text = await (await t.anonymous.get('/ada/engine/branches/all')).text();
    expect(text).toMatch(/compare\/main\.\.\.feature\/loop"[^>]*>1 ahead · 1 behind</);
    expect(text).toMatch(/compare\/main\.\.\.lonely"[^>]*>1 ahead · 2 behind</);
    expect(text).not.toContain('compare/main...main"');
  });
});
