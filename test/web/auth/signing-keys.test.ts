// Signing keys: proved with a real gpg and a real ssh-keygen, for their own person, and for nobody else.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/time.ts';
import { findSigningKey, listSigningKeys } from '../../../src/features/auth/signing-keys.service.ts';
import { updateUser } from '../../../src/features/users/users.store.ts';
import { type Gnupg, openGnupg } from '../../support/gnupg.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { eventKinds } from './browsers.ts';

const PAGE = '/settings/signing-keys';

let skew = 0;
const clock = { now: () => Date.now() + 1000 + skew };
let t: TestApp;
let gpg: Gnupg;
let directory: string;
beforeAll(async () => {
  t = await testApp({ server: { public_url: 'https://code.example.org' } }, { clock });
  gpg = openGnupg();
  directory = mkdtempSync(join(tmpdir(), 'och-signing-'));
});
afterAll(async () => {
  await t.close();
  gpg.close();
  rmSync(directory, { recursive: true, force: true });
});

let serial = 0;
let name = '';
let ada: Visitor;
beforeEach(async () => {
  skew = 0;
  name = `ada${serial++}`;
  ada = await t.as(name);
});

interface Asked {
  status: number;
  html: string;
  token: string;
  text: string;
}

/** Pastes a key; the challenge as the page shows it. */
async function ask(who: Visitor, key: string, title = ''): Promise<Asked> {
  const answer = await who.post(PAGE, { title, key });
  const html = await answer.text();
  const token = /name="token" value="([^"]+)"/.exec(html)?.[1] ?? '';
  const text = /printf %s (?:'|&#39;)(.*?)(?:'|&#39;)/.exec(html)?.[1] ?? '';
  return { status: answer.status, html, token, text };
}

async function prove(who: Visitor, token: string, signature: string) {
  const answer = await who.post(`${PAGE}/proof`, { token, signature });
  return { status: answer.status, html: await answer.text() };
}

async function keysOf(account: string) {
  const actor = await t.actor(account);
  return listSigningKeys(t.app, actor, actor.userId);
}

function sshPair(...options: string[]): { file: string; line: string } {
  const file = join(directory, `key${serial++}`);
  const type = options.length > 0 ? options : ['-t', 'ed25519'];
  execFileSync('ssh-keygen', ['-q', '-N', '', '-C', 'ada@laptop', '-f', file, ...type]);
  return { file, line: readFileSync(`${file}.pub`, 'utf8') };
}

function sshSign(file: string, text: string, namespace = 'opencodehub@code.example.org'): string {
  const args = ['-Y', 'sign', '-n', namespace, '-f', file];
  return execFileSync('ssh-keygen', args, { input: text, encoding: 'utf8', stdio: 'pipe' });
}

describe('a GPG key', () => {
  it('counts once its challenge was signed with it, and is published and found', async () => {
    const fingerprint = gpg.makeKey(`Ada <${name}@example.org>`);
    gpg.run(['--quick-add-uid', fingerprint, 'Ada <elsewhere@example.net>']);
    const asked = await ask(ada, gpg.exported(fingerprint), 'laptop');
    expect(asked).toMatchObject({
      status: 200,
      html: expect.stringContaining(`--local-user ${fingerprint}`),
    });
    expect(asked.text).toContain(`site=code.example.org account=${name} key=${fingerprint} nonce=`);
    expect(await keysOf(name)).toEqual([]);
    expect(await findSigningKey(t.app, 'gpg', fingerprint)).toBeUndefined();
    expect((await prove(ada, asked.token, gpg.sign(fingerprint, asked.text))).status).toBe(303);
    const { userId } = await t.actor(name);
    for (const id of [fingerprint, fingerprint.toLowerCase(), fingerprint.slice(-16)]) {
      const found = await findSigningKey(t.app, 'gpg', id);
      expect(found).toMatchObject({ key: { fingerprint, title: 'laptop' }, account: { id: userId, name } });
    }
    for (const id of ['', '%', fingerprint.slice(-15), `%${fingerprint.slice(-14)}%`])
      expect(await findSigningKey(t.app, 'gpg', id)).toBeUndefined();
    const page = await (await ada.get(PAGE)).text();
    expect(page).toMatch(new RegExp(`${name}@example.org <span class="label label-success">Verified`));
    expect(page).toMatch(/elsewhere@example.net <span class="label label-muted">Not a verified/);
    const published = await t.anonymous.get(`/${name.toUpperCase()}.gpg`);
    expect(published.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(gpg.run(['--show-keys', '--with-colons'], await published.text())).toContain(fingerprint);
    expect((await eventKinds(t)).at(-1)).toBe('signing_key.added');
  });

  it('signed through echo is forgiven the line break', async () => {
    const fingerprint = gpg.makeKey(`Echo <${name}@example.org>`);
    const asked = await ask(ada, gpg.exported(fingerprint));
    expect((await prove(ada, asked.token, gpg.sign(fingerprint, `${asked.text}\n`))).status).toBe(303);
  });

  it('is brought up to date by its own person', async () => {
    const fingerprint = gpg.makeKey(`Renewed <${name}@example.org>`, { expires: '1y' });
    const first = await ask(ada, gpg.exported(fingerprint));
    await prove(ada, first.token, gpg.sign(fingerprint, first.text));
    const [before] = await keysOf(name);
    gpg.run(['--quick-set-expire', fingerprint, '0']);
    const second = await ask(ada, gpg.exported(fingerprint), 'again');
    await prove(ada, second.token, gpg.sign(fingerprint, second.text));
    const after = await keysOf(name);
    expect(before?.expiresAt).toBeGreaterThan(clock.now());
    expect(after).toMatchObject([{ id: before?.id, title: 'again', expiresAt: null }]);
  });
});

describe('an SSH key', () => {
  it.each([
    ['ed25519', ['-t', 'ed25519']],
    ['ecdsa', ['-t', 'ecdsa', '-b', '256']],
    ['rsa', ['-t', 'rsa', '-b', '2048']],
  ])('of type %s counts once its challenge was signed with it', async (_type, options) => {
    const { file, line } = sshPair(...options);
    const asked = await ask(ada, line);
    expect(asked.html).toContain('ssh-keygen -Y sign -n opencodehub@code.example.org -f ~/.ssh/id_');
    expect((await prove(ada, asked.token, sshSign(file, asked.text))).status).toBe(303);
    const [row] = await keysOf(name);
    expect(row).toMatchObject({ kind: 'ssh', title: 'ada@laptop' });
    const found = await findSigningKey(t.app, 'ssh', row?.fingerprint ?? '');
    expect(found?.account.name).toBe(name);
    expect(await findSigningKey(t.app, 'gpg', row?.fingerprint ?? '')).toBeUndefined();
    expect(await (await t.anonymous.get(`/${name}.gpg`)).text()).toBe('');
  });

  it('that signs in may sign commits as well', async () => {
    const { file, line } = sshPair();
    expect((await ada.post('/settings/keys', { title: 'x', key: line })).status).toBe(303);
    const asked = await ask(ada, line);
    expect((await prove(ada, asked.token, sshSign(file, asked.text))).status).toBe(303);
  });
});

describe('a proof', () => {
  it('is not a signature of another text, by another key, or made for git', async () => {
    const [pair, other] = [sshPair(), sshPair()];
    const asked = await ask(ada, pair.line);
    for (const signature of [
      sshSign(pair.file, 'something else'),
      sshSign(other.file, asked.text),
      sshSign(pair.file, asked.text, 'git'),
      sshSign(pair.file, asked.text, 'opencodehub@evil.example.org'),
      '',
      'nonsense',
    ]) {
      const { status, html } = await prove(ada, asked.token, signature);
      expect([status, html]).toEqual([422, expect.stringContaining('This is not a signature of the text')]);
      // The question stays, to be answered again.
      expect(html).toContain(asked.token);
    }
    expect(await keysOf(name)).toEqual([]);
    expect((await prove(ada, asked.token, sshSign(pair.file, asked.text))).status).toBe(303);
  });

  it('works once, for an hour, for the last key asked about', async () => {
    const { file, line } = sshPair();
    const first = await ask(ada, line);
    const second = await ask(ada, line);
    const replaced = await prove(ada, first.token, sshSign(file, first.text));
    expect([replaced.status, replaced.html]).toEqual([
      422,
      expect.stringContaining('has expired or was replaced'),
    ]);
    const signature = sshSign(file, second.text);
    expect((await prove(ada, second.token, signature)).status).toBe(303);
    expect((await prove(ada, second.token, signature)).status).toBe(422);
    const third = await ask(ada, sshPair().line);
    skew = HOUR + 1000;
    ada = await t.as(name);
    expect((await prove(ada, third.token, 'x')).html).toContain('has expired or was replaced');
    expect(await keysOf(name)).toHaveLength(1);
  });

  it('given twice at the same moment adds one key', async () => {
    const { file, line } = sshPair();
    const asked = await ask(ada, line);
    const signature = sshSign(file, asked.text);
    const answers = await Promise.all([1, 2, 3].map(() => prove(ada, asked.token, signature)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 422, 422]);
    expect(await keysOf(name)).toHaveLength(1);
  });

  it('of one account is worth nothing to another', async () => {
    const eve = await t.as(`eve${serial++}`);
    const { file, line } = sshPair();
    const asked = await ask(ada, line);
    const stolen = await prove(eve, asked.token, sshSign(file, asked.text));
    expect([stolen.status, stolen.html]).toEqual([
      422,
      expect.stringContaining('has expired or was replaced'),
    ]);
    const own = await ask(eve, line);
    expect((await prove(eve, own.token, sshSign(file, asked.text))).status).toBe(422);
    expect(await keysOf(eve.name ?? '')).toEqual([]);
  });

  it('is what makes a key one’s own: pasting somebody’s public key keeps it from nobody', async () => {
    const eve = await t.as(`eve${serial++}`);
    const { file, line } = sshPair();
    expect((await ask(eve, line)).status).toBe(200);
    const asked = await ask(ada, line);
    expect((await prove(ada, asked.token, sshSign(file, asked.text))).status).toBe(303);
    const late = await ask(eve, line);
    expect([late.status, late.html]).toEqual([422, expect.stringContaining('Another account proved')]);
    expect(late.html).not.toContain(name);
  });
});

describe('the page', () => {
  it('keeps what was typed beside what is wrong, but never a private key', async () => {
    const wrong = await ask(ada, 'ssh-ed25519 AAAA', 'my title');
    expect([wrong.status, wrong.html]).toEqual([422, expect.stringContaining('value="my title"')]);
    const secret = gpg.run(['--armor', '--export-secret-keys', gpg.makeKey(`Secret <${name}@example.org>`)]);
    const answer = await ask(ada, secret);
    expect([answer.status, answer.html]).toEqual([422, expect.stringContaining('This is a private key')]);
    expect(answer.html).not.toContain(secret.split('\n')[3]);
  });

  it('asks again who one is after a while', async () => {
    const { file, line } = sshPair();
    const asked = await ask(ada, line);
    await prove(ada, asked.token, sshSign(file, asked.text));
    const [row] = await keysOf(name);
    skew = 3 * HOUR;
    expect((await ask(ada, sshPair().line)).token).toBe('');
    await ada.post(`${PAGE}/${row?.id}/removal`);
    expect(await keysOf(name)).toHaveLength(1);
  });

  it('removes one’s own keys and nobody else’s, and what is removed verifies nothing', async () => {
    const { file, line } = sshPair();
    const asked = await ask(ada, line);
    await prove(ada, asked.token, sshSign(file, asked.text));
    const [row] = await keysOf(name);
    const eve = await t.as(`eve${serial++}`);
    for (const id of [String(row?.id), '0', 'x'])
      expect((await eve.post(`${PAGE}/${id}/removal`)).status, id).toBe(404);
    expect((await ada.post(`${PAGE}/${row?.id}/removal`)).status).toBe(303);
    expect(await findSigningKey(t.app, 'ssh', row?.fingerprint ?? '')).toBeUndefined();
    expect((await eventKinds(t)).at(-1)).toBe('signing_key.removed');
  });

  it('of public keys says nothing of suspended and unknown people', async () => {
    const fingerprint = gpg.makeKey(`Gone <${name}@example.org>`);
    const asked = await ask(ada, gpg.exported(fingerprint));
    await prove(ada, asked.token, gpg.sign(fingerprint, asked.text));
    const { userId } = await t.actor(name);
    await t.app.db.write((tx) => updateUser(tx, userId, { isSuspended: true }));
    for (const path of [`/${name}.gpg`, `/${name}.keys`, '/nobody.gpg', '/.gpg', '/a%2Fb.gpg'])
      expect((await t.anonymous.get(path)).status, path).toBe(404);
  });
});
