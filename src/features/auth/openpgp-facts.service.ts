// What an OpenPGP key says of itself and of its subkeys (RFC 9580): for showing it, not for trusting it.
import type { Key, SignaturePacket, Subkey } from 'openpgp';
import { sha256Hex } from '../../base/crypto.ts';
import type { App } from '../../platform/app.types.ts';
import type { BoundedCache } from '../../platform/cache/cache.ts';

export interface OpenPgpFacts {
  /** 16 digits of upper-case hex. */
  keyId: string;
  /** The packet of the key alone, as base64. */
  packet: string;
  createdAt: number;
  expiresAt: number | null;
  canCertify: boolean;
  canSign: boolean;
  canEncryptCommunication: boolean;
  canEncryptStorage: boolean;
}

/** Key flags of section 5.2.3.29. */
const FLAGS = { certify: 1, sign: 2, communication: 4, storage: 8 };

export interface KeyFacts {
  primary: OpenPgpFacts;
  subkeys: OpenPgpFacts[];
}

const CACHE_BYTES = 512 * 1024;
const caches = new WeakMap<App, BoundedCache<KeyFacts>>();

function cacheOf(app: App): BoundedCache<KeyFacts> {
  let cache = caches.get(app);
  if (!cache) {
    cache = app.caches.create('openpgp-facts', CACHE_BYTES);
    caches.set(app, cache);
  }
  return cache;
}

/**
 * The facts of a key that was checked when it was added: the primary key's, and those of its subkeys. They are remembered:
 * a key padded with subkeys takes long to read, and anybody may ask for it.
 */
export async function openPgpFactsOf(app: App, publicKey: string): Promise<KeyFacts> {
  const id = sha256Hex(publicKey);
  const known = cacheOf(app).get(id);
  if (known) return known;
  const facts = await readFacts(publicKey);
  cacheOf(app).set(id, facts, 2 * JSON.stringify(facts).length);
  return facts;
}

async function readFacts(publicKey: string): Promise<KeyFacts> {
  const { readKey } = await import('openpgp');
  const key = await readKey({ armoredKey: publicKey });
  const own = key.users.flatMap(({ selfCertifications }) => selfCertifications);
  const subkeys = key.subkeys.map((subkey) => factsOf(subkey, subkey.bindingSignatures));
  return { primary: await factsOf(key, own), subkeys: await Promise.all(subkeys) };
}

async function factsOf(part: Key | Subkey, signatures: readonly SignaturePacket[]): Promise<OpenPgpFacts> {
  const { PacketList } = await import('openpgp');
  const packets = new PacketList();
  packets.push(part.keyPacket);
  const expires = await part.getExpirationTime();
  const flags = flagsOf(signatures);
  return {
    keyId: part.getKeyID().toHex().toUpperCase(),
    packet: Buffer.from(packets.write()).toString('base64'),
    createdAt: part.getCreationTime().getTime(),
    expiresAt: expires instanceof Date ? expires.getTime() : null,
    canCertify: (flags & FLAGS.certify) !== 0,
    canSign: (flags & FLAGS.sign) !== 0,
    canEncryptCommunication: (flags & FLAGS.communication) !== 0,
    canEncryptStorage: (flags & FLAGS.storage) !== 0,
  };
}

/** The newest signature counts. */
function flagsOf(signatures: readonly SignaturePacket[]): number {
  const newest = signatures.toSorted(
    (one, two) => (two.created?.getTime() ?? 0) - (one.created?.getTime() ?? 0),
  );
  return newest.find(({ keyFlags }) => keyFlags !== null)?.keyFlags?.[0] ?? 0;
}
