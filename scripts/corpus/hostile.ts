// Repositories made to break whoever shows them. Git's own checks would refuse some at a push; on the disk they may lie
// all the same, from older times or another server.
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RawEntry, RawObjects } from './raw-objects.ts';

export const MARKUP = '"><script>hit()</script><img src=x onerror=hit()>';

type Making = (raw: RawObjects, repository: string) => string | Promise<string>;

/** Each fills an empty bare repository and gives the commit that its branch `main` is to point at. */
export const HOSTILE: Readonly<Record<string, Making>> = {
  names: (raw) => raw.commit(raw.tree(namesOf(raw))),
  'paths out of the repository': (raw) => raw.commit(raw.tree(escapesOf(raw))),
  'broken trees': (raw) => {
    const oid = raw.blob('x\n');
    const inner = raw.tree([{ mode: '', name: 'no-mode', oid }]);
    return raw.commit(
      raw.tree([
        { mode: '40000', name: '', oid: inner },
        { mode: '100644', name: '', oid },
        { mode: '40000', name: 'inner', oid: inner },
        { mode: '40000', name: 'not-a-tree', oid },
        { mode: '100644', name: 'not-a-blob', oid: inner },
      ]),
    );
  },
  'symbolic links': (raw) => raw.commit(raw.tree(linksOf(raw))),
  'settings in files': (raw) => raw.commit(raw.tree(settingsOf(raw))),
  contents: (raw) => raw.commit(raw.tree(contentsOf(raw))),
  'a deep tree': (raw) => deepTree(raw, 3000),
  'a blob of 1 GiB': async (raw) => {
    const oid = await raw.zeros(1024 ** 3);
    return raw.commit(raw.tree([{ mode: '100644', name: 'zeros.txt', oid }]));
  },
  '200,000 refs': manyRefs,
  'odd commits': oddCommits,
  'missing objects': (raw) => {
    const gone = 'dead'.repeat(10);
    const entries = [
      { mode: '100644', name: 'gone.txt', oid: gone },
      { mode: '40000', name: 'gone', oid: gone },
      { mode: '100644', name: 'there.txt', oid: raw.blob('here\n') },
    ];
    return raw.commit(raw.tree(sorted(entries)), { parents: [gone] });
  },
};

/** Fills an empty bare repository at a directory with one of them. */
export async function makeHostile(repository: string, kind: string): Promise<void> {
  const make = HOSTILE[kind];
  if (!make) throw new Error(`There is no ${kind}; there are ${Object.keys(HOSTILE).join(', ')}.`);
  const commit = await make(new RawObjects(repository), repository);
  appendFileSync(join(repository, 'packed-refs'), '');
  writeFileSync(join(repository, 'refs/heads/main'), `${commit}\n`);
}

/** In git's order, where a directory sorts as if its name ended in a slash. */
function sorted(entries: readonly RawEntry[]): RawEntry[] {
  const keyOf = ({ mode, name }: RawEntry) =>
    Buffer.concat([
      Buffer.isBuffer(name) ? name : Buffer.from(name),
      Buffer.from(mode === '40000' ? '/' : ''),
    ]);
  return entries.toSorted((a, b) => Buffer.compare(keyOf(a), keyOf(b)));
}

function namesOf(raw: RawObjects): RawEntry[] {
  const oid = raw.blob('int main(void) { return 0; }\n');
  const names: (string | Buffer)[] = [
    ...[
      '-rf',
      '--help',
      '--output=x',
      '-',
      ':(exclude)x',
      'HEAD',
      'main',
      'refs',
      '__proto__',
      'constructor',
    ],
    ...[
      MARKUP.replaceAll('/', '_'),
      `${MARKUP.replaceAll('/', '_')}.md`,
      '<%= 1 %>{{1}}.txt',
      "'; drop table.c",
    ],
    ...[
      'two\nlines.c',
      'tab\tand\rreturn.c',
      'bell\x07\x1b[31m.c',
      'a\u202etxt.exe',
      'back\\slash.c',
      'CON',
      'nul.c',
    ],
    ...[
      '100%41.txt',
      'what?#here.txt',
      ' x .txt ',
      '*.c',
      '[a-z].c',
      '~',
      '$HOME',
      '`id`',
      'a;b',
      'a|b',
      'é.c',
      'e\u0301.c',
    ],
    ...['%2e%2e', '%00', '...', 'blob', 'L1', `${'n'.repeat(4000)}.c`, 'README', 'readme.md', 'ReadMe.MD'],
    Buffer.from('caf\xe9.c', 'latin1'),
    Buffer.from([0xff, 0xfe, 0x2e, 0x63]),
    Buffer.from('\xed\xa0\x80.c', 'latin1'),
  ];
  const sub = raw.tree(sorted(names.map((name) => ({ mode: '100644', name, oid }))));
  return sorted([
    ...names.map((name) => ({ mode: '100644', name, oid })),
    { mode: '40000', name: 'dir', oid: sub },
    { mode: '40000', name: '-d', oid: sub },
    { mode: '100777', name: 'odd-mode', oid },
    { mode: '160000', name: 'sub', oid: '3'.repeat(40) },
  ]);
}

function escapesOf(raw: RawObjects): RawEntry[] {
  const oid = raw.blob('root:x:0:0\n');
  const inner = raw.tree(sorted([{ mode: '100644', name: 'passwd', oid }]));
  const config = raw.tree(
    sorted([{ mode: '100644', name: 'config', oid: raw.blob('[core]\n\tfsmonitor = id\n') }]),
  );
  return [
    { mode: '40000', name: '.', oid: inner },
    { mode: '40000', name: '..', oid: inner },
    { mode: '40000', name: '.git', oid: config },
    { mode: '40000', name: '.GIT', oid: config },
    { mode: '100644', name: 'a/b', oid },
    { mode: '100644', name: '/etc/passwd', oid },
    { mode: '100644', name: '../../x', oid },
    { mode: '40000', name: 'git~1', oid: config },
    { mode: '100644', name: 'twice', oid },
    { mode: '40000', name: 'twice', oid: inner },
    { mode: '100644', name: 'twice', oid },
  ];
}

function linksOf(raw: RawObjects): RawEntry[] {
  const targets: Record<string, string> = {
    absolute: '/etc/passwd',
    escape: '../../../../../../etc/passwd',
    itself: 'itself',
    loop: 'pool',
    pool: 'loop',
    markup: MARKUP,
    long: 'x/'.repeat(50_000),
    nothing: '',
    script: 'javascript:hit()',
    'README.md': '/proc/self/environ',
    LICENSE: '../../../../../etc/shadow',
    '.gitattributes': '/dev/zero',
    '.gitmodules': '/dev/zero',
    '.mailmap': '/dev/zero',
    '.git-blame-ignore-revs': '/dev/zero',
    '.editorconfig': '/dev/zero',
  };
  return sorted(
    Object.entries(targets).map(([name, target]) => ({ mode: '120000', name, oid: raw.blob(target) })),
  );
}

function settingsOf(raw: RawObjects): RawEntry[] {
  const attributes = [
    '* filter=evil diff=evil merge=evil textconv=evil export-subst ident eol=crlf working-tree-encoding=UTF-7',
    '[attr]evil -text diff=evil',
    `"${MARKUP}" linguist-language=${MARKUP}`,
    ...Array.from({ length: 20_000 }, (_, i) => `${'**/'.repeat(20)}${i}* evil linguist-language=X${i}`),
  ];
  const modules = [
    `[submodule "${MARKUP}"]\n\tpath = sub\n\turl = javascript:hit()\n`,
    '[submodule "two"]\n\tpath = two\n\turl = --upload-pack=touch /tmp/hit\n\tupdate = !touch /tmp/hit\n',
    '[submodule "../../x"]\n\tpath = ../x\n\turl = ext::sh -c id\n',
    '[include]\n\tpath = /etc/passwd\n',
    '[submodule "a"]\n'.repeat(50_000),
  ];
  const files: Record<string, string> = {
    '.gitattributes': `${attributes.join('\n')}\n`,
    '.gitmodules': modules.join(''),
    '.mailmap': 'Eve <eve@example.org> <ada@example.org>\n'.repeat(100_000),
    '.editorconfig': `root = true\n[${'{a,b}'.repeat(2000)}]\nindent_size = 999999999\ntab_width = -1\n[*{1..999999999}]\ncharset = x\n`,
    '.git-blame-ignore-revs': `${'f'.repeat(40)}\n--output=/tmp/hit\nnot an id\n${'0'.repeat(40)}\n`.repeat(
      2000,
    ),
    'subst.txt': `$Format:${'%(describe)'.repeat(200)}$\n$Format:%B%x00%ae$\n`,
    CODEOWNERS: `${'**/'.repeat(1000)}x @eve\n`,
    'plain.txt': 'plain\n',
  };
  const entries = Object.entries(files).map(([name, text]) => ({
    mode: '100644',
    name,
    oid: raw.blob(text),
  }));
  const links = ['sub', 'two'].map((name) => ({ mode: '160000', name, oid: '4'.repeat(40) }));
  return sorted([...entries, ...links]);
}

function contentsOf(raw: RawObjects): RawEntry[] {
  const deep = '['.repeat(200_000);
  const cell = { cell_type: 'markdown', source: [`${MARKUP}\n[x](javascript:hit())`] };
  const output = { output_type: 'display_data', data: { 'text/html': [MARKUP], 'image/svg+xml': [MARKUP] } };
  const notebook = {
    nbformat: 4,
    metadata: {},
    cells: [cell, { cell_type: 'code', source: MARKUP, outputs: [output] }],
  };
  const files: Record<string, string | Buffer> = {
    'README.md': `# ${MARKUP}\n\n${'> '.repeat(5000)}deep\n\n${'*a **b '.repeat(20_000)}\n`,
    'line.js': `var a = "${'x'.repeat(3_000_000)}";\n`,
    'deep.json': deep,
    'deep.js': `${'('.repeat(100_000)}1`,
    'deep.py': `${Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}if x:`).join('\n')}\n`,
    'wide.csv': `${'a,'.repeat(100_000)}\n"never closed\n${MARKUP}\n`,
    'long.csv': `a,b\n${'1,2\n'.repeat(200_000)}`,
    'book.ipynb': JSON.stringify(notebook),
    'broken.ipynb': '{"cells": [{"cell_type": "code", "source": [[[[',
    'page.svg': '<svg xmlns="http://www.w3.org/2000/svg" onload="hit()"><script>hit()</script></svg>',
    'bomb.svg': `<!DOCTYPE svg [<!ENTITY a "${'x'.repeat(1000)}"><!ENTITY b "${'&a;'.repeat(1000)}">]><svg>&b;</svg>`,
    'page.html': `<script>hit()</script>${MARKUP}`,
    'book.pdf': '%PDF-1.7\n1 0 obj << /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >> endobj\n%%EOF\n',
    'movie.mp4': Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypmp42'), Buffer.alloc(1000)]),
    'picture.png': Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(100, 255)]),
    'lines.c': 'int x;\n'.repeat(120_000),
    'ansi.log': '\x1b]8;;javascript:hit()\x07click\x1b]8;;\x07\n',
    'nul.txt': Buffer.from('text\0with nul\n'),
    'bom.txt': Buffer.from('\ufefftext\r\n\u2028\u2029\n'),
    'pointer.bin': `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 99999999999999999999\n`,
  };
  return sorted(Object.entries(files).map(([name, data]) => ({ mode: '100644', name, oid: raw.blob(data) })));
}

function deepTree(raw: RawObjects, levels: number): string {
  let oid = raw.tree([{ mode: '100644', name: 'bottom.txt', oid: raw.blob('bottom\n') }]);
  for (let level = 0; level < levels; level++) oid = raw.tree([{ mode: '40000', name: 'd', oid }]);
  return raw.commit(oid);
}

function manyRefs(raw: RawObjects, repository: string): string {
  const commit = raw.commit(raw.tree([{ mode: '100644', name: 'a.txt', oid: raw.blob('a\n') }]));
  const names = Array.from({ length: 100_000 }, (_, i) => `many/${String(i).padStart(6, '0')}`);
  const lines = [
    ...names.map((name) => `${commit} refs/heads/${name}`),
    ...names.map((name) => `${commit} refs/tags/${name}`),
  ];
  writeFileSync(
    join(repository, 'packed-refs'),
    `# pack-refs with: peeled fully-peeled sorted \n${lines.join('\n')}\n`,
  );
  return commit;
}

function oddCommits(raw: RawObjects, repository: string): string {
  const tree = raw.tree([{ mode: '100644', name: 'a.txt', oid: raw.blob('a\n') }]);
  const root = raw.commit(tree, { message: Buffer.from('caf\xe9 without an end', 'latin1') });
  const far = raw.commit(tree, { parents: [root], person: 'Eve <eve@example.org> 99999999999999 +9999' });
  const past = raw.commit(tree, { parents: [far], person: 'Eve <eve@example.org> -99999999999999 -9999' });
  const nobody = raw.commit(tree, { parents: [past], person: ' <> 0 +0000' });
  const markup = raw.commit(tree, {
    parents: [nobody],
    person: `${MARKUP.replace(/[<>]/g, '')} <${MARKUP}> 1 +0000`,
  });
  const long = raw.commit(tree, {
    parents: [markup],
    message: `${'#1 @eve https://example.org/ '.repeat(200_000)}\n`,
  });
  const twice = raw.commit(tree, { parents: [long, long, long] });
  const many = Array.from({ length: 500 }, (_, i) =>
    raw.commit(tree, { parents: [twice], message: `Side ${i}\n` }),
  );
  const octopus = raw.commit(tree, { parents: many });
  const bare = raw.write('commit', `tree ${tree}\n\nNo author\n`);
  let tag = octopus;
  for (let depth = 0; depth < 300; depth++)
    tag = raw.write('tag', `object ${tag}\ntype ${depth === 0 ? 'commit' : 'tag'}\ntag t\n\n${MARKUP}\n`);
  writeFileSync(join(repository, 'refs/tags/deep'), `${tag}\n`);
  writeFileSync(join(repository, 'refs/tags/tree'), `${tree}\n`);
  writeFileSync(join(repository, 'refs/tags/blob'), `${raw.blob('a\n')}\n`);
  writeFileSync(join(repository, 'refs/heads/bare'), `${bare}\n`);
  return octopus;
}
