// The commands with their options and help. What they do is loaded only when one is called.
import { Command } from 'commander';
import { VERSION } from '../../platform/runtime/version.ts';
import type { CliHost } from './cli.types.ts';
import { common, example } from './command-parts.ts';
import { addAdminCommands } from './program-admin.ts';

/** Builds the command line. */
export function createProgram(host: CliHost): Command {
  const program = new Command('opencodehub')
    .description('A self-hosted software forge in one executable file.')
    .version(`OpenCodeHub ${VERSION}`, '-V, --version', 'print the version')
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
    .exitOverride();
  addServe(program, host);
  addConfig(program, host);
  addAdminCommands(program.command('admin').description('Administer the site.'), host);
  addDoctor(program, host);
  addSecret(program);
  addVersion(program);
  return program;
}

function addServe(program: Command, host: CliHost): void {
  common(program.command('serve'), 'print what is ready as JSON')
    .description('Run the server until SIGTERM or SIGINT; SIGHUP reloads the configuration.')
    .option('--port <number>', 'TCP port of the web server (server.port)')
    .option('--ssh-port <number>', 'TCP port of the SSH server (ssh.port)')
    .addHelpText('after', example('opencodehub serve --data /srv/opencodehub --port 3000'))
    .action(async (options) => {
      const { serve } = await import('./serve-command.ts');
      await serve(host, options);
    });
}

function addConfig(program: Command, host: CliHost): void {
  const config = program.command('config').description('Look at the configuration.');
  common(config.command('show'))
    .description('Print every setting with its value and where it came from; secrets are hidden.')
    .addHelpText('after', example('opencodehub config show --data /srv/opencodehub'))
    .action(async (options) => (await import('./config-commands.ts')).showSettings(host, options));
  common(config.command('init'))
    .description('Write a commented sample of the configuration file.')
    .option('--force', 'replace a file that exists')
    .addHelpText('after', example('opencodehub config init --data /srv/opencodehub'))
    .action(async (options) => (await import('./config-commands.ts')).writeSample(host, options));
  config
    .command('docs', { hidden: true })
    .description('Print docs/configuration.md.')
    .action(async () => (await import('./config-commands.ts')).printReference());
}

function addDoctor(program: Command, host: CliHost): void {
  const doctor = program.command('doctor').description('Look for what is wrong.');
  common(doctor.command('check'))
    .description(
      'Compare the database with the disk, and check keys, permissions, hooks, the audit log and more.',
    )
    .option('--fix', 'mend what can be mended safely, and say what was done')
    .addHelpText('after', example('opencodehub doctor check --fix'))
    .action(async (options) => (await import('./doctor-command.ts')).checkAll(host, options));
}

function addSecret(program: Command): void {
  const secret = program.command('secret').description('Make secrets for the configuration.');
  common(secret.command('generate'))
    .description('Print random letters and digits.')
    .option('--length <number>', 'how many', '32')
    .addHelpText('after', example('opencodehub secret generate --length 32'))
    .action(async (options) => (await import('./secret-command.ts')).generateSecret(options));
}

function addVersion(program: Command): void {
  common(program.command('version'))
    .description('Print the version.')
    .addHelpText('after', example('opencodehub version --json'))
    .action(async (options) => (await import('./version-command.ts')).printVersion(options));
}

// Of "error: unknown option '--prot'\n(Did you mean --port?)\n".
function oneLine(text: string): string {
  const message = text
    .replace(/^error: /, '')
    .trim()
    .replaceAll('\n', ' ');
  return `opencodehub: ${message}; --help shows what there is.\n`;
}
