// `opencodehub doctor check`: looks at everything, mends what is safe with --fix, and ends with 1 when something is wrong.

import { join } from 'node:path';
import { AppError, isAppError } from '../../base/errors.ts';
import { dataPaths } from '../../platform/config/data-directory.ts';
import { dialectOfUrl } from '../../platform/db/database-url.ts';
import { useDialect } from '../../platform/db/dialect.ts';
import { useAddonDirectory } from '../../platform/runtime/addons.ts';
import type { CliHost, CommonOptions } from './cli.types.ts';
import { openForDoctor, withApp } from './cli-config.ts';
import { printJson, printLine } from './cli-output.ts';
import type { Finding } from './doctor.types.ts';

/** Prints a line for each check; beside a running server as well as without one. */
export async function checkAll(host: CliHost, options: CommonOptions & { fix?: boolean }): Promise<void> {
  const fix = options.fix === true;
  const findings = await look(host, options, fix);
  const wrong = findings.filter(({ state }) => state === 'wrong').length;
  if (options.json) printJson({ wrong, findings });
  else
    for (const { check, state, text } of findings) printLine(`${MARKS[state]}  ${check}: ${printable(text)}`);
  if (wrong === 0) return;
  const things = wrong === 1 ? '1 thing is wrong' : `${wrong} things are wrong`;
  throw new AppError(
    'conflict',
    `${things}: see above${fix ? '' : '; --fix mends what can be mended safely'}.`,
  );
}

const MARKS: Record<Finding['state'], string> = { fine: 'ok    ', wrong: 'WRONG ', mended: 'mended' };

// Names of branches and files may hold escape sequences for the terminal.
function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

async function look(host: CliHost, options: CommonOptions, fix: boolean): Promise<Finding[]> {
  const config = openForDoctor(host, options);
  const paths = dataPaths(config.data.directory);
  useAddonDirectory(config.data.addon_directory || join(paths.cache, 'addons'));
  useDialect(dialectOfUrl(config.database.url));
  const files = await import('./doctor-files.ts');
  const permissions = await files.checkPermissions(paths, fix);
  const key = await files.checkKeyFile(paths);
  const first = [...permissions, await files.checkDisk(paths), await files.checkGit(config)];
  const migrations = await files.checkMigrations(config, paths, fix);
  // Opening makes a key where there is none, and migrates: neither is a mere look.
  if (key.state === 'wrong' || migrations.state === 'wrong') return [...first, key, migrations, notOpened()];
  return [...first, migrations, ...(await lookInside(host, options, fix))];
}

async function lookInside(host: CliHost, options: CommonOptions, fix: boolean): Promise<Finding[]> {
  try {
    return await withApp(host, options, async ({ app }) =>
      (await import('./doctor-data.ts')).checkData(app, fix),
    );
  } catch (error) {
    if (!isAppError(error)) throw error;
    return [{ check: 'database', state: 'wrong', text: error.message }];
  }
}

function notOpened(): Finding {
  return {
    check: 'database',
    state: 'wrong',
    text: 'It was not looked at: what is wrong above comes first.',
  };
}
