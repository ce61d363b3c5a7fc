// The key with which this site signs the commits that merges make, where the administrator has given it one: Ed25519, as
// `ssh-keygen -t ed25519 -N ''` writes it (OpenSSH's PROTOCOL.key, PROTOCOL.sshsig).
import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AppError } from '../../base/errors.ts';
import { readStrings, sizeOfStrings, wireString } from '../../base/ssh-wire.ts';
import type { App } from '../../platform/app.types.ts';

export interface SiteKey {
  /** As SSH writes public keys. */
  blob: Buffer;
  /** `SHA256:…`. */
  fingerprint: string;
  /** The armored signature of a commit's content. */
  sign(data: Buffer): string;
}

const TYPE = 'ssh-ed25519';
const NAMESPACE = 'git';
const DIGEST = 'sha512';
const MAGIC = Buffer.from('openssh-key-v1\0');
const ARMOR = /^-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----\s*$/;

const known = new WeakMap<App, { path: string; key: SiteKey }>();

/**
 * The site's key; undefined where none is configured. Throws AppError unavailable when the file cannot be used: what is to
 * be signed is not made unsigned.
 */
export function siteKey(app: App): SiteKey | undefined {
  try {
    return loadKey(app);
  } catch (cause) {
    app.log.error({ err: cause }, 'the key that signs merges cannot be used');
    throw new AppError('unavailable', 'The key that signs merges cannot be used: ask the administrator.', {
      cause,
    });
  }
}

function loadKey(app: App): SiteKey | undefined {
  const path = app.config.git.signing_key;
  if (path === '') return undefined;
  const kept = known.get(app);
  if (kept?.path === path) return kept.key;
  const key = parseKey(readFileSync(path, 'latin1'));
  known.set(app, { path, key });
  return key;
}

/** As `siteKey`, where nothing is signed but looked at: without one that can be used there is none. */
export function siteKeyOrNone(app: App): SiteKey | undefined {
  try {
    return loadKey(app);
  } catch {
    return undefined;
  }
}

/** The public half as SSH writes it, `ssh-ed25519 …`; undefined where the site signs nothing. */
export function sitePublicKey(app: App): string | undefined {
  const key = siteKeyOrNone(app);
  return key && `${TYPE} ${key.blob.toString('base64')}`;
}

/** Reads a private key without a passphrase. Throws an Error that says what is wrong. */
export function parseKey(text: string): SiteKey {
  const base64 = ARMOR.exec(text.trim())?.[1];
  if (base64 === undefined) throw new Error('It is no private key of OpenSSH.');
  const data = Buffer.from(base64, 'base64');
  if (!data.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('It is no private key of OpenSSH.');
  const head = readStrings(data.subarray(MAGIC.length), 3);
  const [cipher] = head ?? [];
  if (!head || cipher?.toString('latin1') !== 'none')
    throw new Error('It has a passphrase: use one without.');
  // Then how many keys there are, the public one, and the private part behind two check numbers.
  const keys = readStrings(data.subarray(MAGIC.length + sizeOfStrings(head) + 4), 2);
  const [blob, secret] = keys ?? [];
  const [type, point, pair] = secret ? (readStrings(secret.subarray(8), 3) ?? []) : [];
  if (!blob || type?.toString('latin1') !== TYPE || point?.length !== 32 || pair?.length !== 64)
    throw new Error('It is no Ed25519 key.');
  const [x, d] = [point, pair.subarray(0, 32)].map((bytes) => bytes.toString('base64url'));
  const jwk = { kty: 'OKP', crv: 'Ed25519', x, d };
  const key = createPrivateKey({ key: jwk, format: 'jwk' } as Parameters<typeof createPrivateKey>[0]);
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return { blob, fingerprint: `SHA256:${digest}`, sign: (bytes) => armored(blob, key, bytes) };
}

function armored(blob: Buffer, key: KeyObject, data: Buffer): string {
  const digest = createHash(DIGEST).update(data).digest();
  const signed = Buffer.concat([
    Buffer.from('SSHSIG'),
    ...[NAMESPACE, '', DIGEST, digest].map((part) => wireString(part)),
  ]);
  const signature = Buffer.concat([wireString(TYPE), wireString(sign(null, signed, key))]);
  const version = Buffer.from([0, 0, 0, 1]);
  const fields = [blob, NAMESPACE, '', DIGEST, signature].map((part) => wireString(part));
  const text = Buffer.concat([Buffer.from('SSHSIG'), version, ...fields]).toString('base64');
  const lines = text.match(/.{1,70}/g) ?? [];
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----'].join('\n');
}
