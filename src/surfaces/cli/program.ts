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
  addAdminCommands(program.command('admin').description('Manage accounts and background jobs.'), host);
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
