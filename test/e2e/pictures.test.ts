// The executable makes pictures: its image library finds its WebAssembly inside the one file.
import { expect, test } from 'vitest';
import { executableSite } from '../support/executable-site.ts';
import { png, pngClaiming } from '../support/images.ts';

const PASSWORD = 'a long enough passphrase';
const OURS = { 'sec-fetch-site': 'same-origin' };
const site = executableSite();

test('an uploaded picture is made anew by the executable, and a wall of pixels is refused', async () => {
  await site.admin(
    'user',
    'create',
    '--username',
    'ada',
    '--email',
    'ada@example.org',
    '--password',
    PASSWORD,
  );
  const { url } = await site.serve();
  const signedIn = await fetch(`${url}/login`, {
    method: 'POST',
    redirect: 'manual',
    headers: OURS,
    body: new URLSearchParams({ login: 'ada', password: PASSWORD }),
  });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const upload = async (bytes: Buffer) => {
    const body = new FormData();
    body.set('avatar', new File([bytes as Uint8Array<ArrayBuffer>], 'me.png', { type: 'image/png' }));
    const headers = { ...OURS, cookie };
    return (await fetch(`${url}/settings/avatar`, { method: 'POST', redirect: 'manual', headers, body }))
      .status;
  };
  expect(await upload(pngClaiming(60_000, 60_000))).toBe(422);
  expect(await upload(png(600, 400))).toBe(303);
  const address = /\/avatars\/ada\/[0-9a-f]{64}/.exec(await (await fetch(`${url}/ada`)).text())?.[0];
  const served = Buffer.from(await (await fetch(`${url}${address}`)).arrayBuffer());
  expect([served.readUInt32BE(16), served.readUInt32BE(20)]).toEqual([460, 460]);
}, 60_000);
