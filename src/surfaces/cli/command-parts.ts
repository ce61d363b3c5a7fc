// What the definitions of commands have in common.
import { type Command, Option } from 'commander';

/** Adds the options that every command takes. */
export function common(command: Command, json = 'print JSON'): Command {
  return command
    .option('--data <directory>', 'the data directory (data.directory)')
    .option('--config <file>', 'the configuration file')
    .addOption(
      new Option('--set <section.key=value>', 'any setting; may be repeated').argParser(
        (value: string, earlier: string[] | undefined) => [...(earlier ?? []), value],
      ),
    )
    .option('--json', json);
}

/** The example at the end of a command's help. */
export function example(line: string): string {
  return `\nExample:\n  ${line}`;
}
