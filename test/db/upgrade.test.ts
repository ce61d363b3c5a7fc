// An upgrade of an instance with data: what the second migration makes of the rows that the first release wrote.
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '../../src/platform/db/db.types.ts';
import type { Engine, Execute } from '../../src/platform/db/engines/engine.types.ts';
import { migrate, shippedMigrations } from '../../src/platform/db/migrate.ts';
import { dbOver, openEngine } from '../../src/platform/db/open-db.ts';
import { repositories } from '../../src/platform/db/tables/repos.ts';
import {
  accessTokens,
  emailAddresses,
  sessions,
  sshKeys,
  users,
} from '../../src/platform/db/tables/users.ts';
import { silentLog } from '../../src/platform/observability/log.ts';
import { makeEmptyPlace } from '../support/database.ts';

const DAY_ONE = 1_700_000_000_000;

let engine: Engine;
let db: Db;
let remove: () => Promise<void>;
beforeAll(async () => {
  const empty = await makeEmptyPlace();
  engine = await openEngine(empty.place.config, empty.place.paths);
  db = dbOver(engine, silentLog(), {});
  remove = empty.remove;
  await migrate(engine, silentLog(), shippedMigrations(engine.dialect).slice(0, 1));
  await engine.transaction(writeOldRows);
  await migrate(engine, silentLog());
}, 120_000);
afterAll(async () => {
  await db.close();
  await remove();
});

/** As the first release wrote them; its tables are known to no file any more but its migration. */
async function writeOldRows(execute: Execute): Promise<void> {
  for (const [id, kind, name, email] of ACCOUNTS) {
    await execute(
      `insert into users (id, kind, name, name_key, display_name, email, email_key, password_hash, is_admin, is_suspended,
        created_at, updated_at, last_login_at) values (${id}, '${kind}', '${name}', '${name.toLowerCase()}', '', '${email}',
        '${email.toLowerCase()}', null, ${id === 1}, ${id === 3}, ${DAY_ONE + id}, ${DAY_ONE}, null)`,
      [],
    );
  }
  await execute(
    `insert into sessions (id, user_id, token_hash, address, user_agent, created_at, last_used_at, expires_at)
      values (1, 1, 'hash', '127.0.0.1', 'Firefox', ${DAY_ONE}, ${DAY_ONE}, ${DAY_ONE})`,
    [],
  );
  await execute(
    `insert into access_tokens (id, user_id, name, token_hash, last_eight, scopes, created_at, expires_at, last_used_at)
      values (1, 1, 'ci', 'hash', 'abcdefgh', 'read:repository', ${DAY_ONE}, null, null)`,
    [],
  );
  await execute(
    `insert into ssh_keys (id, user_id, title, key_type, public_key, fingerprint, created_at, last_used_at)
      values (1, 1, 'laptop', 'ssh-ed25519', 'ssh-ed25519 AAAA', 'SHA256:x', ${DAY_ONE}, null)`,
    [],
  );
  await execute(
    `insert into repositories (id, owner_id, name, name_key, description, website, visibility, default_branch,
      object_format, storage_key, is_empty, size_bytes, pushes_since_repack, created_at, updated_at, pushed_at, deleted_at)
      values (1, 1, 'Engine', 'engine', '', '', 'private', 'main', 'sha1', 'abcd', false, 7, 0, ${DAY_ONE}, ${DAY_ONE},
      null, null)`,
    [],
  );
}

const ACCOUNTS = [
  [1, 'user', 'ada', 'Ada@Example.org'],
  [2, 'user', 'Bob', 'bob@example.org'],
  [3, 'user', 'eve', 'eve@example.org'],
  [4, 'organization', 'acme', ':4'],
] as const;

test('every person keeps their address, as one that needs no further proof', async () => {
  const rows = await db.read.select().from(emailAddresses).orderBy(emailAddresses.userId);
  const wanted = ACCOUNTS.filter(([, kind]) => kind === 'user').map(([userId, , , email]) => {
    const at = DAY_ONE + userId;
    return { userId, email, emailKey: email.toLowerCase(), verifiedAt: at, createdAt: at };
  });
  expect(rows.map(({ id: _, ...row }) => row)).toEqual(wanted);
});

test('accounts, sessions, tokens, keys and repositories stay as they were, with nothing given to them', async () => {
  const [ada] = await db.read.select().from(users).where(eq(users.id, 1));
  expect(ada).toMatchObject({ name: 'ada', isAdmin: true, isSuspended: false, mustChangePassword: false });
  expect(ada).toMatchObject({
    isRestricted: false,
    hasSecondFactor: false,
    hidesEmail: true,
    avatarHash: null,
  });
  const [eve] = await db.read.select().from(users).where(eq(users.id, 3));
  expect(eve).toMatchObject({ isAdmin: false, isSuspended: true });
  // Proven never: a dangerous act asks first.
  expect(await db.read.select().from(sessions)).toMatchObject([{ provenAt: 0, hasSecondFactor: false }]);
  const tokens = await db.read.select().from(accessTokens);
  expect(tokens).toMatchObject([{ scopes: 'read:repository', repositoryIds: null }]);
  expect(await db.read.select().from(sshKeys)).toMatchObject([{ fingerprint: 'SHA256:x' }]);
  const [repository] = await db.read.select().from(repositories);
  expect(repository).toMatchObject({ visibility: 'private', sizeBytes: 7, archivedAt: null, starCount: 0 });
  expect(repository?.disabledUnits).toBe('');
});

test('rows that come after the upgrade take ids of their own', async () => {
  const address = { email: 'second@example.org', emailKey: 'second@example.org', verifiedAt: null };
  await db.write((tx) => tx.insert(emailAddresses).values({ ...address, userId: 1, createdAt: DAY_ONE }));
  expect(await db.read.select().from(emailAddresses)).toHaveLength(4);
});
