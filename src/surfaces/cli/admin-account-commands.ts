// `opencodehub admin user show | delete | suspend | must-change-password | disable-2fa | sessions`.
import { COMMAND_LINE } from '../../base/actor.ts';
import { isoTime } from '../../base/time.ts';
import type { AccountDetails } from '../../features/admin/people.types.ts';
import type { SessionRow } from '../../features/auth/sessions.types.ts';
import type { UserRow } from '../../features/users/users.types.ts';
import type { App } from '../../platform/app.types.ts';
import { wholeNumber } from './admin-jobs-commands.ts';
import { requireAccount } from './admin-user-commands.ts';
import type { CliHost, CommonOptions } from './cli.types.ts';
import { withApp } from './cli-config.ts';
import { printJson, printLine, printTable } from './cli-output.ts';
import { UsageError } from './usage-error.ts';

interface AccountOptions extends CommonOptions {
  username: string;
}

/** Prints what is known of an account. */
export async function showUser(host: CliHost, options: AccountOptions): Promise<void> {
  const details = await withApp(host, options, async ({ app }) => {
    const { accountDetails } = await import('../../features/admin/people.service.ts');
    const { name } = await requireAccount(app, options.username);
    return accountDetails(app, COMMAND_LINE, name);
  });
  const shown = shownDetails(details);
  if (options.json) printJson(shown);
  else
    printTable(
      ['ACCOUNT', details.account.name],
      Object.entries(shown).map(([name, value]) => [name, textOf(value)]),
      '',
    );
}

function shownDetails({ account, ...details }: AccountDetails) {
  return {
    id: account.id,
    username: account.name,
    kind: account.kind,
    displayName: account.displayName,
    email: account.email,
    addresses: details.addresses.map(({ email, isVerified }) => ({ email, verified: isVerified })),
    admin: account.isAdmin,
    suspended: account.isSuspended,
    restricted: account.isRestricted,
    mustChangePassword: account.mustChangePassword,
    hasPassword: account.passwordHash !== null,
    secondFactors: [
      ...(details.hasTotp ? ['authenticator app'] : []),
      ...(details.passkeys > 0 ? [`passkeys: ${details.passkeys}`] : []),
    ],
    sessions: details.sessions,
    accessTokens: details.accessTokens,
    sshKeys: details.sshKeys,
    signingKeys: details.signingKeys,
    repositories: details.repositories.total,
    organizations: details.organizations.map(({ name, role }) => `${name} (${role})`),
    createdAt: isoTime(account.createdAt),
    lastLoginAt: account.lastLoginAt === null ? null : isoTime(account.lastLoginAt),
  };
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ') || 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .filter(([, one]) => one !== false)
      .map(([name, one]) => (one === true ? name : String(one)))
      .join(' ');
  return value === null ? 'never' : String(value);
}

/** Suspends an account, or lets it in again. */
export async function suspendUser(
  host: CliHost,
  options: AccountOptions & { undo?: boolean },
): Promise<void> {
  const suspended = options.undo !== true;
  await act(host, options, async (app, { id }) => {
    const standing = await import('../../features/users/standing.service.ts');
    if (suspended) await standing.suspendUser(app, COMMAND_LINE, id);
    else await standing.unsuspendUser(app, COMMAND_LINE, id);
  });
  if (options.json) printJson({ username: options.username, suspended });
  else if (suspended)
    printLine(`${options.username} is suspended: sessions ended, tokens and keys stopped working.`);
  else printLine(`${options.username} may sign in again.`);
}

/** Has an account choose a new password at its next sign-in. */
export async function mustChangePassword(host: CliHost, options: AccountOptions): Promise<void> {
  await act(host, options, async (app, { id }) => {
    const { requirePasswordChange } = await import('../../features/auth/passwords.service.ts');
    await requirePasswordChange(app, COMMAND_LINE, id);
  });
  if (options.json) printJson({ username: options.username, mustChangePassword: true });
  else printLine(`${options.username} must choose a new password before anything else.`);
}

/** Takes the second factors of somebody who lost them. */
export async function disableSecondFactors(host: CliHost, options: AccountOptions): Promise<void> {
  await act(host, options, async (app, { id }) => {
    const { resetSecondFactors } = await import('../../features/auth/second-factors.service.ts');
    await resetSecondFactors(app, COMMAND_LINE, id);
  });
  if (options.json) printJson({ username: options.username, secondFactors: [] });
  else printLine(`${options.username} has no second factor any more; its sessions ended.`);
}

/** Deletes an account with what it owns; --yes says that this is meant. */
export async function deleteUser(host: CliHost, options: AccountOptions & { yes?: boolean }): Promise<void> {
  if (!options.yes)
    throw new UsageError('This deletes the account and its repositories: add --yes if you mean it.');
  await act(host, options, async (app, { id }) => {
    const { deleteAccount } = await import('../../features/repos/owner-deletion.service.ts');
    await deleteAccount(app, COMMAND_LINE, id);
  });
  if (options.json) printJson({ username: options.username, deleted: true });
  else printLine(`Deleted ${options.username}.`);
}

/** Prints the browsers in which an account is signed in, or ends one or all of these sessions. */
export async function userSessions(
  host: CliHost,
  options: AccountOptions & { revoke?: string },
): Promise<void> {
  const { revoke } = options;
  if (revoke !== undefined) return revokeSessions(host, options, revoke);
  const sessions = await withApp(host, options, async ({ app }) => {
    const { listSessions } = await import('../../features/auth/sessions.service.ts');
    return listSessions(app, COMMAND_LINE, (await requireAccount(app, options.username)).id);
  });
  const shown = sessions.map(shownSession);
  if (options.json) return printJson(shown);
  printTable(
    ['ID', 'ADDRESS', 'SIGNED IN', 'LAST USED', 'BROWSER'],
    shown.map(({ id, address, createdAt, lastUsedAt, browser }) => [
      ...[String(id), address, createdAt, lastUsedAt, browser],
    ]),
    `${options.username} is signed in nowhere.`,
  );
}

function shownSession({ id, address, userAgent, createdAt, lastUsedAt }: SessionRow) {
  return { id, address, browser: userAgent, createdAt: isoTime(createdAt), lastUsedAt: isoTime(lastUsedAt) };
}

async function revokeSessions(host: CliHost, options: AccountOptions, which: string): Promise<void> {
  const sessionId = which === 'all' ? undefined : wholeNumber('--revoke', which);
  await act(host, options, async (app, { id }) => {
    const sessions = await import('../../features/auth/sessions.service.ts');
    if (sessionId === undefined) await sessions.revokeSessions(app, COMMAND_LINE, id, undefined);
    else await sessions.revokeSession(app, COMMAND_LINE, id, sessionId);
  });
  if (options.json) printJson({ username: options.username, revoked: sessionId ?? 'all' });
  else
    printLine(
      sessionId === undefined ? `All sessions of ${options.username} ended.` : `Session ${sessionId} ended.`,
    );
}

async function act(
  host: CliHost,
  options: AccountOptions,
  work: (app: App, account: UserRow) => Promise<void>,
): Promise<void> {
  await withApp(host, options, async ({ app }) => work(app, await requireAccount(app, options.username)));
}
