// How the program starts a helper process of its own (never by fork, which would run the whole program again).
import { entryFile } from './entry-files.ts';
import { isExecutable } from './version.ts';

export interface HelperCommand {
  command: string;
  args: string[];
}

/** The command line of a helper whose source is `<name>.ts`, with a name that ends in `-helper`. */
export function helperCommand(name: `${string}-helper`): HelperCommand {
  const args = isExecutable() ? ['internal', name] : [entryFile(`${name}.ts`)];
  return { command: process.execPath, args };
}
