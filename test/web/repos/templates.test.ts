// Repositories made from templates: what they begin with, what hostile variables come to, and who may.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { sizeOnDisk } from '../../../src/platform/git/maintenance.ts';
import { writeCommit } from '../../../src/platform/git/write-commit.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const SIGNATURE = { name: 'A', email: 'a@example.org', time: 0, offset: 0 };

async function open(owner: string, name: string): Promise<OpenRepository> {
  return openRepository(t.app, await t.actor(owner), owner, name, 'code:read');
}

/** A template of `ada` with these files; a mode may stand before the content. */
async function template(
  name: string,
  files: Record<string, string | Buffer | { link: string }>,
  isPrivate = false,
) {
  const visibility = isPrivate ? 'private' : 'public';
  const input = parseNewRepository({
    name,
    visibility,
    readme: true,
    description: 'the $REPO_OWNER template',
  });
  await createRepository(t.app, await t.actor('ada'), input);
  const { dir } = await open('ada', name);
  const changes = Object.entries(files).map(([path, content]) => ({
    path: Buffer.from(path),
    mode: typeof content === 'object' && 'link' in content ? ('120000' as const) : ('100644' as const),
    content: Buffer.from(typeof content === 'object' && 'link' in content ? content.link : content),
  }));
  const parents = [(await t.app.git.ref(dir, 'refs/heads/main')) ?? ''];
  const made = {
    format: 'sha1',
    parents,
    changes,
    author: SIGNATURE,
    committer: SIGNATURE,
    message: 'x',
  } as const;
  const oid = await writeCommit(t.app.git, dir, made);
  await t.app.git.run(['update-ref', 'refs/heads/main', oid], { dir });
  await t.app.git.run(['update-ref', 'refs/heads/second', oid], { dir });
  const ada = await t.as('ada');
  const saved = await ada.post(`/ada/${name}/settings`, {
    description: input.description,
    templateShown: '1',
    isTemplate: 'on',
  });
  expect(saved.status).toBe(303);
}

async function filesOf(owner: string, name: string): Promise<Map<string, string>> {
  const { dir } = await open(owner, name);
  const { stdout } = await t.app.git.run(['ls-tree', '-r', '-z', 'refs/heads/main'], { dir });
  const files = new Map<string, string>();
  for (const line of stdout.toString('latin1').split('\0').filter(Boolean)) {
    const [meta = '', path = ''] = line.split('\t');
    const data = await t.app.git.objects(dir).read(meta.split(' ')[2] ?? '');
    files.set(path, data?.data.toString('latin1') ?? '');
  }
  return files;
}

test('variables are filled into listed files and names, once, and into nothing else', async () => {
  const binary = Buffer.from([0, 1, 2, ...Buffer.from('$REPO_NAME')]);
  await template('start', {
    '.gitea/template': '# listed\n**/*.txt\nsrc/${REPO_NAME_SNAKE}/*\nlink\nraw.bin\n',
    'a.txt':
      '$REPO_NAME ${REPO_NAME_PASCAL}x $REPO_DESCRIPTION $UNKNOWN $$ ${TEMPLATE_NAME} $REPO_OWNER_UPPER',
    'deep/er/b.txt': '${REPO_HTTPS_URL}',
    'src/${REPO_NAME_SNAKE}/c': 'in $TEMPLATE_OWNER',
    'other.md': '$REPO_NAME',
    'raw.bin': binary,
    link: { link: '$REPO_NAME' },
  });
  const ben = await t.as('ben');
  expect(await (await ben.get('/ada/start')).text()).toContain('href="/ada/start/generate"');
  expect(await (await ben.get('/ada/start/generate')).text()).toContain('from a template');
  const form = { name: 'My-tool', visibility: 'public', description: '$REPO_OWNER $& $1 ${YEAR}' };
  const made = await ben.post('/ada/start/generate', form);
  expect(made.headers.get('location')).toBe('/ben/My-tool');
  const files = await filesOf('ben', 'My-tool');
  expect(files.get('a.txt')).toBe('My-tool MyToolx $REPO_OWNER $& $1 ${YEAR} $UNKNOWN $$ start BEN');
  expect(files.get('deep/er/b.txt')).toMatch(/\/ben\/My-tool\.git$/);
  expect(files.get('src/my_tool/c')).toBe('in ada');
  expect(files.get('other.md')).toBe('$REPO_NAME');
  expect(files.get('raw.bin')).toBe(binary.toString('latin1'));
  expect(files.get('link')).toBe('$REPO_NAME');
  expect([...files.keys()]).not.toContain('.gitea/template');
  const { dir, repository } = await open('ben', 'My-tool');
  const log = await t.app.git.run(['log', '--format=%an %s', 'refs/heads/main'], { dir });
  expect(log.stdout.toString().trim()).toBe('ben Initial commit');
  expect(repository.isEmpty).toBe(false);
  expect((await t.app.git.refs(dir, 'refs/')).map((ref) => ref.name)).toEqual(['refs/heads/main']);
  expect((await t.app.git.run(['fsck', '--strict', '--full'], { dir })).code).toBe(0);
});

test('a description cannot lead out of a folder, nor make a name that git refuses', async () => {
  await template('paths', {
    '.gitea/template': '**\n',
    'x/${REPO_DESCRIPTION}/f': 'f',
    '${REPO_DESCRIPTION}': 'g',
  });
  const ben = await t.as('ben');
  for (const [name, description] of [
    ['one', '../../../etc/passwd'],
    ['two', '..'],
    ['three', '.git'],
    ['four', '.GIT/config'],
  ] as const) {
    expect((await ben.post('/ada/paths/generate', { name, description, visibility: 'public' })).status).toBe(
      303,
    );
    const paths = [...(await filesOf('ben', name)).keys()];
    for (const path of paths) expect(path.split('/')).not.toContain('..');
    expect(paths.some((path) => /(^|\/)\.git($|\/)/i.test(path))).toBe(false);
    expect(paths.length).toBe(3);
  }
});

test('all branches come along when they are wanted, by the API as well', async () => {
  await template('branches', { f: 'f' });
  const authorization = `token ${await t.token('cleo')}`;
  const post = (body: object) =>
    t.anonymous.request('/api/v1/repos/ada/branches/generate', {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const made = await post({ name: 'all', git_content: true, git_branches: true, private: true });
  expect(made.status).toBe(201);
  expect((await made.json()).full_name).toBe('cleo/all');
  const { dir } = await open('cleo', 'all');
  expect((await t.app.git.refs(dir, 'refs/')).length).toBe(2);
  expect((await post({ name: 'all' })).status).toBe(409);
});

test('many branches of the same files are not copied once for each of them', async () => {
  const noise = randomBytes(512 * 1024);
  await template('copies', { noise });
  const { dir } = await open('ada', 'copies');
  const tip = (await t.app.git.ref(dir, 'refs/heads/main')) ?? '';
  for (let number = 0; number < 6; number++) {
    const changes = [{ path: Buffer.from('n'), mode: '100644' as const, content: Buffer.from(`${number}`) }];
    const made = { format: 'sha1', parents: [tip], changes, message: 'x' } as const;
    const oid = await writeCommit(t.app.git, dir, { ...made, author: SIGNATURE, committer: SIGNATURE });
    await t.app.git.run(['update-ref', `refs/heads/b${number}`, oid], { dir });
  }
  const ben = await t.as('ben');
  const form = { name: 'copies', visibility: 'public', allBranches: 'on' };
  expect((await ben.post('/ada/copies/generate', form)).status).toBe(303);
  const made = (await open('ben', 'copies')).dir;
  expect((await t.app.git.refs(made, 'refs/heads/')).length).toBe(8);
  expect(await sizeOnDisk(made)).toBeLessThan(2 * noise.length);
});

test('a long description in many places cannot fill the memory', async () => {
  const bomb = '$REPO_DESCRIPTION'.repeat(50_000);
  const files = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`bomb${at}`, `${at}${bomb}`]));
  await template('bomb', { '.gitea/template': '**\n', ...files });
  const ben = await t.as('ben');
  const form = { name: 'bomb', visibility: 'public', description: 'x'.repeat(350) };
  const refused = await ben.post('/ada/bomb/generate', form);
  expect(refused.status).toBe(422);
  expect(await refused.text()).toContain('names too many files');
  expect((await ben.get('/ben/bomb')).status).toBe(404);
});

test('a list of patterns that takes long to look through is refused', async () => {
  const folder = Array.from({ length: 15 }, () => 'a'.repeat(250)).join('/');
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`${folder}/${at}`, 'f']));
  await template('slow', { '.gitea/template': `${'*a'.repeat(120)}b\n`.repeat(100), ...files });
  const ben = await t.as('ben');
  const refused = await ben.post('/ada/slow/generate', { name: 'slow', visibility: 'public' });
  expect(refused.status).toBe(422);
  expect(await refused.text()).toContain('names too many files');
});

test('what is no template, or is not seen, makes nothing', async () => {
  const plain = parseNewRepository({ name: 'plain', visibility: 'public', readme: true });
  await createRepository(t.app, await t.actor('ada'), plain);
  await template('hidden', { f: 'f' }, true);
  const ben = await t.as('ben');
  expect((await ben.post('/ada/plain/generate', { name: 'no', visibility: 'public' })).status).toBe(422);
  expect((await ben.post('/ada/hidden/generate', { name: 'no', visibility: 'public' })).status).toBe(404);
  const asked = await t.anonymous.get('/ada/plain/generate');
  expect(asked.headers.get('location')).toContain('/login');
  // Whoever may not administer it leaves the choice as it is.
  const { repository } = await open('ada', 'branches');
  expect(repository.isTemplate).toBe(true);
  await (await t.as('ada')).post('/ada/branches/settings', { description: 'other' });
  expect((await open('ada', 'branches')).repository.isTemplate).toBe(true);
});

test('patterns match as people expect, in little time whatever they are', async () => {
  const { matchesPath, parsePatterns } = await import('../../../src/platform/git/path-patterns.ts');
  const matches = (pattern: string, path: string) =>
    parsePatterns(pattern).some((one) => matchesPath(one, path));
  for (const [pattern, path, expected] of [
    ['*.txt', 'a.txt', true],
    ['*.txt', 'd/a.txt', false],
    ['**/*.txt', 'a.txt', true],
    ['**/*.txt', 'd/e/a.txt', true],
    ['d/**', 'd/e/f', true],
    ['d/**', 'e/f', false],
    ['**.go', 'a/b.go', true],
    ['{a,b}/?', 'b/x', true],
    ['{a,b}/?', 'c/x', false],
    ['./a', 'a', true],
  ] as const)
    expect([pattern, path, matches(pattern, path)]).toEqual([pattern, path, expected]);
  expect(matches('*a'.repeat(100), 'a'.repeat(4000))).toBe(true);
  expect(parsePatterns('{a,b}'.repeat(40)).length).toBeLessThanOrEqual(100);
});
