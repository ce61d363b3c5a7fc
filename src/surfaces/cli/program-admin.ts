// The `admin` commands: accounts and background jobs, beside a running server or without one.
import type { Command } from 'commander';
import type { CliHost } from './cli.types.ts';
import { common, example } from './command-parts.ts';

/** Adds `admin user …` and `admin jobs …`. */
export function addAdminCommands(admin: Command, host: CliHost): void {
  addUserCommands(admin.command('user').description('Manage accounts.'), host);
  addJobCommands(admin.command('jobs').description('Look after background jobs.'), host);
}

function addUserCommands(user: Command, host: CliHost): void {
  common(user.command('create'))
    .description('Create an account.')
    .requiredOption('--username <name>', 'its name')
    .requiredOption('--email <address>', 'its e-mail address')
    .option('--password <password>', 'its password; - reads it from standard input')
    .option('--random-password', 'make a password up and print it')
    .option('--admin', 'make it an administrator')
    .addHelpText(
      'after',
      example(
        'opencodehub admin user create --username ada --email ada@example.org --random-password --admin',
      ),
    )
    .action(async (options) => (await import('./admin-user-commands.ts')).createUser(host, options));
  common(user.command('list'))
    .description('List the accounts.')
    .addHelpText('after', example('opencodehub admin user list --json'))
    .action(async (options) => (await import('./admin-user-commands.ts')).listUsers(host, options));
  common(user.command('change-password'))
    .description('Set a new password; all sessions of the account end.')
    .requiredOption('--username <name>', 'whose password')
    .option('--password <password>', 'the new password; - reads it from standard input')
    .option('--random-password', 'make a password up and print it')
    .addHelpText(
      'after',
      example('echo "$PASSWORD" | opencodehub admin user change-password --username ada --password -'),
    )
    .action(async (options) => (await import('./admin-user-commands.ts')).changePassword(host, options));
  common(user.command('generate-access-token'))
    .description('Make an access token, which is shown this once.')
    .requiredOption('--username <name>', 'whose token')
    .requiredOption('--name <name>', 'what it is for')
    .requiredOption('--scopes <list>', 'all, or scopes separated by commas, e.g. read:repository,write:user')
    .option('--raw', 'print the token alone')
    .addHelpText(
      'after',
      example('opencodehub admin user generate-access-token --username ada --name ci --scopes all --raw'),
    )
    .action(async (options) => (await import('./admin-user-commands.ts')).generateToken(host, options));
}

function addJobCommands(jobs: Command, host: CliHost): void {
  common(jobs.command('list'))
    .description('List background jobs, newest first.')
    .option('--state <state>', 'waiting, running, done or dead')
    .option('--limit <number>', 'how many', '50')
    .option('--before <id>', 'only jobs older than this one')
    .addHelpText('after', example('opencodehub admin jobs list --state dead'))
    .action(async (options) => (await import('./admin-jobs-commands.ts')).listJobs(host, options));
  common(jobs.command('run'))
    .description('Run every job that is due, until none is left.')
    .addHelpText('after', example('opencodehub admin jobs run'))
    .action(async (options) => (await import('./admin-jobs-commands.ts')).runJobs(host, options));
  common(jobs.command('retry'))
    .description('Put a dead or waiting job at the front of its queue.')
    .argument('<id>', 'the number of the job')
    .addHelpText('after', example('opencodehub admin jobs retry 42'))
    .action(async (id, options) => (await import('./admin-jobs-commands.ts')).retryJob(host, id, options));
}
