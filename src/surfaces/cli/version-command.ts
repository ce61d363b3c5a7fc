// `opencodehub version`.
import { VERSION } from '../../platform/runtime/version.ts';
import type { CommonOptions } from './cli.types.ts';
import { printJson, printLine } from './cli-output.ts';

/** Prints the program's version, and with --json also what it runs on. */
export function printVersion(options: CommonOptions): void {
  if (options.json) {
    printJson({
      version: VERSION,
      node: process.versions.node,
      platform: process.platform,
      arch: process.arch,
    });
  } else {
    printLine(`OpenCodeHub ${VERSION}`);
  }
}
