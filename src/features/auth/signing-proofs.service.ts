// Proof that somebody holds a signing key: the text to sign, the command that signs it, and the check of what it printed.
import { z } from 'zod';
import type { UserActor } from '../../base/actor.ts';
import { invalid } from '../../base/errors.ts';
import { HOUR } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { isSignedByOpenPgp, readOpenPgpKey } from './openpgp-keys.service.ts';
import type { Challenge, CheckedSigningKey, NewSigningKey } from './signing-keys.types.ts';
import { parseNewSshKey } from './ssh-keys.input.ts';
import { isSshSigned } from './ssh-signatures.input.ts';

const TITLE_LENGTH = 100;

const pendingKey = z.object({
  kind: z.enum(['gpg', 'ssh']),
  title: z.string(),
  fingerprint: z.string(),
  publicKey: z.string(),
  keyIds: z.array(z.string()),
  emails: z.array(z.string()),
  expiresAt: z.number().nullable(),
});

/** A checked key that waits for its proof. */
export type PendingKey = CheckedSigningKey & { title: string };

/** A waiting key out of what was kept with its token. */
export function pendingOf(data: Record<string, unknown>): PendingKey {
  return pendingKey.parse(data);
}

/** Checks a title and a key of either kind. Throws AppError invalid on `title` or `key`. */
export async function checkSigningKey(input: NewSigningKey, now: number): Promise<PendingKey> {
  if (!input.key.includes('-----BEGIN PGP')) return checkSshKey(input);
  const key = await readOpenPgpKey(input.key, now);
  const title = input.title.trim() || key.title;
  if (title.length > TITLE_LENGTH)
    throw invalid({ title: `A title has at most ${TITLE_LENGTH} characters.` });
  if (/\p{Cc}/u.test(title)) throw invalid({ title: 'A title cannot hold control characters.' });
  return { ...key, title };
}

function checkSshKey(input: NewSigningKey): PendingKey {
  const { title, key } = parseNewSshKey(input);
  const { fingerprint, text: publicKey } = key;
  return { kind: 'ssh', title, fingerprint, publicKey, keyIds: [], emails: [], expiresAt: null };
}

/** The question about a key: of one account, on this site, and never the same twice. */
export function challengeOf(app: App, actor: UserActor, key: PendingKey, token: string): Challenge {
  const host = hostOf(app);
  const text = `opencodehub key proof: site=${host} account=${actor.name} key=${key.fingerprint} nonce=${token}`;
  const { kind, title, fingerprint } = key;
  return { token, kind, title, fingerprint, text, command: `printf %s '${text}' | ${signerOf(key, host)}` };
}

/**
 * What somebody signs with a key that they add by the API: the question is about the account alone, the key answers it. It
 * changes every hour, and the one before still counts.
 */
export function accountProofOf(app: App, actor: UserActor, hoursAgo = 0): string {
  const hour = Math.floor(app.clock.now() / HOUR) - hoursAgo;
  const host = hostOf(app);
  const text = JSON.stringify([host, actor.userId, actor.name, hour]);
  const nonce = app.secrets.authenticate('signing key proof', text).slice(0, 40);
  return `opencodehub key proof: site=${host} account=${actor.name} nonce=${nonce}`;
}

/** Whether a signature over `accountProofOf` of this hour or the last was made with a key. */
export async function isAccountProof(
  app: App,
  actor: UserActor,
  key: PendingKey,
  signature: string,
): Promise<boolean> {
  for (const hoursAgo of [0, 1]) {
    if (await isProvenBy(app, key, accountProofOf(app, actor, hoursAgo), signature)) return true;
  }
  return false;
}

function signerOf({ kind, fingerprint, publicKey }: PendingKey, host: string): string {
  if (kind === 'gpg') return `gpg --armor --detach-sign --local-user ${fingerprint}`;
  return `ssh-keygen -Y sign -n ${namespaceOf(host)} -f ${fileOf(publicKey)}`;
}

/** Where ssh-keygen puts a key unless told otherwise. */
function fileOf(publicKey: string): string {
  const type = publicKey.split(' ')[0] ?? '';
  const device = type.startsWith('sk-') ? '_sk' : '';
  const algorithm = type.includes('ed25519') ? 'ed25519' : type.includes('ecdsa') ? 'ecdsa' : 'rsa';
  return `~/.ssh/id_${algorithm}${device}`;
}

function namespaceOf(host: string): string {
  return `opencodehub@${host}`;
}

function hostOf(app: App): string {
  return new URL(app.publicUrl()).host;
}

/** Whether a signature over a challenge was made with a key. A line break at its end, as echo makes it, is forgiven. */
export async function isProvenBy(
  app: App,
  key: PendingKey,
  text: string,
  signature: string,
): Promise<boolean> {
  const texts = [text, `${text}\n`];
  const now = app.clock.now();
  if (key.kind === 'gpg') return isSignedByOpenPgp(key.publicKey, texts, signature, now);
  const blob = Buffer.from(key.publicKey.split(' ')[1] ?? '', 'base64');
  const by = { blob, namespace: namespaceOf(hostOf(app)) };
  return texts.some((one) => isSshSigned(signature, by, one));
}
