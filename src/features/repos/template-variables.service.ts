// What a template may say of the repository that is made from it: `$NAME` and `${NAME}` in files that it lists. The names
// are Gitea's. Each place is filled once: what is put in is never looked through again.
import type { App } from '../../platform/app.types.ts';
import { cloneAddresses } from './frame.service.ts';

export type TemplateVariables = ReadonlyMap<string, string>;

interface Described {
  owner: string;
  name: string;
  description: string;
}

const VARIABLE = /\$(?:\{([A-Z][A-Z_]*)\}|([A-Z][A-Z_]*))/g;
const MONTHS = new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' });

/** Every variable with its value. */
export function templateVariables(app: App, made: Described, template: Described): TemplateVariables {
  const now = new Date(app.clock.now());
  const two = (value: number) => String(value).padStart(2, '0');
  return new Map([
    ...described(app, 'REPO', made),
    ...described(app, 'TEMPLATE', template),
    ['YEAR', String(now.getUTCFullYear())],
    ['MONTH', two(now.getUTCMonth() + 1)],
    ['MONTH_ENGLISH', MONTHS.format(now)],
    ['DAY', two(now.getUTCDate())],
  ]);
}

function described(app: App, prefix: string, { owner, name, description }: Described): [string, string][] {
  const path = `/${owner}/${name}`;
  const addresses = cloneAddresses(app, path);
  return [
    ...spellings(`${prefix}_NAME`, name),
    ...spellings(`${prefix}_OWNER`, owner),
    [`${prefix}_DESCRIPTION`, description],
    [`${prefix}_LINK`, path],
    [`${prefix}_HTTPS_URL`, addresses.http],
    [`${prefix}_SSH_URL`, addresses.ssh ?? ''],
  ];
}

function spellings(name: string, value: string): [string, string][] {
  const words = value.split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])/).filter(Boolean);
  const lower = words.map((word) => word.toLowerCase());
  const capital = lower.map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const pascal = capital.join('');
  return [
    [name, value],
    [`${name}_SNAKE`, lower.join('_')],
    [`${name}_KEBAB`, lower.join('-')],
    [`${name}_CAMEL`, pascal.charAt(0).toLowerCase() + pascal.slice(1)],
    [`${name}_PASCAL`, pascal],
    [`${name}_LOWER`, value.toLowerCase()],
    [`${name}_UPPER`, value.toUpperCase()],
    [`${name}_TITLE`, value.charAt(0).toUpperCase() + value.slice(1)],
  ];
}

/** Text with its variables filled in; what is no variable stays as it is. */
export function fillText(text: string, variables: TemplateVariables): string {
  return text.replace(VARIABLE, (whole, braced?: string, bare?: string) => {
    return variables.get(braced ?? bare ?? '') ?? whole;
  });
}

/** As `fillText`, for a path: no value makes a folder of its own, or leads out of one. */
export function fillPath(path: string, variables: TemplateVariables): string {
  const harmless = (value: string) => value.replace(/[/\\\x00-\x1f\x7f]+/g, '-');
  return path.replace(VARIABLE, (whole, braced?: string, bare?: string) => {
    const value = variables.get(braced ?? bare ?? '');
    return value === undefined ? whole : harmless(value);
  });
}
