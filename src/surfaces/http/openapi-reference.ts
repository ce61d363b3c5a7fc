// The reference of the REST API as pages for people, one for each area, made from the OpenAPI document.
import type { ApiTag } from '../../platform/api/description.ts';
import { API_TAGS } from '../../platform/api/description.ts';
import { API_BASE, type OpenApi, type Operation } from './openapi.ts';

type Json = Record<string, unknown>;

export interface FieldModel {
  name: string;
  type: string;
  /** The shape that the type names, if it does. */
  shape: string | undefined;
  required: boolean;
  about: string;
}

export interface OperationModel {
  id: string;
  method: string;
  path: string;
  summary: string;
  /** Paragraphs. */
  about: string[];
  parameters: FieldModel[];
  body: FieldModel[];
  isFile: boolean;
  status: string;
  answer: { text: string; shape: string | undefined };
  command: string;
}

export interface AreaModel {
  tag: ApiTag;
  title: string;
  operations: number;
}

const TITLES: Record<ApiTag, string> = {
  repository: 'Repositories',
  issue: 'Issues',
  pull: 'Pull requests',
  organization: 'Organizations',
  user: 'Users',
  notification: 'Notifications',
  webhook: 'Webhooks',
  admin: 'Administration',
  miscellaneous: 'Miscellaneous',
};

/** The areas of the API that have operations, with how many. */
export function areasOf(document: OpenApi): AreaModel[] {
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  return API_TAGS.map((tag) => ({
    tag,
    title: TITLES[tag],
    operations: operations.filter(({ tags }) => tags[0] === tag).length,
  })).filter((area) => area.operations > 0);
}

/** The operations of an area, by path; `site` is the address of this site. */
export function operationsOf(document: OpenApi, tag: string, site: string): OperationModel[] {
  return Object.entries(document.paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    )
    .filter(({ operation }) => operation.tags[0] === tag)
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
    .map(({ path, method, operation }) => operationModel(site, method.toUpperCase(), path, operation));
}

function operationModel(site: string, method: string, path: string, operation: Operation): OperationModel {
  const [content] = Object.entries((operation.requestBody?.content ?? {}) as Record<string, Json>);
  const [type, { schema = {}, example = undefined } = {}] = content ?? [];
  const [status = '', response = {}] = Object.entries(operation.responses)[0] ?? [];
  return {
    id: operation.operationId,
    method,
    path: API_BASE + path,
    summary: operation.summary,
    about: (operation.description ?? '').split('\n\n').filter(Boolean),
    parameters: operation.parameters.map(({ name, required, description = '', schema: of }) => ({
      ...{ name, required, about: description },
      ...typeOf(of),
    })),
    body: fieldsOf(schema as Json),
    isFile: type === 'multipart/form-data',
    status,
    answer: answerOf(response),
    command: commandOf(site, method, path, type, example),
  };
}

/** The fields of an object's schema. */
export function fieldsOf(schema: Json): FieldModel[] {
  const required = (schema.required ?? []) as string[];
  return Object.entries((schema.properties ?? {}) as Record<string, Json>).map(([name, of]) => ({
    name,
    required: required.includes(name),
    about: typeof of.description === 'string' ? of.description : '',
    ...typeOf(of),
  }));
}

const REF = '#/components/schemas/';

function typeOf(schema: Json): { type: string; shape: string | undefined } {
  const ref = schema.$ref;
  if (typeof ref === 'string') return { type: ref.slice(REF.length), shape: ref.slice(REF.length) };
  const choices = (schema.anyOf ?? schema.oneOf) as Json[] | undefined;
  if (choices) return joined(choices.map(typeOf));
  if (schema.type === 'array') {
    const { type, shape } = typeOf((schema.items ?? {}) as Json);
    return { type: `list of ${type}`, shape };
  }
  if (Array.isArray(schema.enum)) return { type: schema.enum.map(String).join(' | '), shape: undefined };
  if (schema.const !== undefined) return { type: JSON.stringify(schema.const), shape: undefined };
  const name = typeof schema.type === 'string' ? schema.type : 'any';
  return { type: typeof schema.format === 'string' ? schema.format : name, shape: undefined };
}

function joined(types: { type: string; shape: string | undefined }[]) {
  return {
    type: types.map(({ type }) => type).join(' | '),
    shape: types.find(({ shape }) => shape !== undefined)?.shape,
  };
}

function answerOf(response: Json): OperationModel['answer'] {
  const [content] = Object.entries((response.content ?? {}) as Record<string, { schema: Json }>);
  if (!content) return { text: 'nothing', shape: undefined };
  const [mediaType, { schema }] = content;
  if (mediaType !== 'application/json') return { text: mediaType, shape: undefined };
  const { type, shape } = typeOf(schema);
  return { text: type, shape };
}

/** A call as one types it; nothing in it needs quoting but what is in quotes. */
function commandOf(
  site: string,
  method: string,
  path: string,
  type: string | undefined,
  example: unknown,
): string {
  const lines = [`curl -X ${method} "${site}${API_BASE}${path}"`, '-H "Authorization: token $TOKEN"'];
  if (type === 'multipart/form-data') lines.push('-F "attachment=@file.png"');
  if (example !== undefined) {
    lines.push('-H "Content-Type: application/json"');
    lines.push(`-d '${JSON.stringify(example).replaceAll("'", String.raw`'\''`)}'`);
  }
  return lines.join(' \\\n  ');
}
