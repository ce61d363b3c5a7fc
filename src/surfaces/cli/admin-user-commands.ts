// `opencodehub admin user create | list | change-password | generate-access-token`; others in admin-account-commands.ts. Rooms are loaded inside `withApp`,
// which settles the database's engine first.
import { COMMAND_LINE, parseScopes } from '../../base/actor.ts';
import { randomToken } from '../../base/crypto.ts';
import { AppError } from '../../base/errors.ts';
import { DAY, isoTime } from '../../base/time.ts';
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
  email?: string;
  admin?: boolean;
  bot?: boolean;
}

interface TokenOptions extends CommonOptions {
  username: string;
  name: string;
  scopes: string;
  repositories?: string;
  expires?: string;
  raw?: boolean;
}

/** Accounts read at once. */
const PAGE = 500;

/** Creates an account; a made-up password is printed this once. A bot has neither address nor password. */
export async function createUser(host: CliHost, options: CreateOptions): Promise<void> {
  if (options.bot) return createBot(host, options);
  const { email } = options;
  if (email === undefined) throw new UsageError('Give the e-mail address with --email, or make a --bot.');
  const password = await choosePassword(options);
  const user = await withAppOrNew(host, options, async ({ app }) => {
    const users = await import('../../features/users/users.service.ts');
    const { username: name, admin = false } = options;
    return users.createUser(app, COMMAND_LINE, { name, email, password: password.text, isAdmin: admin });
  });
  const made = password.isRandom ? { password: password.text } : {};
  if (options.json) {
    printJson({ id: user.id, username: user.name, email, admin: user.isAdmin, ...made });
    return;
  }
  printLine(`Created ${user.isAdmin ? 'the administrator' : 'the account'} ${user.name}.`);
  if (password.isRandom) printLine(`Password: ${password.text}`);
}

async function createBot(host: CliHost, options: CreateOptions): Promise<void> {
  const { email, password, randomPassword, admin } = options;
  if ([email, password, randomPassword, admin].some((given) => given !== undefined)) {
    throw new UsageError('A --bot has no address and no password, and is no administrator.');
  }
  const bot = await withAppOrNew(host, options, async ({ app }) => {
    const users = await import('../../features/users/users.service.ts');
    return users.createUser(app, COMMAND_LINE, { name: options.username, email: '', kind: 'bot' });
  });
  if (options.json) printJson({ id: bot.id, username: bot.name, kind: bot.kind });
  else printLine(`Created the bot ${bot.name}: generate-access-token makes its tokens.`);
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
    const page = await list(app, COMMAND_LINE, { after: users.at(-1)?.id ?? 0, limit: PAGE });
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
    await setPassword(app, COMMAND_LINE, user.id, password.text);
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
  const expiresAt = options.expires === undefined ? undefined : instantOf(options.expires, Date.now());
  const token = await withApp(host, options, async ({ app }) => {
    const { createAccessToken } = await import('../../features/auth/tokens.service.ts');
    const user = await requireAccount(app, options.username);
    const repositoryIds = await repositoriesOf(app, user, options.repositories);
    const wanted = {
      name: options.name,
      scopes,
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(repositoryIds === undefined ? {} : { repositoryIds }),
    };
    return (await createAccessToken(app, COMMAND_LINE, user.id, wanted)).token;
  });
  const until = expiresAt === undefined ? null : isoTime(expiresAt);
  if (options.raw) printLine(token);
  else if (options.json)
    printJson({ username: options.username, name: options.name, scopes, expiresAt: until, token });
  else printLine(`Access token of ${options.username} for ${options.name}, shown this once: ${token}`);
}

/** The end of a day such as 2027-01-31, or so many days from now. */
function instantOf(text: string, now: number): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return now + Number(text) * DAY;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T23:59:59Z`) : Number.NaN;
  if (Number.isNaN(day))
    throw new UsageError(`--expires takes a day such as 2027-01-31 or a number of days, not "${text}".`);
  return day;
}

/** As the account's person would find them: a token reaches no more than they do. */
async function repositoriesOf(
  app: App,
  user: UserRow,
  list: string | undefined,
): Promise<number[] | undefined> {
  if (list === undefined) return undefined;
  const { actorOfAccount } = await import('../../features/auth/actors.service.ts');
  const { TOKEN_REPOSITORIES } = await import('../../features/repos/token-repositories.service.ts');
  const person = await actorOfAccount(app, user, 'session');
  if (!person) throw new AppError('conflict', `${user.name} is suspended.`);
  const { mustEnrol: _, ...actor } = person;
  const names = list.split(',').map((name) => name.trim());
  return TOKEN_REPOSITORIES.find(app, actor, names.filter(Boolean));
}

/** The account of a name; throws AppError not_found with the remedy. */
export async function requireAccount(app: App, name: string): Promise<UserRow> {
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
