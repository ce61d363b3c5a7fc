// The server's host keys: made at the first start, kept in the keys directory, never replaced.
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2, { type ParsedKey } from 'ssh2';

type Kind = 'ed25519' | 'rsa';

const RSA_BITS = 3072;
/** ssh2's generator now and then makes an Ed25519 key that nothing can parse. */
const ATTEMPTS = 20;

/** The keys in the form ssh2's server takes, in the order they are preferred; missing ones are made. */
export async function openHostKeys(directory: string): Promise<(Buffer | { key: Buffer })[]> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const [ed25519, rsa] = [await hostKey(directory, 'ed25519'), await hostKey(directory, 'rsa')];
  const offered = [ed25519, named(rsa, 'rsa-sha2-512'), named(rsa, 'rsa-sha2-256')];
  // ssh2 takes parsed keys as well, which its types do not tell.
  return offered.map((key) => ({ key: key as unknown as Buffer }));
}

/** An RSA key under one signature's name: under its own ssh2 would offer signatures with SHA-1 too. */
function named(key: ParsedKey, type: string): ParsedKey {
  return Object.create(key, { type: { value: type, enumerable: true } }) as ParsedKey;
}

async function hostKey(directory: string, kind: Kind): Promise<ParsedKey> {
  const path = join(directory, `ssh_host_${kind}_key`);
  const text = (await readIfThere(path)) ?? (await makeKey(path, kind));
  const key = parsePrivate(text);
  if (!key)
    throw new Error(`The SSH host key ${path} cannot be read. Restore it, or remove it to have one made.`);
  return key;
}

export interface HostKeyState {
  path: string;
  state: 'sound' | 'missing' | 'unreadable';
}

/** Looks at the host keys without making any. */
export async function inspectHostKeys(directory: string): Promise<HostKeyState[]> {
  const kinds: Kind[] = ['ed25519', 'rsa'];
  return Promise.all(
    kinds.map(async (kind) => {
      const path = join(directory, `ssh_host_${kind}_key`);
      const text = await readIfThere(path);
      if (text === undefined) return { path, state: 'missing' };
      return { path, state: parsePrivate(text) ? 'sound' : 'unreadable' };
    }),
  );
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function makeKey(path: string, kind: Kind): Promise<string> {
  const pair = generate(kind);
  await writeWhole(`${path}.pub`, `${pair.public}\n`, 0o644);
  await writeWhole(path, pair.private, 0o600);
  return pair.private;
}

async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const handle = await open(`${path}.new`, 'w', mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.new`, path);
}

function generate(kind: Kind): { private: string; public: string } {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const made = kind === 'rsa' ? rsaKey() : ssh2.utils.generateKeyPairSync('ed25519').private;
    const key = parsePrivate(made);
    if (key) return { private: made, public: publicLine(key) };
  }
  throw new Error(`No usable SSH host key of type ${kind} could be made.`);
}

function rsaKey(): string {
  return generateKeyPairSync('rsa', {
    modulusLength: RSA_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  }).privateKey;
}

/** A private key that can sign; undefined otherwise. */
function parsePrivate(text: string): ParsedKey | undefined {
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(text);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (!key || key instanceof Error || !key.isPrivateKey()) return undefined;
  const signature = key.sign(Buffer.from('probe'));
  const proven = !(signature instanceof Error) && key.verify(Buffer.from('probe'), signature) === true;
  return proven ? key : undefined;
}

function publicLine(key: ParsedKey): string {
  return `${key.type} ${key.getPublicSSH().toString('base64')} opencodehub`;
}
