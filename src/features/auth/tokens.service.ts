// Personal access tokens: for the API, and in place of the password in git over HTTP.
import { ACCESS_SCOPES, type AccessScope, type Actor, doneBy, type UserActor } from '../../base/actor.ts';
import { sha256Hex } from '../../base/crypto.ts';
import { invalid, isAppError, notFound } from '../../base/errors.ts';
import { hasAdminPower } from '../../base/judgement.ts';
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { openRowMemory, type RowMemory } from '../../platform/db/row-memory.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import { actorOfAccount } from './actors.service.ts';
import { isWellFormedToken, newTokenSecret } from './token-secrets.service.ts';
import { parseNewToken, refuseWiderScopes } from './tokens.input.ts';
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
  const { expiresAt, repositoryIds } = input;
  if (repositoryIds) refuseWiderScopes(scopes);
  refuseForeignScopes(actor, scopes);
  if (expiresAt !== undefined && !(expiresAt > app.clock.now())) {
    throw invalid({ expiresAt: 'Choose a time in the future.' });
  }
  const token = newTokenSecret();
  const values: Omit<AccessTokenRow, 'id'> = {
    userId,
    name,
    tokenHash: sha256Hex(token),
    lastEight: token.slice(-8),
    scopes: scopes.join(','),
    createdAt: app.clock.now(),
    expiresAt: expiresAt ?? null,
    lastUsedAt: null,
    repositoryIds: repositoryIds ? [...repositoryIds] : null,
  };
  try {
    const row = await app.db.write(async (tx) => {
      await refuseToken(tx, userId, name);
      const made = await insertToken(tx, values);
      await app.events.record(tx, { kind: 'access_token.created', ...doneBy(actor), userId, name });
      return made;
    });
    return { token, row };
  } catch (error) {
    if (isAppError(error, 'conflict')) await refuseToken(app.db.read, userId, name);
    throw error;
  }
}

/** The scopes of administration do nothing for others: offering them would only mislead. */
function refuseForeignScopes(actor: Actor, scopes: readonly AccessScope[]): void {
  const wanted = scopes.find((scope) => scope.endsWith(':admin'));
  if (wanted === undefined || hasAdminPower(actor)) return;
  throw invalid({ scopes: `Only administrators can give a token the scope ${wanted}.` });
}

async function refuseToken(db: Reader | Tx, userId: number, name: string): Promise<void> {
  if (await isNameTaken(db, userId, name)) {
    throw invalid({ name: `There is a token named ${name} already. Choose another name.` });
  }
  if ((await countTokensOf(db, userId)) >= MOST_PER_USER) {
    throw invalid({ name: `An account has at most ${MOST_PER_USER} tokens. Remove some first.` });
  }
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
  if (!isWellFormedToken(token)) return undefined;
  const { held } = await holderOf(app, sha256Hex(token));
  if (!held) return undefined;
  const { row, actor, email } = held;
  const now = app.clock.now();
  if (row.expiresAt !== null && row.expiresAt <= now) return undefined;
  if (row.lastUsedAt === null || now - row.lastUsedAt >= NOTED_EVERY) {
    await app.db.write((tx) => noteTokenUse(tx, row.id, now));
  }
  return { actor, email };
}

interface Holder {
  /** Undefined for unknown tokens and for accounts that are let in no longer. */
  held: { row: AccessTokenRow; actor: UserActor; email: string } | undefined;
}

const HOLDER_BYTES = 1024;
const holders = new WeakMap<App, RowMemory<Holder>>();

/** Who holds a token, whether or not it has expired. Clients send it with every call, so it is kept until any row changes. */
function holderOf(app: App, tokenHash: string): Promise<Holder> {
  let memory = holders.get(app);
  if (!memory) {
    memory = openRowMemory<Holder>(app, 'token-holders', 1024 * 1024, () => HOLDER_BYTES);
    holders.set(app, memory);
  }
  // Settings decide as well who is let in.
  const key = `${tokenHash} ${JSON.stringify(app.config.accounts)}`;
  return memory.recall(key, async () => ({ held: await findHolder(app, tokenHash) }));
}

async function findHolder(app: App, tokenHash: string): Promise<Holder['held']> {
  const found = await findByTokenHash(app.db.read, tokenHash);
  const actor = found && (await actorOfAccount(app, found.user, 'token'));
  if (!found || !actor) return undefined;
  const { token: row, user } = found;
  const limited = row.repositoryIds === null ? {} : { repositoryIds: row.repositoryIds };
  const credential = { kind: 'token' as const, id: row.id };
  return { row, email: user.email, actor: { ...actor, scopes: scopesOf(row), ...limited, credential } };
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
  return app.db.write(async (tx) => {
    const row = await findToken(tx, tokenId);
    if (row?.userId !== userId) throw notFound('access token');
    await removeToken(tx, tokenId);
    const { name } = row;
    await app.events.record(tx, { kind: 'access_token.removed', ...doneBy(actor), userId, name });
    return row;
  });
}
