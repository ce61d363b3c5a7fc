// The OpenAPI document against the routes it is made from, against the standard, and against what Gitea's own clients know.
import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHAPES } from '../../src/platform/api/shapes.ts';
import { mountedRoutes } from '../../src/platform/web/routes.ts';
import { documentedPath, type OpenApi } from '../../src/surfaces/http/openapi.ts';
import { type TestApp, testApp } from '../support/test-app.ts';
import { GITEA_ROUTES, giteaFields, NOT_HERE } from './gitea-api.ts';

let t: TestApp;
let document: OpenApi;

beforeAll(async () => {
  t = await testApp();
  document = (await (await t.anonymous.get('/api/openapi.json')).json()) as OpenApi;
});
afterAll(() => t.close());

const apiRoutes = () => mountedRoutes().filter(({ path }) => path.startsWith('/api/v1/'));
const nameOf = (method: string, path: string) => `${method.toUpperCase()} ${path}`;

describe('the OpenAPI document', () => {
  it('follows the standard, by a validator that knows nothing of us', async () => {
    const result = await new Validator().validate(structuredClone(document) as never);
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
  });

  it('describes every route of the API, and nothing else', () => {
    const undescribed = apiRoutes().filter(({ api }) => api === undefined);
    expect(undescribed.map(({ method, path }) => nameOf(method, path))).toEqual([]);
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => nameOf(method, path)),
    );
    const mounted = apiRoutes().map((route) => nameOf(route.method, documentedPath(route)));
    expect(documented.sort()).toEqual(mounted.sort());
  });

  it('names each operation once, and each parameter of a path once', () => {
    const ids = apiRoutes().flatMap(({ api }) => api?.id ?? []);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    for (const path of Object.keys(document.paths)) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(new Set(names).size, path).toBe(names.length);
    }
  });

  it('tells paths apart by more than the names of their parameters', () => {
    const shapes = Object.keys(document.paths).map((path) => path.replace(/\{\w+\}/g, '{}'));
    expect(shapes.filter((path, index) => shapes.indexOf(path) !== index)).toEqual([]);
  });

  it('gives an example for every body', () => {
    const without = apiRoutes().filter(({ api }) => api?.body && api.example === undefined);
    expect(without.map(({ method, path }) => nameOf(method, path))).toEqual([]);
  });

  it('uses every shape it defines', () => {
    const text = JSON.stringify(document);
    const unused = Object.keys(SHAPES).filter((name) => !text.includes(`"#/components/schemas/${name}"`));
    expect(unused).toEqual([]);
  });
});

describe('clients of Gitea find', () => {
  it('every route of Gitea’s API but those of things that this product has not', () => {
    const blank = (path: string) => path.replace(/\{\w[^}]*\}/g, '{}');
    const ours = new Set(apiRoutes().map((route) => nameOf(route.method, blank(documentedPath(route)))));
    const missing = GITEA_ROUTES().filter((route) => {
      const [method = '', path = ''] = route.split(' ');
      return !ours.has(nameOf(method, blank(path))) && !NOT_HERE.some((pattern) => pattern.test(route));
    });
    expect(missing).toEqual([]);
  });

  it('every field of Gitea’s shapes, of the same type', () => {
    const types = readFileSync(
      new URL('../../node_modules/gitea-js/dist/index.d.ts', import.meta.url),
      'utf8',
    );
    const wrong: string[] = [];
    for (const [name, shape] of Object.entries(SHAPES)) {
      const ours = new Map(
        Object.entries(shape).map(([key, type]) => [key.replace(/\?$/, ''), type.replaceAll('|null', '')]),
      );
      for (const [field, type] of giteaFields(types, name)) {
        if (ours.get(field) !== type) wrong.push(`${name}.${field} is ${ours.get(field)}, in Gitea ${type}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
