// Eta as this program uses it: the same settings when templates are compiled at build and when read from sources.
import { Eta, type EtaConfig, type TemplateFunction } from 'eta/core';
import { escapeHtml } from '../../base/html.ts';
import { resourceText } from '../runtime/resources.ts';
import { compiledTemplates } from '../runtime/templates.ts';
import type { TemplateFunctions } from './template-functions.ts';

const INCLUDE = /^let include = .*$/m;

// A shared partial with parameters sees these and the frame alone: a page's own `error` must not appear in each field.
const includePartial = `(name, data) => this.render(name, data === undefined ? it :
  name.startsWith('layout/') && !('body' in data) ? { frame: it.frame, ...data } : { ...it, ...data }, options)`;

/** Settings of every template; `this` is the engine, which carries the functions. */
export const TEMPLATE_CONFIG: Partial<EtaConfig> = {
  autoEscape: true,
  autoTrim: [false, 'nl'],
  cache: true,
  functionHeader: 'const h = this.h;',
  escapeFunction: escapeValue,
  plugins: [{ processFnString: (text) => text.replace(INCLUDE, `let include = ${includePartial};`) }],
};

export interface TemplateEngine {
  render(name: string, model: object): string;
}

/** A failure inside a template, named after the innermost template that was being rendered. */
class TemplateError extends Error {
  constructor(name: string, cause: unknown) {
    super(`Template ${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'TemplateError';
  }
}

class Engine extends Eta {
  readonly h: TemplateFunctions;

  constructor(functions: TemplateFunctions, reload: boolean) {
    super({ ...TEMPLATE_CONFIG, cache: !reload });
    this.h = functions;
    const renderTemplate = this.render;
    this.render = (template, data, meta) => {
      try {
        return renderTemplate.call(this, template, data, meta);
      } catch (error) {
        throw error instanceof TemplateError ? error : new TemplateError(String(template), error);
      }
    };
  }
}

/** Opens the engine. With `reload` templates are read from disk each time, for development. */
export function openTemplates(functions: TemplateFunctions, reload: boolean): TemplateEngine {
  const engine = new Engine(functions, reload);
  if (compiledTemplates) {
    for (const [name, template] of Object.entries(compiledTemplates))
      engine.loadTemplate(name, template as TemplateFunction);
  } else {
    engine.resolvePath = (name) => name;
    engine.readFile = (name) => resourceText(`templates/${name}.eta`);
  }
  return { render: (name, model) => engine.render(name, model) };
}

/** Any value as text for HTML; null and undefined print nothing. */
function escapeValue(value: unknown): string {
  if (value === null || value === undefined) return '';
  return escapeHtml(String(value));
}
