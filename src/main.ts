// The program's entry: hands the arguments to the command line, nothing else.
import { runCli } from './surfaces/cli/run-cli.ts';

void runCli(process.argv.slice(2), {
  openApp: async (config, options) => {
    const { openApp } = await import('./app.ts');
    return openApp(config, options);
  },
  environment: process.env,
}).then((code) => process.exit(code));
