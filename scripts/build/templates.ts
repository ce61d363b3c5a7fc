// Compiles every template to a function at build, so that the executable parses none.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Eta } from 'eta';
import { ROOT } from './places.ts';

/** The text of a module that stands for src/platform/runtime/templates.ts: `compiledTemplates` by name. */
export async function compileTemplates(): Promise<string> {
  const eta = new Eta();
  const functions = globSync('**/*.eta', { cwd: join(ROOT, 'templates') })
    .sort()
    .map((file) => {
      const text = readFileSync(join(ROOT, 'templates', file), 'utf8');
      const body = eta.compileToString(text);
      return `${JSON.stringify(file.slice(0, -'.eta'.length))}(${eta.config.varName}, options) {${body}}`;
    });
  return `export const compiledTemplates = {\n${functions.join(',\n')}\n};`;
}
