// The `admin user` commands with their options and help.
import type { Command } from 'commander';
import type { CliHost } from './cli.types.ts';
import { common, example } from './command-parts.ts';

const own = () => import('./admin-user-commands.ts');
const accounts = () => import('./admin-account-commands.ts');

/** Adds `admin user …`. */
export function addUserCommands(user: Command, host: CliHost): void {
  common(user.command('create'))
    .description('Create an account.')
    .requiredOption('--username <name>', 'its name')
    .option('--email <address>', 'its e-mail address')
    .option('--password <password>', 'its password; - reads it from standard input')
    .option('--random-password', 'make a password up and print it')
    .option('--admin', 'make it an administrator')
    .option('--bot', 'make a bot, which uses access tokens only')
    .addHelpText(
      'after',
      example(
        'opencodehub admin user create --username ada --email ada@example.org --random-password --admin',
      ),
    )
    .action(async (options) => (await own()).createUser(host, options));
  common(user.command('list'))
    .description('List the people.')
    .addHelpText('after', example('opencodehub admin user list --json'))
    .action(async (options) => (await own()).listUsers(host, options));
  one(user, 'show', 'Show an account with what hangs on it.').action(async (options) =>
    (await accounts()).showUser(host, options),
  );
  one(
    user,
    'delete',
    'Delete an account and its repositories; what it wrote elsewhere stays as "ghost".',
    ' --yes',
  )
    .option('--yes', 'say that this is meant')
    .action(async (options) => (await accounts()).deleteUser(host, options));
  one(user, 'suspend', 'Suspend an account: sessions end, tokens and keys stop working at once.')
    .option('--undo', 'let it in again')
    .action(async (options) => (await accounts()).suspendUser(host, options));
  one(user, 'must-change-password', 'Have somebody choose a new password before anything else.').action(
    async (options) => (await accounts()).mustChangePassword(host, options),
  );
  one(user, 'disable-2fa', 'Remove every second factor of somebody who lost them.').action(async (options) =>
    (await accounts()).disableSecondFactors(host, options),
  );
  one(user, 'sessions', 'List the browsers in which an account is signed in, or end sessions.')
    .option('--revoke <id>', 'end this session, or all of them: --revoke all')
    .action(async (options) => (await accounts()).userSessions(host, options));
  addSecretCommands(user, host);
}

function one(user: Command, name: string, description: string, more = ''): Command {
  return common(user.command(name))
    .description(description)
    .requiredOption('--username <name>', 'whose account')
    .addHelpText('after', example(`opencodehub admin user ${name} --username ada${more}`));
}

function addSecretCommands(user: Command, host: CliHost): void {
  common(user.command('change-password'))
    .description('Set a new password; all sessions of the account end.')
    .requiredOption('--username <name>', 'whose password')
    .option('--password <password>', 'the new password; - reads it from standard input')
    .option('--random-password', 'make a password up and print it')
    .addHelpText(
      'after',
      example('echo "$PASSWORD" | opencodehub admin user change-password --username ada --password -'),
    )
    .action(async (options) => (await own()).changePassword(host, options));
  common(user.command('generate-access-token'))
    .description('Make an access token, which is shown this once.')
    .requiredOption('--username <name>', 'whose token')
    .requiredOption('--name <name>', 'what it is for')
    .requiredOption('--scopes <list>', 'all, or scopes separated by commas, e.g. read:repository,write:user')
    .option('--repositories <list>', 'limit it to these repositories: owner/name, separated by commas')
    .option('--expires <when>', 'the last day it works, e.g. 2027-01-31, or a number of days')
    .option('--raw', 'print the token alone')
    .addHelpText(
      'after',
      example('opencodehub admin user generate-access-token --username ada --name ci --scopes all --raw'),
    )
    .action(async (options) => (await own()).generateToken(host, options));
}
