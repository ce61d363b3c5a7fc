// SSH public keys as people paste them: one line of an OpenSSH .pub file.
import { createHash } from 'node:crypto';
import { type FieldErrors, invalid } from '../../base/errors.ts';
import { BadKey, checkKeyBlob, KEY_TYPES } from './public-key-wire.input.ts';
import type { NewSshKey, PublicKey } from './ssh-keys.types.ts';

const MAX_TEXT = 16_384;
const TITLE_LENGTH = 100;

/** Checks a title and a key. Throws AppError invalid on `title` or `key`. */
export function parseNewSshKey(input: NewSshKey): { title: string; key: PublicKey } {
  const fields: FieldErrors = {};
  const key = keyOrMessage(input.key);
  if (typeof key === 'string') fields.key = key;
  const comment = typeof key === 'string' ? '' : key.comment;
  const title = input.title.trim() || comment.slice(0, TITLE_LENGTH) || 'SSH key';
  if (title.length > TITLE_LENGTH) fields.title = `A title has at most ${TITLE_LENGTH} characters.`;
  else if (/\p{Cc}/u.test(title)) fields.title = 'A title cannot hold control characters.';
  if (typeof key === 'string' || Object.keys(fields).length > 0) throw invalid(fields);
  return { title, key };
}

function keyOrMessage(text: string): PublicKey | string {
  try {
    return parsePublicKey(text);
  } catch (error) {
    if (error instanceof BadKey) return error.message;
    throw error;
  }
}

/** Reads one line `type base64 [comment]`; throws BadKey with a message to show. */
export function parsePublicKey(text: string): PublicKey {
  const line = text.trim();
  refuseOtherFormats(line);
  const match = /^(\S+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t]+(.*))?$/.exec(line);
  const [, type = '', base64 = '', comment = ''] = match ?? [];
  if (!match) throw new BadKey(describeUnreadable(line));
  if (!KEY_TYPES.includes(type)) throw new BadKey(describeUnsupported(type));
  const blob = Buffer.from(base64, 'base64');
  if (blob.toString('base64') !== base64) {
    throw new BadKey('This key is damaged: copy the whole line again, without breaks.');
  }
  checkKeyBlob(type, blob);
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return {
    type,
    text: `${type} ${base64}`,
    fingerprint: `SHA256:${digest}`,
    comment: comment.replace(/[\p{Cc}\p{Cf}]/gu, '').trim(),
  };
}

function refuseOtherFormats(line: string): void {
  if (line === '') throw new BadKey('Paste a public key.');
  if (/PRIVATE KEY-----|^PuTTY-User-Key-File/i.test(line)) {
    throw new BadKey(
      'This is a private key: it must never leave your machine. It was not stored, but now make a new pair, and paste the contents of the file ending in .pub.',
    );
  }
  if (line.startsWith('---- BEGIN SSH2 PUBLIC KEY')) {
    throw new BadKey('This key is in the SSH2 format. Convert it first: ssh-keygen -i -f key.pub');
  }
  if (line.startsWith('-----BEGIN')) {
    throw new BadKey('This is not an OpenSSH public key. Paste the contents of the file ending in .pub.');
  }
  if (/[\r\n]/.test(line)) throw new BadKey('Paste one key, on one line.');
  if (line.length > MAX_TEXT) throw new BadKey('This is too long to be a public key.');
}

function describeUnreadable(line: string): string {
  const named = KEY_TYPES.find((type) => line.includes(`${type} `));
  if (named && !line.startsWith(named))
    return `Leave out what stands before ${named}: options are not supported.`;
  return 'This is not a public key. It begins with its type, such as ssh-ed25519, and stands in a file ending in .pub.';
}

function describeUnsupported(type: string): string {
  if (type === 'ssh-dss') {
    return 'DSA keys are too weak and refused by OpenSSH as well. Make an Ed25519 key: ssh-keygen -t ed25519';
  }
  if (type.includes('-cert-v01@')) return 'This is a certificate. Paste the public key without it.';
  return `Keys of the type ${type.slice(0, 64)} are not supported. Use one of: ${KEY_TYPES.join(', ')}.`;
}
