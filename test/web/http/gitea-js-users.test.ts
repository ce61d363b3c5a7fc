// Gitea's own JavaScript client keeps an account here, and asks what the site is and can do.
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGnupg } from '../../support/gnupg.ts';
import { PASSWORD } from '../../support/test-app.ts';
import { base64, type Client, type ClientSite, clientSite, idOf, PIXEL, refusal } from './gitea-js-site.ts';

let site: ClientSite;
let ada: Client;
let ben: Client;
const TEXT = { format: 'text' as const };

beforeAll(async () => {
  site = await clientSite();
  [ada, ben] = [await site.as('ada'), await site.as('ben')];
});
afterAll(() => site.close(import.meta.url));

const logins = (list: readonly { login?: string }[] | undefined) => list?.map(({ login }) => login);
const names = (list: readonly { name?: string }[]) => list.map(({ name }) => name);
/** What takes the password instead of a token. */
const byPassword = (name: string) => ({
  secure: false,
  headers: { Authorization: `Basic ${base64(`${name}:${PASSWORD}`)}` },
});

describe('an account', () => {
  it('knows itself and is known to others', async () => {
    expect((await ada.user.userGetCurrent()).data).toMatchObject({
      login: 'ada',
      username: 'ada',
      email: 'ada@example.org',
      is_admin: false,
      html_url: expect.stringMatching(/\/ada$/),
      avatar_url: expect.stringMatching(/^http/),
      created: expect.stringMatching(/^\d{4}-/),
    });
    expect((await ben.users.userGet('ada')).data).toMatchObject({ login: 'ada', id: expect.any(Number) });
    expect((await refusal(ada.users.userGet('nobody-here'))).status).toBe(404);
    const found = await ada.users.userSearch({ q: 'be', limit: 5 });
    expect([logins(found.data.data), found.data.ok]).toEqual([['ben'], true]);
    expect((await refusal(site.anonymous.user.userGetCurrent())).status).toBe(401);
  });

  it('has settings and a picture', async () => {
    const change = {
      full_name: 'Ada L.',
      website: 'https://ada.example',
      location: 'London',
      description: 'Counts',
    };
    expect((await ada.user.updateUserSettings(change)).data).toMatchObject(change);
    expect((await ada.user.getUserSettings()).data).toMatchObject(change);
    expect((await ben.users.userGet('ada')).data).toMatchObject(change);
    const before = (await ada.user.userGetCurrent()).data.avatar_url;
    expect((await ada.user.userUpdateAvatar({ image: PIXEL })).status).toBe(204);
    const after = (await ada.user.userGetCurrent()).data.avatar_url ?? '';
    expect(after).not.toBe(before);
    expect((await fetch(new URL(new URL(after).pathname, site.url))).headers.get('content-type')).toMatch(
      /^image\//,
    );
    expect((await ada.user.userDeleteAvatar()).status).toBe(204);
    expect((await ada.user.userGetCurrent()).data.avatar_url).toBe(before);
    expect(
      (await refusal(ada.user.userUpdateAvatar({ image: base64('no picture') }))).status,
    ).toBeGreaterThanOrEqual(400);
  });

  it('follows others, and blocks them', async () => {
    expect((await ada.user.userCurrentPutFollow('ben')).status).toBe(204);
    expect((await ada.user.userCurrentCheckFollowing('ben')).status).toBe(204);
    expect((await ada.users.userCheckFollowing('ada', 'ben')).status).toBe(204);
    expect((await refusal(ada.users.userCheckFollowing('ben', 'ada'))).status).toBe(404);
    expect(logins((await ada.user.userCurrentListFollowing()).data)).toEqual(['ben']);
    expect(logins((await ben.user.userCurrentListFollowers()).data)).toEqual(['ada']);
    expect(logins((await ada.users.userListFollowers('ben')).data)).toEqual(['ada']);
    expect(logins((await ada.users.userListFollowing('ada')).data)).toEqual(['ben']);
    expect((await ada.user.userCurrentDeleteFollow('ben')).status).toBe(204);
    expect((await refusal(ada.user.userCurrentCheckFollowing('ben'))).status).toBe(404);
    expect((await ada.user.userBlockUser('ben', { note: 'noise' })).status).toBe(204);
    expect((await ada.user.userCheckUserBlock('ben')).status).toBe(204);
    expect(logins((await ada.user.userListBlocks()).data)).toEqual(['ben']);
    expect((await refusal(ben.user.userCurrentPutFollow('ada'))).status).toBe(403);
    expect((await ada.user.userUnblockUser('ben')).status).toBe(204);
    expect((await refusal(ada.user.userCheckUserBlock('ben'))).status).toBe(404);
  });

  it('has addresses and tokens, which take the password', async () => {
    expect((await ada.user.userListEmails()).data).toMatchObject([
      { email: 'ada@example.org', primary: true },
    ]);
    const more = { emails: ['second@example.org'] };
    expect((await refusal(ada.user.userAddEmail(more))).status).toBe(403);
    const added = await site.anonymous.user.userAddEmail(more, byPassword('ada'));
    expect([added.status, added.data.map(({ email }) => email)]).toEqual([
      201,
      expect.arrayContaining(more.emails),
    ]);
    expect((await site.anonymous.user.userDeleteEmail(more, byPassword('ada'))).status).toBe(204);
    expect((await ada.user.userListEmails()).data).toHaveLength(1);
    const option = { name: 'bot', scopes: ['read:user', 'write:repository'] };
    const made = await site.anonymous.users.userCreateToken('ada', option, byPassword('ada'));
    expect([made.status, made.data.name, made.data.scopes?.sort()]).toEqual([201, 'bot', option.scopes]);
    const answer = await fetch(`${site.url}/api/v1/user`, {
      headers: { authorization: `token ${made.data.sha1}` },
    });
    expect([answer.status, (await answer.json()).login]).toEqual([200, 'ada']);
    const listed = await site.anonymous.users.userGetTokens('ada', { limit: 50 }, byPassword('ada'));
    expect(names(listed.data)).toContain('bot');
    expect(listed.data.every(({ sha1 }) => sha1 === '')).toBe(true);
    expect((await refusal(ada.users.userGetTokens('ada'))).status).toBeGreaterThanOrEqual(401);
    expect(
      (await refusal(site.anonymous.users.userGetTokens('ben', {}, byPassword('ada')))).status,
    ).toBeGreaterThanOrEqual(403);
    expect((await site.anonymous.users.userDeleteAccessToken('ada', 'bot', byPassword('ada'))).status).toBe(
      204,
    );
    expect(
      (await refusal(site.anonymous.users.userDeleteAccessToken('ada', 'bot', byPassword('ada')))).status,
    ).toBe(404);
  });

  it('has keys to push with and keys to sign with', async () => {
    const made = await ada.user.userCurrentPostKey({ title: 'laptop', key: newKey() });
    expect([made.status, made.data.title, made.data.key_type]).toEqual([201, 'laptop', expect.any(String)]);
    expect((await ada.user.userCurrentGetKey(idOf(made))).data.fingerprint).toMatch(/^SHA256:/);
    const { fingerprint = '' } = made.data;
    expect((await ada.user.userCurrentListKeys({ fingerprint })).data.map(({ id }) => id)).toEqual([
      idOf(made),
    ]);
    expect((await ben.users.userListKeys('ada')).data).toMatchObject([
      { key: expect.stringMatching(/^ssh-ed25519 /) },
    ]);
    expect((await ada.user.userCurrentDeleteKey(idOf(made))).status).toBe(204);
    expect((await refusal(ada.user.userCurrentGetKey(idOf(made)))).status).toBe(404);
    const gpg = openGnupg();
    try {
      const key = gpg.makeKey('Ada <ada@example.org>');
      const { data: token } = await ada.user.getVerificationToken(TEXT);
      const option = {
        armored_public_key: gpg.exported(key),
        armored_signature: gpg.sign(key, String(token)),
      };
      const signing = await ada.user.userCurrentPostGpgKey(option);
      expect([signing.status, signing.data.verified, signing.data.can_sign]).toEqual([201, true, true]);
      expect((await ada.user.userCurrentGetGpgKey(idOf(signing))).data.key_id).toBe(key.slice(-16));
      expect((await ada.user.userCurrentListGpgKeys()).data).toHaveLength(1);
      expect((await ben.users.userListGpgKeys('ada')).data).toHaveLength(1);
      expect((await ada.user.userCurrentDeleteGpgKey(idOf(signing))).status).toBe(204);
    } finally {
      gpg.close();
    }
    expect((await ada.user.userCurrentListGpgKeys()).data).toEqual([]);
  });

  it('is seen at work', async () => {
    await ada.user.createCurrentUserRepo({ name: 'seen', auto_init: true });
    await ada.user.createCurrentUserRepo({ name: 'unseen', private: true });
    const { data } = await ben.users.userListActivityFeeds('ada', { 'only-performed-by': true });
    expect(data.map(({ op_type, repo }) => [op_type, repo?.full_name])).toContainEqual([
      'create_repo',
      'ada/seen',
    ]);
    expect(data.some(({ repo }) => repo?.full_name === 'ada/unseen')).toBe(false);
    await ada.repos.issueCreateIssue('ada', 'seen', { title: 'Work' });
    await site.t.app.jobs.drain();
    const heat = (await ben.users.userGetHeatmapData('ada')).data as unknown as { contributions: number }[];
    expect(heat[0]).toMatchObject({ timestamp: expect.any(Number), contributions: expect.any(Number) });
  });
});

function newKey(): string {
  const { publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const part = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  return `ssh-ed25519 ${Buffer.concat([part(Buffer.from('ssh-ed25519')), part(raw)]).toString('base64')} x`;
}

describe('the site', () => {
  it('says what it is and can do', async () => {
    expect((await site.anonymous.version.getVersion()).data.version).toMatch(/^1\.24\.\d+/);
    expect((await site.anonymous.nodeinfo.getNodeInfo()).data).toMatchObject({
      protocols: expect.any(Array),
      software: {},
    });
    expect((await site.anonymous.settings.getGeneralApiSettings()).data).toMatchObject({
      max_response_items: 50,
      default_paging_num: 30,
    });
    expect((await site.anonymous.settings.getGeneralAttachmentSettings()).data.max_size).toBeGreaterThan(0);
    expect((await site.anonymous.settings.getGeneralRepositorySettings()).data.http_git_disabled).toBe(false);
    expect((await site.anonymous.settings.getGeneralUiSettings()).data.allowed_reactions).toContain('heart');
    expect((await refusal(site.anonymous.signingKeyGpg.getSigningKey())).status).toBe(404);
  });

  it('has templates for repositories', async () => {
    const client = site.anonymous;
    expect((await client.gitignore.listGitignoresTemplates()).data).toContain('Go');
    expect((await client.gitignore.getGitignoreTemplateInfo('Go')).data).toMatchObject({
      name: 'Go',
      source: expect.any(String),
    });
    expect((await client.licenses.listLicenseTemplates()).data.map(({ key }) => key)).toContain('MIT');
    expect((await client.licenses.getLicenseTemplateInfo('MIT')).data).toMatchObject({
      key: 'MIT',
      body: expect.stringContaining('Permission'),
    });
    const [first = ''] = (await client.label.listLabelTemplates()).data;
    expect((await client.label.getLabelTemplateInfo(first)).data[0]).toMatchObject({
      name: expect.any(String),
      color: expect.any(String),
    });
    expect((await refusal(client.licenses.getLicenseTemplateInfo('nothing'))).status).toBe(404);
  });

  it('renders texts', async () => {
    const options = { Text: '# Hi *there*', Mode: 'gfm', Context: '' };
    expect((await ada.markdown.renderMarkdown(options, TEXT)).data).toMatch(/<h1[^>]*>.*Hi <em>there<\/em>/s);
    const raw = await ada.markdown.renderMarkdownRaw('**b**' as 'success', { ...TEXT });
    expect(raw.data).toContain('<strong>b</strong>');
    const hostile = {
      Text: '<script>alert(1)</script>[x](javascript:alert(1))',
      FilePath: 'a.md',
      Mode: 'file',
    };
    const { data } = await ada.markup.renderMarkup(hostile, TEXT);
    expect(data).not.toMatch(/<script|<a /i);
  });
});
