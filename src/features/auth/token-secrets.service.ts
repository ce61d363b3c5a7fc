// The text of access tokens: `och_`, 43 random digits, and since the second version 6 digits of their checksum.
import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** The prefix lets people and secret scanners recognise a token; 43 base62 digits hold 256 bits. */
const SHAPE = /^och_([0-9A-Za-z]{43})([0-9A-Za-z]{6})?$/;
const DIGITS = 43;
const CHECK_DIGITS = 6;

/** A new secret, of 256 random bits. */
export function newTokenSecret(): string {
  const digits = randomDigits();
  return `och_${digits}${checksumOf(digits)}`;
}

/** Whether a secret has the shape of an access token (and so is not a password). */
export function looksLikeToken(secret: string): boolean {
  return SHAPE.test(secret);
}

/** Whether a text may be a token of ours: a mistyped one is told by its checksum, which the first tokens lack. */
export function isWellFormedToken(secret: string): boolean {
  const [, digits, check] = SHAPE.exec(secret) ?? [];
  return digits !== undefined && (check === undefined || check === checksumOf(digits));
}

/** Bytes above the last multiple of 62 are dropped, so that every digit is equally likely. */
function randomDigits(): string {
  let digits = '';
  while (digits.length < DIGITS) {
    for (const byte of randomBytes(64)) {
      if (byte < 248 && digits.length < DIGITS) digits += ALPHABET.charAt(byte % 62);
    }
  }
  return digits;
}

/** CRC-32 in base62, the most significant digit first. */
function checksumOf(digits: string): string {
  let text = '';
  for (let rest = crc32(digits); text.length < CHECK_DIGITS; rest = Math.floor(rest / 62))
    text = ALPHABET.charAt(rest % 62) + text;
  return text;
}
