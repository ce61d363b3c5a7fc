// What Gitea's API holds, read off the types of its JavaScript client, which are generated from Gitea's own description.
import { readFileSync } from 'node:fs';

const types = () =>
  readFileSync(new URL('../../node_modules/gitea-js/dist/index.d.ts', import.meta.url), 'utf8');

/** Every route, as `GET /repos/{owner}/{repo}`. */
export function GITEA_ROUTES(): string[] {
  const found = [...types().matchAll(/@request (GET|POST|PUT|PATCH|DELETE):(\S+)/g)];
  return [...new Set(found.map(([, method, path]) => `${method} ${path}`))];
}

/** Routes of things that this product has not, so that nothing answers there. */
export const NOT_HERE: readonly RegExp[] = [
  // Other networks.
  / \/activitypub\//,
  // Continuous integration comes later.
  /\/actions\//,
  /\/runners\//,
  // Packages and wikis come later.
  / \/packages\//,
  /\/wiki\//,
  // No time tracking.
  /\/(?:times|stopwatch\/\w+)(?:\/|$)/,
  /\/stopwatches$/,
  // Third-party applications that sign in for people.
  /\/applications\/oauth2/,
  // Accounts keep their names.
  / \/admin\/users\/\{username\}\/rename$/,
  // Badges, pictures of repositories, directories that were there before.
  /\/badges$/,
  /\/repos\/\{owner\}\/\{repo\}\/avatar$/,
  / \/admin\/unadopted/,
];

/** Fields of one of Gitea's shapes with their types in our words; nothing for shapes that only we have. */
export function giteaFields(text: string, name: string): [field: string, type: string][] {
  const body = new RegExp(`^interface ${name} \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(text)?.[1] ?? '';
  const fields: [string, string][] = [];
  let format = '';
  for (const line of body.split('\n')) {
    format = /@format (\S+)/.exec(line)?.[1] ?? format;
    const found = /^ {4}(?:'([^']+)'|(\w+))\??: (.*);$/.exec(line);
    if (!found) continue;
    const field = found[1] ?? found[2] ?? '';
    const type = typeOf(found[3] ?? '', format);
    if (!UNKNOWN.has(`${name}.${field}`)) fields.push([field, type]);
    format = '';
  }
  return fields;
}

/** Fields whose value is of a thing that this product has not. */
const UNKNOWN = new Set(['TimelineComment.tracked_time']);

function typeOf(type: string, format: string): string {
  if (type.endsWith('[]')) return `${typeOf(type.slice(0, -2), format)}[]`;
  if (type === 'number') return 'integer';
  if (type === 'string') return format === 'date-time' ? 'date-time' : 'string';
  if (type === 'TimeStamp') return 'integer';
  if (type === 'IssueTemplateStringSlice') return 'string[]';
  if (/^Record<string, ?string>/.test(type)) return 'map:string';
  if (type.startsWith('Record')) return 'object';
  if (type.startsWith("'") || ALIASES.has(type)) return 'string';
  return type === 'any' ? 'object' : type;
}

/** Gitea's names for texts of a few values. */
const ALIASES = new Set([
  'StateType',
  'CommitStatusState',
  'ReviewStateType',
  'NotifySubjectType',
  'IssueFormFieldType',
  'IssueFormFieldVisible',
]);
