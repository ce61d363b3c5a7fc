// The wire format of SSH public keys (RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4, OpenSSH's
// PROTOCOL.u2f): fields are length-prefixed strings, and nothing may follow the last one.
import { createPublicKey } from 'node:crypto';

/** Why a key is refused, as a sentence to show. */
export class BadKey extends Error {}

const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 16384;
const BROKEN =
  'This key is damaged: its contents are not those of a key of its type. Copy the whole line again.';

/** What each accepted type holds behind its name. */
const CONTENTS: Readonly<Record<string, (fields: Fields) => void>> = {
  'ssh-ed25519': readEd25519,
  'sk-ssh-ed25519@openssh.com': (fields) => {
    readEd25519(fields);
    readApplication(fields);
  },
  'ecdsa-sha2-nistp256': (fields) => readCurve(fields, 'nistp256'),
  'ecdsa-sha2-nistp384': (fields) => readCurve(fields, 'nistp384'),
  'ecdsa-sha2-nistp521': (fields) => readCurve(fields, 'nistp521'),
  'sk-ecdsa-sha2-nistp256@openssh.com': (fields) => {
    readCurve(fields, 'nistp256');
    readApplication(fields);
  },
  'ssh-rsa': readRsa,
};

/** The types accepted, by their names in the protocol. */
export const KEY_TYPES: readonly string[] = Object.keys(CONTENTS);

/** Checks every byte of a key of one of KEY_TYPES; throws BadKey. */
export function checkKeyBlob(type: string, blob: Buffer): void {
  const readContents = CONTENTS[type];
  if (!readContents) throw new BadKey(`Keys of the type ${type} are not supported.`);
  const fields = new Fields(blob);
  if (fields.next().toString('latin1') !== type) throw new BadKey(BROKEN);
  readContents(fields);
  fields.end();
}

class Fields {
  readonly #blob: Buffer;
  #at = 0;

  constructor(blob: Buffer) {
    this.#blob = blob;
  }

  next(): Buffer {
    if (this.#at + 4 > this.#blob.length) throw new BadKey(BROKEN);
    const length = this.#blob.readUInt32BE(this.#at);
    const start = this.#at + 4;
    if (length > this.#blob.length - start) throw new BadKey(BROKEN);
    this.#at = start + length;
    return this.#blob.subarray(start, this.#at);
  }

  end(): void {
    if (this.#at !== this.#blob.length) throw new BadKey(BROKEN);
  }
}

function readEd25519(fields: Fields): void {
  const point = fields.next();
  if (point.length !== 32) throw new BadKey(BROKEN);
  requireUsable({ kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') });
}

const CURVES = {
  nistp256: { crv: 'P-256', bytes: 32 },
  nistp384: { crv: 'P-384', bytes: 48 },
  nistp521: { crv: 'P-521', bytes: 66 },
} as const;

function readCurve(fields: Fields, curve: keyof typeof CURVES): void {
  const { crv, bytes } = CURVES[curve];
  if (fields.next().toString('latin1') !== curve) throw new BadKey(BROKEN);
  const point = fields.next();
  if (point.length !== 1 + 2 * bytes || point[0] !== 4) throw new BadKey(BROKEN);
  const x = point.subarray(1, 1 + bytes).toString('base64url');
  const y = point.subarray(1 + bytes).toString('base64url');
  requireUsable({ kty: 'EC', crv, x, y });
}

/** Where a security key's credential belongs; OpenSSH makes `ssh:` or `ssh:something`. */
function readApplication(fields: Fields): void {
  if (!/^ssh:[\x20-\x7e]*$/.test(fields.next().toString('latin1'))) throw new BadKey(BROKEN);
}

function readRsa(fields: Fields): void {
  const exponent = readPositive(fields);
  const modulus = readPositive(fields);
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
  if (bits < MIN_RSA_BITS) {
    throw new BadKey(
      `This RSA key has ${bits} bits, too few to be safe: ${MIN_RSA_BITS} are the least. Better make an Ed25519 key: ssh-keygen -t ed25519`,
    );
  }
  if (bits > MAX_RSA_BITS) throw new BadKey(`An RSA key has at most ${MAX_RSA_BITS} bits.`);
  const isOdd = (number: Buffer) => ((number.at(-1) ?? 0) & 1) === 1;
  const isTooSmall = exponent.length === 1 && (exponent[0] ?? 0) < 3;
  if (!isOdd(exponent) || !isOdd(modulus) || isTooSmall || exponent.length > 8) throw new BadKey(BROKEN);
  requireUsable({ kty: 'RSA', n: modulus.toString('base64url'), e: exponent.toString('base64url') });
}

/** An mpint (RFC 4251 section 5) above zero in its one shortest form; returns it without the sign's zero byte. */
function readPositive(fields: Fields): Buffer {
  const bytes = fields.next();
  const first = bytes[0];
  if (first === undefined || first >= 0x80) throw new BadKey(BROKEN);
  if (first !== 0) return bytes;
  if ((bytes[1] ?? 0) < 0x80) throw new BadKey(BROKEN);
  return bytes.subarray(1);
}

/** OpenSSL refuses what is no key, e.g. a point that is not on its curve. */
function requireUsable(jwk: Record<string, string>): void {
  try {
    createPublicKey({ key: jwk, format: 'jwk' });
  } catch (cause) {
    throw new BadKey(BROKEN, { cause });
  }
}
