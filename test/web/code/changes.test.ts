// Pages of changes against git itself: rows that rebuild both sides, hidden lines that are the file's, pairs side by side.
import { execFileSync } from 'node:child_process';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRandom } from '../../../scripts/corpus/random.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { type ImportedFile, importCommits, runGit } from './import-commits.ts';
import { HEAD, makeRepository } from './repositories.ts';

type Element = DefaultTreeAdapterTypes.Element;

let t: TestApp;
let open: OpenRepository;

beforeAll(async () => {
  t = await testApp();
  open = await makeRepository(t, 'ada', 'changes', randomHistory(11, 6));
}, 60_000);
afterAll(() => t.close());

/** Texts of few different lines, so that there is much to pair wrongly. */
function randomHistory(seed: number, commits: number) {
  const random = startRandom(seed);
  const words = [
    'alpha',
    'beta',
    '<b>&amp;',
    '',
    '  ',
    '@@ -1 +1 @@',
    '-',
    '+x',
    '\\ No',
    'été',
    'a\tb',
    '"\'',
  ];
  const ends = ['\n', '\n', '\n', ''];
  const text = (count: number) =>
    Array.from({ length: count }, () => random.pick(words)).join('\n') + random.pick(ends);
  const texts = new Map<string, string[]>();
  return Array.from({ length: commits }, (_, index) => {
    const files: ImportedFile[] = Array.from({ length: 12 }, (_, number) => {
      const path = `dir-${number % 3}/file-${number}.txt`;
      const lines = texts.get(path) ?? text(80 + random.below(80)).split('\n');
      for (let change = random.below(6); change > 0; change--)
        lines.splice(random.below(lines.length), random.below(4), ...text(random.below(4)).split('\n'));
      texts.set(path, lines);
      return { path, data: lines.join('\n') };
    });
    return { ref: HEAD, message: `Commit ${index}`, files };
  });
}

function elements(root: DefaultTreeAdapterTypes.ParentNode, test: (element: Element) => boolean): Element[] {
  return root.childNodes.flatMap((node) => {
    if (!('tagName' in node)) return [];
    const below = elements(node.tagName === 'template' && 'content' in node ? node.content : node, test);
    return test(node) ? [node, ...below] : below;
  });
}

const attribute = (element: Element | undefined, name: string) =>
  element?.attrs.find((one) => one.name === name)?.value;
const hasClass = (element: Element, name: string) =>
  (attribute(element, 'class') ?? '').split(' ').includes(name);

function textOf(node: DefaultTreeAdapterTypes.ChildNode): string {
  if ('value' in node) return node.value;
  if (!('childNodes' in node) || ('tagName' in node && hasClass(node, 'diff-eof'))) return '';
  return node.childNodes.map(textOf).join('');
}

interface Line {
  kind: string;
  number: number;
  text: string;
}

/** Both sides' lines of the rows of a page's file; `gaps` are where lines are hidden. */
function sidesOf(rows: readonly Element[]): {
  old: Line[];
  young: Line[];
  pairs: [Line | undefined, Line | undefined][];
} {
  const sides = {
    old: [] as Line[],
    young: [] as Line[],
    pairs: [] as [Line | undefined, Line | undefined][],
  };
  for (const row of rows) {
    if (hasClass(row, 'diff-hunk')) continue;
    const cells = row.childNodes.filter((node): node is Element => 'tagName' in node);
    const line = (number: Element | undefined, code: Element | undefined, kind: string): Line | undefined => {
      const at = attribute(number, 'data-line');
      return at === undefined || !code ? undefined : { kind, number: Number(at), text: textOf(code) };
    };
    const kindOf = (element: Element | undefined) =>
      element && (hasClass(element, 'diff-add') ? '+' : hasClass(element, 'diff-del') ? '-' : ' ');
    const isSplit = cells.length === 4;
    const old = line(cells[0], isSplit ? cells[1] : cells[2], kindOf(isSplit ? cells[1] : row) ?? ' ');
    const young = line(
      isSplit ? cells[2] : cells[1],
      isSplit ? cells[3] : cells[2],
      kindOf(isSplit ? cells[3] : row) ?? ' ',
    );
    if (old) sides.old.push(old);
    if (young) sides.young.push(young);
    sides.pairs.push([old, young]);
  }
  return sides;
}

async function get(path: string): Promise<string> {
  const answer = await t.anonymous.get(path);
  expect(answer.status, path).toBe(200);
  return answer.text();
}

const filesOf = (html: string) =>
  elements(parse(html), (element) => element.tagName === 'section' && hasClass(element, 'diff-file'));
const rowsOf = (file: Element) => elements(file, (element) => element.tagName === 'tr');

function linesAt(revision: string, path: string): string[] {
  const lines = execFileSync('git', ['--git-dir', open.dir, 'cat-file', 'blob', `${revision}:${path}`])
    .toString()
    .split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Takes the hidden lines from the version before, and must give the version after. */
function rebuilt(before: readonly string[], { old, young }: ReturnType<typeof sidesOf>): string[] {
  const shownOld = new Map(old.map((line) => [line.number, line]));
  const shownYoung = new Map(young.map((line) => [line.number, line.text]));
  const removed = new Set(old.filter((line) => line.kind === '-').map((line) => line.number));
  for (const [number, line] of shownOld) expect(line.text).toBe(before[number - 1]);
  const kept = before
    .map((text, index) => ({ text, number: index + 1 }))
    .filter(({ number }) => !removed.has(number));
  const added = new Map(young.filter((line) => line.kind === '+').map((line) => [line.number, line.text]));
  const out: string[] = [];
  while (kept.length > 0 || added.has(out.length + 1)) {
    const next = added.get(out.length + 1) ?? kept.shift()?.text ?? '';
    const shown = shownYoung.get(out.length + 1);
    if (shown !== undefined) expect(shown).toBe(next);
    out.push(next);
  }
  return out;
}

describe.each(['unified', 'split'])('rows in the %s layout', (view) => {
  it('rebuild both sides of every file of random histories', async () => {
    let files = 0;
    for (const oid of runGit(open.dir, 'rev-list', 'HEAD').split('\n').slice(0, -1)) {
      for (const file of filesOf(await get(`/ada/changes/commit/${oid}?diff=${view}`))) {
        const path = attribute(file, 'data-path') ?? '';
        const sides = sidesOf(rowsOf(file));
        expect(rebuilt(linesAt(`${oid}^`, path), sides)).toEqual(linesAt(oid, path));
        files++;
      }
    }
    expect(files).toBeGreaterThan(30);
  });
});

it('split rows pair removed lines with the added ones that follow them, in order', async () => {
  const oid = runGit(open.dir, 'rev-parse', 'HEAD');
  for (const file of filesOf(await get(`/ada/changes/commit/${oid}?diff=split`))) {
    const { pairs } = sidesOf(rowsOf(file));
    for (const [at, [old, young]] of pairs.entries()) {
      if (old?.kind === ' ' || young?.kind === ' ') {
        expect(old?.kind).toBe(' ');
        expect(old?.text).toBe(young?.text);
        continue;
      }
      expect(old ?? young).toBeDefined();
      // Nothing may stand opposite a gap while lines of that side are left in the same change.
      const before = pairs[at - 1];
      if (old && before && before[0] === undefined) expect(before[1]?.kind).not.toBe('+');
    }
  }
});

it('hidden lines come exactly as they are in the file, in every direction', async () => {
  const oid = runGit(open.dir, 'rev-parse', 'HEAD');
  let opened = 0;
  for (const view of ['unified', 'split']) {
    for (const file of filesOf(await get(`/ada/changes/commit/${oid}?diff=${view}`))) {
      const path = attribute(file, 'data-path') ?? '';
      const [before, after] = [linesAt(`${oid}^`, path), linesAt(oid, path)];
      for (const gap of rowsOf(file).filter((row) => attribute(row, 'data-new') !== undefined)) {
        const [from, old] = [Number(attribute(gap, 'data-new')), Number(attribute(gap, 'data-old'))];
        const count = Number(attribute(gap, 'data-count') ?? after.length + 10);
        const html = await get(
          `${attribute(file, 'data-lines')}&from=${from}&to=${from + count - 1}&old=${old}`,
        );
        const sides = sidesOf(elements(parse(html), (element) => element.tagName === 'tr'));
        expect(sides.young.map(({ text }) => text)).toEqual(after.slice(from - 1, from - 1 + count));
        for (const line of sides.old) expect(line.text).toBe(before[line.number - 1]);
        opened++;
      }
      // Without a script the whole file comes by a link.
      const all = filesOf(await get(`/ada/changes/commit/${oid}?path=${path}&context=1000000&diff=${view}`));
      expect(sidesOf(rowsOf(all[0] as Element)).young.map(({ text }) => text)).toEqual(after);
    }
  }
  expect(opened).toBeGreaterThan(30);
}, 120_000);

it('the layout that was asked for is remembered', async () => {
  const oid = runGit(open.dir, 'rev-parse', 'HEAD');
  const asked = await t.anonymous.get(`/ada/changes/commit/${oid}?diff=split`);
  const cookie = asked.headers.get('set-cookie')?.split(';')[0] ?? '';
  expect(cookie).toBe('diff-view=split');
  const again = await (await t.anonymous.get(`/ada/changes/commit/${oid}`, { cookie })).text();
  expect(again).toContain('diff-split');
  expect(await get(`/ada/changes/commit/${oid}`)).not.toContain('diff-split');
});

describe('what is special about a file', () => {
  beforeAll(() => {
    const many = (count: number, text: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => text(index)).join('');
    importCommits(open.dir, [
      {
        ref: 'refs/heads/odd',
        files: [
          { path: 'crlf.txt', data: 'a\r\nb\r\nc\r\n' },
          { path: 'space.c', data: 'int  a;\nint b;\n' },
          { path: 'string.py', data: `x = """\n${'text\n'.repeat(30)}"""\n` },
          { path: 'hunks.txt', data: many(200_000, (index) => `${index}\n`) },
          { path: 'link', data: 'old-target', mode: '120000' },
          { path: 'sub', data: '1'.repeat(40), mode: '160000' },
          { path: 'run.sh', data: 'echo\n' },
          { path: 'bin', data: Buffer.from([0, 1]) },
          { path: 'from.txt', data: many(40, (index) => `line ${index}\n`) },
          { path: '.gitattributes', data: 'made/** linguist-generated\nmade/hand.txt -linguist-generated\n' },
          { path: 'made/code.txt', data: 'x\n' },
          { path: 'made/hand.txt', data: 'x\n' },
          { path: 'picture.png', data: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0]) },
        ],
      },
      {
        ref: 'refs/heads/odd',
        deletes: ['from.txt'],
        files: [
          { path: 'crlf.txt', data: 'a\r\nB\r\nc\n' },
          { path: 'space.c', data: 'int a;\nint  b;\n' },
          {
            path: 'string.py',
            data: `x = """\n${'text\n'.repeat(20)}return None\n${'text\n'.repeat(10)}"""\n`,
          },
          { path: 'hunks.txt', data: many(200_000, (index) => (index % 2 ? `${index}\n` : `${index}!\n`)) },
          { path: 'link', data: 'new-target', mode: '120000' },
          { path: 'sub', data: '2'.repeat(40), mode: '160000' },
          { path: 'run.sh', data: 'echo\n', mode: '100755' },
          { path: 'bin', data: Buffer.from([0, 1, 2, 3]) },
          { path: 'to.txt', data: many(41, (index) => `line ${index}\n`) },
          { path: 'made/code.txt', data: 'y\n' },
          { path: 'made/hand.txt', data: 'y\n' },
          { path: 'picture.png', data: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1]) },
          { path: Buffer.from('caf\xe9 <script>.txt', 'latin1'), data: 'x\n' },
          { path: `zz-${'x'.repeat(150_000)}`, data: 'y\n' },
          { path: 'long.txt', data: 'y'.repeat(3_000_000) },
        ],
      },
    ]);
  }, 60_000);

  const page = (query = '') =>
    get(`/ada/changes/commit/${runGit(open.dir, 'rev-parse', 'refs/heads/odd')}${query}`);
  async function fileAt(path: string, query = ''): Promise<{ rows: Element[]; text: string }> {
    const file = filesOf(await page(query)).find((one) => attribute(one, 'data-path') === path);
    return { rows: file ? rowsOf(file) : [], text: file ? textOf(file) : '' };
  }

  it('is told: renames, modes, submodules, sizes, links', async () => {
    expect((await fileAt('to.txt')).text).toMatch(/from\.txt → to\.txt\s+renamed 9\d%/);
    expect((await fileAt('run.sh')).text).toContain('100644 → 100755');
    expect((await fileAt('sub')).text).toContain('Submodule moved from 1111111 to 2222222.');
    expect((await fileAt('bin')).text).toContain('Binary file: 2 bytes → 4 bytes');
    expect((await fileAt('link')).text).toContain('new-target');
    expect(await page()).toContain('/raw/');
  });

  it('leaves white space out when asked to', async () => {
    expect((await fileAt('space.c')).text).toContain('int  b;');
    expect((await fileAt('space.c', '?w=1')).text).toContain('Only white space changed.');
  });

  it('ends lines as their file does', async () => {
    const { old, young } = sidesOf((await fileAt('crlf.txt')).rows);
    expect(old.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
    expect(young.map(({ text }) => text)).toEqual(['a', 'B', 'c']);
  });

  it('colours a line by the whole file: inside a long string no word is a keyword', async () => {
    const html = await page('?path=string.py');
    expect(html).toContain('<span class="hljs-string">return None</span>');
  });

  it('folds what programs made, by .gitattributes too, and shows it when asked', async () => {
    expect((await fileAt('made/code.txt')).rows).toHaveLength(0);
    expect((await fileAt('made/hand.txt')).rows).not.toHaveLength(0);
    expect((await fileAt('made/code.txt', '?path=made/code.txt')).rows).not.toHaveLength(0);
  });

  it('does not choke on 100,000 hunks, lines of megabytes or odd names', async () => {
    expect((await fileAt('hunks.txt')).text).toContain('Load this file');
    expect((await fileAt('hunks.txt', '?path=hunks.txt')).text).toContain('more changes than can be shown');
    const long = await fileAt('long.txt');
    expect(long.text.length).toBeLessThan(5000);
    expect((await fileAt('caf%E9%20%3Cscript%3E.txt')).rows).toHaveLength(2);
    expect((await page()).length).toBeLessThan(2_000_000);
    expect(await page()).toContain('>zz-xxx');
  }, 60_000);
});
