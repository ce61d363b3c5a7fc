// The `admin` commands, beside a running server or without one. Those about accounts are in program-users.ts.
import type { Command } from 'commander';
import type { CliHost } from './cli.types.ts';
import { common, example } from './command-parts.ts';
import { addUserCommands } from './program-users.ts';

const jobCommands = () => import('./admin-jobs-commands.ts');
const repoCommands = () => import('./admin-repo-commands.ts');

/** Adds `admin user …`, `admin org …`, `admin repo …`, `admin jobs …` and `admin sendmail`. */
export function addAdminCommands(admin: Command, host: CliHost): void {
  addUserCommands(admin.command('user').description('Manage accounts.'), host);
  addOrganizationCommands(admin.command('org').description('Manage organizations.'), host);
  addRepositoryCommands(admin.command('repo').description('Manage repositories.'), host);
  addJobCommands(admin.command('jobs').description('Look after background jobs.'), host);
  addMailCommand(admin, host);
}

function addOrganizationCommands(org: Command, host: CliHost): void {
  common(org.command('list'))
    .description('List the organizations.')
    .addHelpText('after', example('opencodehub admin org list --json'))
    .action(async (options) => (await import('./admin-org-commands.ts')).listOrganizations(host, options));
  common(org.command('create'))
    .description('Create an organization for somebody, who owns it.')
    .requiredOption('--name <name>', 'its name')
    .requiredOption('--owner <name>', 'who owns it')
    .option('--display-name <name>', 'its name in full')
    .option('--visibility <visibility>', 'public, internal or private', 'public')
    .addHelpText('after', example('opencodehub admin org create --name engines --owner ada'))
    .action(async (options) => (await import('./admin-org-commands.ts')).createOrganization(host, options));
}

function addRepositoryCommands(repo: Command, host: CliHost): void {
  common(repo.command('list'))
    .description('List the repositories.')
    .option('--sort <order>', 'updated or size', 'updated')
    .option('--search <text>', 'a part of the name, or owner/part')
    .addHelpText('after', example('opencodehub admin repo list --sort size'))
    .action(async (options) => (await repoCommands()).listRepositories(host, options));
  common(repo.command('create'))
    .description('Create an empty repository of a person or an organization.')
    .argument('<owner/name>', 'whose, and its name')
    .option('--description <text>', 'what it is')
    .option('--visibility <visibility>', 'public, internal or private', 'private')
    .option('--default-branch <name>', 'its first branch')
    .addHelpText('after', example('opencodehub admin repo create ada/engine --visibility public'))
    .action(async (name, options) => (await repoCommands()).createRepository(host, name, options));
  common(repo.command('delete'))
    .description('Delete a repository; its data is kept aside for the grace period.')
    .argument('<owner/name>', 'which')
    .option('--yes', 'say that this is meant')
    .addHelpText('after', example('opencodehub admin repo delete ada/engine --yes'))
    .action(async (name, options) => (await repoCommands()).deleteRepository(host, name, options));
  common(repo.command('maintain'))
    .description('Have a repository repacked soon, whatever the quiet hours.')
    .argument('<owner/name>', 'which')
    .addHelpText('after', example('opencodehub admin repo maintain ada/engine'))
    .action(async (name, options) => (await repoCommands()).maintainRepository(host, name, options));
}

function addJobCommands(jobs: Command, host: CliHost): void {
  common(jobs.command('list'))
    .description('List background jobs, newest first.')
    .option('--state <state>', 'waiting, running, done or dead')
    .option('--limit <number>', 'how many', '50')
    .option('--before <id>', 'only jobs older than this one')
    .addHelpText('after', example('opencodehub admin jobs list --state dead'))
    .action(async (options) => (await jobCommands()).listJobs(host, options));
  common(jobs.command('run'))
    .description('Run every job that is due, until none is left.')
    .addHelpText('after', example('opencodehub admin jobs run'))
    .action(async (options) => (await jobCommands()).runJobs(host, options));
  common(jobs.command('retry'))
    .description('Put a dead or waiting job at the front of its queue.')
    .argument('<id>', 'the number of the job')
    .addHelpText('after', example('opencodehub admin jobs retry 42'))
    .action(async (id, options) => (await jobCommands()).retryJob(host, id, options));
  common(jobs.command('remove'))
    .description('Delete a job that is not running: what it stood for does not happen.')
    .argument('<id>', 'the number of the job')
    .addHelpText('after', example('opencodehub admin jobs remove 42'))
    .action(async (id, options) => (await jobCommands()).removeJob(host, id, options));
}

function addMailCommand(admin: Command, host: CliHost): void {
  common(admin.command('sendmail'))
    .description('Send a mail now: the test mail, or a subject with the text from standard input.')
    .option('--to <address>', 'to an address')
    .option('--username <name>', 'to the address of an account')
    .option('--subject <text>', 'what it is about; the text is read from standard input')
    .addHelpText('after', example('opencodehub admin sendmail --to ada@example.org'))
    .action(async (options) => (await import('./admin-mail-commands.ts')).sendMail(host, options));
}
