// Compares what the API answers with what its routes say of themselves, field by field: in every test, without being asked.
import type { ApiAnswer } from '../../src/platform/api/description.ts';
import type { Shapes } from '../../src/platform/api/shape.ts';
import { SHAPES } from '../../src/platform/api/shapes.ts';
import { type MountedRoute, watchAnswers } from '../../src/platform/web/routes.ts';

/** Throws, so that the request fails with 500, where an answer is not what its route describes. */
export function watchApiAnswers(): void {
  watchAnswers(async (route, answer) => {
    const faults = await faultsOf(route, answer);
    if (faults.length === 0) return;
    const text = `${route.method.toUpperCase()} ${route.path}: ${faults.slice(0, 12).join('; ')}`;
    console.error(text);
    throw new Error(text);
  });
}

async function faultsOf({ api }: MountedRoute, answer: Response): Promise<string[]> {
  if (!api || answer.status >= 300) return [];
  const status = api.status ?? (api.answer === 'none' ? 204 : 200);
  if (answer.status !== status && !api.otherStatuses?.includes(answer.status))
    return [`answered ${answer.status}, described is ${status}`];
  if (['none', 'text', 'bytes'].includes(api.answer)) return [];
  const json: unknown = await answer.clone().json();
  return faultsOfJson(api.orList && Array.isArray(json) ? `${api.answer}[]` : api.answer, json);
}

/** What is wrong with a value that should be of a type, each with the path to it; of the shapes of the API unless others are given. */
export function faultsOfJson(
  type: ApiAnswer | string,
  value: unknown,
  at = '$',
  shapes: Shapes = SHAPES,
): string[] {
  if (type.endsWith('|null')) return value === null ? [] : faultsOfJson(type.slice(0, -5), value, at, shapes);
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) return [`${at} is ${kindOf(value)}, not a list`];
    return value.flatMap((each, index) => faultsOfJson(type.slice(0, -2), each, `${at}[${index}]`, shapes));
  }
  if (type in shapes) return faultsOfShape(type, value, at, shapes);
  return fits(type, value) ? [] : [`${at} is ${kindOf(value)}, not ${type}`];
}

function faultsOfShape(name: string, value: unknown, at: string, shapes: Shapes): string[] {
  if (kindOf(value) !== 'object') return [`${at} is ${kindOf(value)}, not ${name}`];
  const given = value as Record<string, unknown>;
  const shape = shapes[name] ?? {};
  const known = new Set(Object.keys(shape).map((key) => key.replace(/\?$/, '')));
  const unknown = Object.keys(given).filter((key) => !known.has(key));
  const faults = unknown.map((key) => `${at}.${key} is not described in ${name}`);
  for (const [key, type] of Object.entries(shape)) {
    const field = key.replace(/\?$/, '');
    if (field in given) faults.push(...faultsOfJson(type, given[field], `${at}.${field}`, shapes));
    else if (field === key) faults.push(`${at}.${field} is missing (${name})`);
  }
  return faults;
}

function fits(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isSafeInteger(value);
  if (type === 'date-time') return typeof value === 'string' && TIME.test(value);
  if (type === 'date') return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value);
  if (type === 'object') return kindOf(value) === 'object';
  if (type === 'map:string')
    return (
      kindOf(value) === 'object' && Object.values(value as object).every((text) => typeof text === 'string')
    );
  return typeof value === type;
}

/** RFC 3339, as the clients of Gitea parse it. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value;
}
