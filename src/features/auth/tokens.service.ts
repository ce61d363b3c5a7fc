// Personal access tokens: for the API, and in place of the password in git over HTTP.
import { randomBytes } from 'node:crypto';
import { ACCESS_SCOPES, type AccessScope, type Actor, doneBy, type UserActor } from '../../base/actor.ts';
import { sha256Hex } from '../../base/crypto.ts';
import { invalid, isAppError, notFound } from '../../base/errors.ts';
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import { actorOfAccount } from './actors.service.ts';
import { parseNewToken } from './tokens.input.ts';
import {
  countTokensOf,
  findByTokenHash,
  findToken,
  insertToken,
  isNameTaken,
  listTokensOf,
  noteTokenUse,
  removeToken,
} from './tokens.store.ts';
import type { AccessTokenRow, NewAccessToken } from './tokens.types.ts';

const NOTED_EVERY = 5 * MINUTE;
const MOST_PER_USER = 200;

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** The prefix lets people and secret scanners recognise a token; 43 base62 digits hold 256 bits. */
const SHAPE = /^och_[0-9A-Za-z]{43}$/;
const DIGITS = 43;

/** Whether a secret has the shape of an access token (and so is not a password). */
export function looksLikeToken(secret: string): boolean {
  return SHAPE.test(secret);
}

/**
 * Makes an access token for an account; `token` is the secret, known this once only. Throws AppError invalid on
 * `name`, `scopes` or `expiresAt`.
 */
export async function createAccessToken(
  app: App,
  actor: Actor,
  userId: number,
  input: NewAccessToken,
): Promise<{ token: string; row: AccessTokenRow }> {
  requireAccountAbility(actor, userId, 'tokens:manage');
  const { name, scopes } = parseNewToken(input);
  const { expiresAt } = input;
  if (expiresAt !== undefined && !(expiresAt > app.clock.now())) {
    throw invalid({ expiresAt: 'Choose a time in the future.' });
  }
  await refuseToken(app, userId, name);
  const token = newSecret();
  const values: Omit<AccessTokenRow, 'id'> = {
    userId,
    name,
    tokenHash: sha256Hex(token),
    lastEight: token.slice(-8),
    scopes: scopes.join(','),
    createdAt: app.clock.now(),
    expiresAt: expiresAt ?? null,
    lastUsedAt: null,
    repositoryIds: null,
  };
  try {
    const row = await app.db.write(async (tx) => {
      const made = await insertToken(tx, values);
      await app.events.record(tx, { kind: 'access_token.created', ...doneBy(actor), userId, name });
      return made;
    });
    return { token, row };
  } catch (error) {
    if (isAppError(error, 'conflict')) await refuseToken(app, userId, name);
    throw error;
  }
}

async function refuseToken(app: App, userId: number, name: string): Promise<void> {
  if (await isNameTaken(app.db.read, userId, name)) {
    throw invalid({ name: `There is a token named ${name} already. Choose another name.` });
  }
  if ((await countTokensOf(app.db.read, userId)) >= MOST_PER_USER) {
    throw invalid({ name: `An account has at most ${MOST_PER_USER} tokens. Remove some first.` });
  }
}

/** Bytes above the last multiple of 62 are dropped, so that every digit is equally likely. */
function newSecret(): string {
  let digits = '';
  while (digits.length < DIGITS) {
    for (const byte of randomBytes(64)) {
      if (byte < 248 && digits.length < DIGITS) digits += ALPHABET.charAt(byte % 62);
    }
  }
  return `och_${digits}`;
}

/** Who a token stands for; undefined when it is unknown, expired, or its person is suspended. */
export async function actorOfToken(app: App, token: string): Promise<UserActor | undefined> {
  return (await ownerOfToken(app, token))?.actor;
}

/** As `actorOfToken`, with the e-mail address under which its person may sign in as well. */
export async function ownerOfToken(
  app: App,
  token: string,
): Promise<{ actor: UserActor; email: string } | undefined> {
  if (!looksLikeToken(token)) return undefined;
  const found = await findByTokenHash(app.db.read, sha256Hex(token));
  if (!found) return undefined;
  const { token: row, user } = found;
  const now = app.clock.now();
  if (row.expiresAt !== null && row.expiresAt <= now) return undefined;
  const actor = await actorOfAccount(app, user, 'token');
  if (!actor) return undefined;
  if (row.lastUsedAt === null || now - row.lastUsedAt >= NOTED_EVERY) {
    await app.db.write((tx) => noteTokenUse(tx, row.id, now));
  }
  const limited = row.repositoryIds === null ? {} : { repositoryIds: row.repositoryIds };
  return { actor: { ...actor, scopes: scopesOf(row), ...limited }, email: user.email };
}

/** The scopes a token was given. */
export function scopesOf(row: AccessTokenRow): AccessScope[] {
  return row.scopes
    .split(',')
    .filter((word): word is AccessScope => (ACCESS_SCOPES as readonly string[]).includes(word));
}

/** A person's tokens, the newest first; never the secrets. */
export async function listAccessTokens(app: App, actor: Actor, userId: number): Promise<AccessTokenRow[]> {
  requireAccountAbility(actor, userId, 'tokens:manage');
  return listTokensOf(app.db.read, userId);
}

/** Removes one of a person's tokens; it stops working at once. Throws AppError not_found when it is not theirs. */
export async function removeAccessToken(
  app: App,
  actor: Actor,
  userId: number,
  tokenId: number,
): Promise<AccessTokenRow> {
  requireAccountAbility(actor, userId, 'tokens:manage');
  const row = await findToken(app.db.read, tokenId);
  if (row?.userId !== userId) throw notFound('access token');
  await app.db.write(async (tx) => {
    await removeToken(tx, tokenId);
    const { name } = row;
    await app.events.record(tx, { kind: 'access_token.removed', ...doneBy(actor), userId, name });
  });
  return row;
}
