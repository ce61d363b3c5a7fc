// `opencodehub admin user create | list | change-password | generate-access-token`. Rooms are loaded inside `withApp`,
// which settles the database's engine first.
import { parseScopes, SYSTEM } from '../../base/actor.ts';
import { randomToken } from '../../base/crypto.ts';
import { AppError } from '../../base/errors.ts';
import { isoTime } from '../../base/time.ts';
import type { UserRow } from '../../features/users/users.types.ts';
import type { App } from '../../platform/app.types.ts';
import type { CliHost, CommonOptions } from './cli.types.ts';
import { withApp, withAppOrNew } from './cli-config.ts';
import { printJson, printLine, printTable, readSecret } from './cli-output.ts';
import { UsageError } from './usage-error.ts';

interface PasswordOptions extends CommonOptions {
  username: string;
  password?: string;
  randomPassword?: boolean;
}

interface CreateOptions extends PasswordOptions {
  email: string;
  admin?: boolean;
}

interface TokenOptions extends CommonOptions {
  username: string;
  name: string;
  scopes: string;
  raw?: boolean;
}

/** Accounts read at once. */
const PAGE = 500;

/** Creates an account; a made-up password is printed this once. */
export async function createUser(host: CliHost, options: CreateOptions): Promise<void> {
  const password = await choosePassword(options);
  const user = await withAppOrNew(host, options, async ({ app }) => {
    const users = await import('../../features/users/users.service.ts');
    const { username: name, email, admin = false } = options;
    return users.createUser(app, SYSTEM, { name, email, password: password.text, isAdmin: admin });
  });
  const made = password.isRandom ? { password: password.text } : {};
  if (options.json) {
    printJson({ id: user.id, username: user.name, email: options.email, admin: user.isAdmin, ...made });
    return;
  }
  printLine(`Created ${user.isAdmin ? 'the administrator' : 'the account'} ${user.name}.`);
  if (password.isRandom) printLine(`Password: ${password.text}`);
}

/** Prints the accounts. */
export async function listUsers(host: CliHost, options: CommonOptions): Promise<void> {
  const users = await withApp(host, options, ({ app }) => allUsers(app));
  if (options.json) {
    printJson(
      users.map((user) => ({
        id: user.id,
        username: user.name,
        email: user.email,
        admin: user.isAdmin,
        suspended: user.isSuspended,
        createdAt: isoTime(user.createdAt),
        lastLoginAt: user.lastLoginAt === null ? null : isoTime(user.lastLoginAt),
      })),
    );
    return;
  }
  printTable(
    ['ID', 'USERNAME', 'E-MAIL', 'ADMIN', 'SUSPENDED', 'CREATED', 'LAST SIGN-IN'],
    users.map((user) => [
      String(user.id),
      user.name,
      user.email,
      user.isAdmin ? 'yes' : '',
      user.isSuspended ? 'yes' : '',
      isoTime(user.createdAt),
      user.lastLoginAt === null ? 'never' : isoTime(user.lastLoginAt),
    ]),
    'There are no accounts yet: `opencodehub admin user create` makes one.',
  );
}

async function allUsers(app: App): Promise<UserRow[]> {
  const { listUsers: list } = await import('../../features/users/users.service.ts');
  const users: UserRow[] = [];
  for (;;) {
    const page = await list(app, SYSTEM, { after: users.at(-1)?.id ?? 0, limit: PAGE });
    users.push(...page);
    if (page.length < PAGE) return users;
  }
}

/** Sets a password and ends the account's sessions. */
export async function changePassword(host: CliHost, options: PasswordOptions): Promise<void> {
  const password = await choosePassword(options);
  await withApp(host, options, async ({ app }) => {
    const { setPassword } = await import('../../features/auth/passwords.service.ts');
    const user = await requireAccount(app, options.username);
    await setPassword(app, SYSTEM, user.id, password.text);
  });
  const made = password.isRandom ? { password: password.text } : {};
  if (options.json) {
    printJson({ username: options.username, ...made });
    return;
  }
  printLine(`Changed the password of ${options.username}; its sessions ended.`);
  if (password.isRandom) printLine(`Password: ${password.text}`);
}

/** Makes an access token and prints it this once. */
export async function generateToken(host: CliHost, options: TokenOptions): Promise<void> {
  const scopes = parseScopes(options.scopes);
  const token = await withApp(host, options, async ({ app }) => {
    const { createAccessToken } = await import('../../features/auth/tokens.service.ts');
    const user = await requireAccount(app, options.username);
    return (await createAccessToken(app, SYSTEM, user.id, { name: options.name, scopes })).token;
  });
  if (options.raw) printLine(token);
  else if (options.json) printJson({ username: options.username, name: options.name, scopes, token });
  else printLine(`Access token of ${options.username} for ${options.name}, shown this once: ${token}`);
}

async function requireAccount(app: App, name: string): Promise<UserRow> {
  const { findUserByName } = await import('../../features/users/users.service.ts');
  const user = await findUserByName(app, name);
  if (user) return user;
  throw new AppError(
    'not_found',
    `There is no account "${name}": \`opencodehub admin user list\` names them all.`,
  );
}

async function choosePassword(options: PasswordOptions): Promise<{ text: string; isRandom: boolean }> {
  if ((options.password === undefined) === (options.randomPassword === undefined)) {
    throw new UsageError('Give either --password (- reads standard input) or --random-password.');
  }
  if (options.password === undefined) return { text: randomToken(15), isRandom: true };
  return { text: await readSecret(options.password), isRandom: false };
}
