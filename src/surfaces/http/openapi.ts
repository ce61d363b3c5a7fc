// The OpenAPI 3.1 document of the REST API, made from what the routes say of themselves.
import { z } from 'zod';
import { ABILITIES, type AbilityName, ruleOf } from '../../base/abilities.ts';
import type { ApiAnswer, ApiDescription } from '../../platform/api/description.ts';
import { API_TAGS } from '../../platform/api/description.ts';
import type { Shape } from '../../platform/api/shape.ts';
import { SHAPES } from '../../platform/api/shapes.ts';
import { VERSION } from '../../platform/runtime/version.ts';
import { type MountedRoute, mountedRoutes } from '../../platform/web/routes.ts';

type Json = Record<string, unknown>;

export interface Parameter {
  name: string;
  in: 'path' | 'query';
  required: boolean;
  description?: string;
  schema: Json;
}

export interface Operation {
  operationId: string;
  tags: [string];
  summary: string;
  description?: string;
  parameters: Parameter[];
  requestBody?: Json;
  responses: Record<string, Json>;
  security: Json[];
}

export interface OpenApi {
  openapi: '3.1.1';
  info: Json;
  servers: Json[];
  tags: Json[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json>; securitySchemes: Json };
}

/** What stands before every path of the API. */
export const API_BASE = '/api/v1';

/** The document; its server is this one, wherever it was fetched from. */
export function openApiDocument(): OpenApi {
  const paths: OpenApi['paths'] = {};
  for (const route of describedRoutes()) {
    const path = documentedPath(route);
    paths[path] = { ...paths[path], [route.method]: operationOf(route, route.api) };
  }
  const schemas = Object.fromEntries(
    Object.entries(SHAPES).map(([name, shape]) => [name, schemaOfShape(shape)]),
  );
  return {
    openapi: '3.1.1',
    info: {
      title: 'OpenCodeHub',
      version: VERSION,
      description: 'The REST API of this site, compatible with version 1 of the API of Gitea 1.24.',
    },
    servers: [{ url: API_BASE }],
    tags: API_TAGS.map((name) => ({ name })),
    paths,
    components: { schemas: { ...schemas, Error: ERROR }, securitySchemes: SECURITY },
  };
}

/** The routes that say what they are. */
export function describedRoutes(): (MountedRoute & { api: ApiDescription })[] {
  return mountedRoutes().filter(
    (route): route is MountedRoute & { api: ApiDescription } => route.api !== undefined,
  );
}

/** `/repos/{owner}/{repo}` for `/api/v1/repos/:owner/:repo`. */
export function documentedPath({ path, api }: Pick<MountedRoute, 'path' | 'api'>): string {
  return api?.path ?? path.slice(API_BASE.length).replace(PARAMETER, '{$1}');
}

/** A parameter of a path, with the pattern it may be bound by. */
const PARAMETER = /:(\w+)(?:\{(?:[^{}]|\{[^{}]*\})*\})?/g;

const ERROR: Json = {
  type: 'object',
  properties: {
    message: { type: 'string' },
    url: { type: 'string' },
    errors: { type: 'array', items: { type: 'string' }, description: 'Each as `field: what is wrong`.' },
  },
  required: ['message', 'url'],
};

const SECURITY: Json = {
  token: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: 'An access token behind the word `token` (or `Bearer`).',
  },
  basic: { type: 'http', scheme: 'basic', description: 'A name with a password or an access token.' },
};

function operationOf(route: MountedRoute, api: ApiDescription): Operation {
  const scope = scopeOf(route.access);
  const needs = scope === undefined ? undefined : `Access tokens need the scope \`${scope}\`.`;
  const description = [api.about, needs].filter((text) => text !== undefined).join('\n\n');
  const body = requestBodyOf(api);
  return {
    operationId: api.id,
    tags: [api.tag],
    summary: api.summary,
    ...(description === '' ? {} : { description }),
    parameters: [...pathParameters(route), ...queryParameters(api)],
    ...(body ? { requestBody: body } : {}),
    responses: { [String(statusOf(api))]: responseOf(api), default: FAILURE },
    security: isReadByAnybody(route) ? [{}, { token: [] }, { basic: [] }] : [{ token: [] }, { basic: [] }],
  };
}

/** The scope a token needs for a route; undefined where it needs none. */
export function scopeOf(access: string): string | undefined {
  if (/^(?:read|write):/.test(access)) return access;
  if (!(access in ABILITIES)) return undefined;
  const { scope } = ruleOf(access as AbilityName);
  return scope === 'never' ? undefined : scope;
}

function isReadByAnybody({ method, access }: MountedRoute): boolean {
  if (access === 'anyone') return true;
  if (method !== 'get' || !(access in ABILITIES)) return false;
  return ['read', 'visitor', 'anyone'].includes(ruleOf(access as AbilityName).needs);
}

function pathParameters(route: MountedRoute): Parameter[] {
  const patterns = [...route.path.matchAll(PARAMETER)];
  const numbers = new Set(patterns.filter(([whole]) => whole.includes('{[0-9]+}')).map(([, name]) => name));
  return [...documentedPath(route).matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    return { name, in: 'path', required: true, schema: { type: numbers.has(name) ? 'integer' : 'string' } };
  });
}

const PAGING: Parameter[] = [
  {
    ...{ name: 'page', in: 'query', required: false, schema: { type: 'integer', minimum: 1, default: 1 } },
    description: 'Which page, from 1.',
  },
  {
    ...{ name: 'limit', in: 'query', required: false },
    schema: { type: 'integer', minimum: 1, maximum: 50, default: 30 },
    description: 'How many on a page.',
  },
];

function queryParameters(api: ApiDescription): Parameter[] {
  const schema = api.query && schemaOf(api.query());
  const properties = (schema?.properties ?? {}) as Record<string, Json>;
  const required = (schema?.required ?? []) as string[];
  const own = Object.entries(properties).map(([name, { description, ...rest }]): Parameter => {
    const about = typeof description === 'string' ? { description } : {};
    return { name, in: 'query', required: required.includes(name), ...about, schema: rest };
  });
  return api.paged ? [...own, ...PAGING] : own;
}

function requestBodyOf({ body, file, example }: ApiDescription): Json | undefined {
  if (file !== undefined) {
    const schema = {
      type: 'object',
      properties: { [file]: { type: 'string', format: 'binary' } },
      required: [file],
    };
    return { required: true, content: { 'multipart/form-data': { schema } } };
  }
  if (!body) return undefined;
  const content = { schema: schemaOf(body()), ...(example === undefined ? {} : { example }) };
  return { content: { 'application/json': content } };
}

/** Of what a route takes, as JSON Schema; what that cannot say is left open. */
function schemaOf(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}

/** The status of a route's success. */
export function statusOf(api: ApiDescription): number {
  return api.status ?? (api.answer === 'none' ? 204 : 200);
}

const FAILURE: Json = {
  description: 'What went wrong.',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
};

function responseOf(api: ApiDescription): Json {
  const headers = api.paged ? { headers: PAGE_HEADERS } : {};
  if (api.answer === 'none') return { description: 'Done.', ...headers };
  return { description: 'Success.', ...headers, content: contentOf(api.answer, api.orList) };
}

const PAGE_HEADERS: Json = {
  'X-Total-Count': { description: 'How many there are, where that is known.', schema: { type: 'integer' } },
  Link: { description: 'Addresses of other pages (RFC 8288).', schema: { type: 'string' } },
};

function contentOf(answer: Exclude<ApiAnswer, 'none'>, orList: true | undefined): Json {
  if (answer === 'text') return { 'text/plain': { schema: { type: 'string' } } };
  if (answer === 'bytes')
    return { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };
  const one = schemaOfType(answer);
  const schema = orList ? { oneOf: [one, { type: 'array', items: one }] } : one;
  return { 'application/json': { schema } };
}

function schemaOfShape(shape: Shape): Json {
  const properties: Json = {};
  const required: string[] = [];
  for (const [key, type] of Object.entries(shape)) {
    const name = key.replace(/\?$/, '');
    properties[name] = schemaOfType(type);
    if (name === key) required.push(name);
  }
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}) };
}

function schemaOfType(type: string): Json {
  if (type.endsWith('|null'))
    return { anyOf: [schemaOfType(type.slice(0, -'|null'.length)), { type: 'null' }] };
  if (type.endsWith('[]')) return { type: 'array', items: schemaOfType(type.slice(0, -'[]'.length)) };
  if (type in SHAPES) return { $ref: `#/components/schemas/${type}` };
  if (type === 'date' || type === 'date-time') return { type: 'string', format: type };
  if (type === 'map:string') return { type: 'object', additionalProperties: { type: 'string' } };
  return { type };
}
