// Compiles every template to a function, for the executable. Used by the build only.
import { Eta } from 'eta/core';
import { resourceNames, resourceText } from '../runtime/resources.ts';
import { TEMPLATE_CONFIG } from './template-engine.ts';

/** The text of a module that stands for platform/runtime/templates.ts: `compiledTemplates` by name. */
export function compileTemplates(): string {
  const eta = new Eta(TEMPLATE_CONFIG);
  const functions = resourceNames('templates/')
    .filter((name) => name.endsWith('.eta'))
    .map((name) => {
      const key = name.slice('templates/'.length, -'.eta'.length);
      return `${JSON.stringify(key)}(it, options) {${eta.compileToString(resourceText(name))}}`;
    });
  return `export const compiledTemplates = {\n${functions.join(',\n')}\n};`;
}
