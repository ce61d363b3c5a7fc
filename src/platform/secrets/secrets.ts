// Keeps secrets that must be read back (authenticator secrets, queued mails) sealed under a key outside the database,
// and authenticates what the database must not be able to forge (the audit log).
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../base/errors.ts';

export interface Secrets {
  /** Seals text for one purpose (AES-256-GCM: version, nonce, ciphertext, tag). */
  seal(purpose: string, text: string): Buffer;
  /** Opens what `seal` made for the same purpose. Throws AppError unavailable when the key is another or it was changed. */
  open(purpose: string, sealed: Uint8Array): string;
  /** HMAC-SHA256 in hex under a key of the purpose's own. */
  authenticate(purpose: string, text: string): string;
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 1;

/** The file that must be backed up together with the database. */
export const SECRETS_FILE = 'secrets.key';

/** Opens the key in the keys directory, making it at the first start. */
export function openSecrets(keysDirectory: string): Secrets {
  const master = loadKey(join(keysDirectory, SECRETS_FILE));
  const derived = new Map<string, Buffer>();
  const keyFor = (purpose: string): Buffer => {
    const known = derived.get(purpose);
    if (known) return known;
    const key = Buffer.from(hkdfSync('sha256', master, '', `opencodehub ${purpose}`, KEY_BYTES));
    derived.set(purpose, key);
    return key;
  };
  return {
    seal(purpose, text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', keyFor(`seal ${purpose}`), nonce);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(VERSION), nonce, body, cipher.getAuthTag()]);
    },
    open(purpose, sealed) {
      try {
        return unseal(keyFor(`seal ${purpose}`), Buffer.from(sealed));
      } catch (cause) {
        const message = `A secret cannot be read: the file ${SECRETS_FILE} is not the one it was kept with.`;
        throw new AppError('unavailable', message, { cause });
      }
    },
    authenticate: (purpose, text) =>
      createHmac('sha256', keyFor(`authenticate ${purpose}`))
        .update(text)
        .digest('hex'),
  };
}

function unseal(key: Buffer, sealed: Buffer): string {
  if (sealed[0] !== VERSION || sealed.length < 1 + NONCE_BYTES + TAG_BYTES) throw new Error('unknown form');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const body = sealed.subarray(1 + NONCE_BYTES, -TAG_BYTES);
  return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
}

function loadKey(path: string): Buffer {
  const key = readIfThere(path) ?? makeKey(path);
  if (key.length === KEY_BYTES) return key;
  throw new AppError('unavailable', `The key ${path} is damaged: restore it from a backup.`);
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A command and a server may start at the same moment: the name is linked once, and the loser reads the winner's key. */
function makeKey(path: string): Buffer {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const file = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(file, randomBytes(KEY_BYTES));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  return readFileSync(path);
}
