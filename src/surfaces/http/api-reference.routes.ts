// The OpenAPI document and the reference of the API as pages, which load nothing from elsewhere.
import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { notFound } from '../../base/errors.ts';
import { holdsTag } from '../../platform/web/entity-tags.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { page } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { acceptedEncoding } from './answers.ts';
import { type OpenApi, openApiDocument } from './openapi.ts';
import { areasOf, fieldsOf, operationsOf } from './openapi-reference.ts';

const ROUTES: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/api', access: 'anyone', handler: (c) => c.redirect('/api/reference', 301) },
  { method: 'get', path: '/api/openapi.json', access: 'anyone', handler: getDocument },
  {
    method: 'get',
    path: '/api/swagger',
    access: 'anyone',
    handler: (c) => c.redirect('/api/reference', 301),
  },
  { method: 'get', path: '/api/reference', access: 'anyone', handler: getReference },
  { method: 'get', path: '/api/reference/shapes', access: 'anyone', handler: getShapes },
  { method: 'get', path: '/api/reference/:area', access: 'anyone', handler: getArea },
];

/** Adds `/api/openapi.json` and `/api/reference`. */
export function mountApiReference(web: WebApp): void {
  mountRoutes(web, accountGate, ROUTES);
}

interface Kept {
  document: OpenApi;
  tag: string;
  plain: Uint8Array<ArrayBuffer>;
  br: Uint8Array<ArrayBuffer>;
  gzip: Uint8Array<ArrayBuffer>;
}

let making: Promise<Kept> | undefined;

/** Made when it is first asked for: the routes are the same as long as the program runs. */
function kept(): Promise<Kept> {
  making ??= make();
  return making;
}

async function make(): Promise<Kept> {
  const document = openApiDocument();
  const plain = new TextEncoder().encode(JSON.stringify(document));
  const [br, zipped] = await Promise.all([promisify(brotliCompress)(plain), promisify(gzip)(plain)]);
  const tag = `"${hash('sha256', plain, 'base64url').slice(0, 27)}"`;
  return { document, tag, plain, br: new Uint8Array(br), gzip: new Uint8Array(zipped) };
}

async function getDocument(c: WebContext): Promise<Response> {
  const known = await kept();
  const encoding = acceptedEncoding(c.req.header('accept-encoding'));
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'public, max-age=300',
    vary: 'Accept-Encoding',
    etag: known.tag,
    ...(encoding ? { 'content-encoding': encoding } : {}),
  };
  if (holdsTag(c, known.tag)) return new Response(null, { status: 304, headers: { etag: known.tag } });
  return new Response(encoding ? known[encoding] : known.plain, { headers });
}

async function getReference(c: WebContext): Promise<Response> {
  const { document } = await kept();
  const site = c.var.app.publicUrl();
  return page(c, 'api/reference', {
    title: 'REST API',
    site,
    areas: areasOf(document),
    selected: 'overview',
  });
}

async function getArea(c: WebContext): Promise<Response> {
  const { document } = await kept();
  const areas = areasOf(document);
  const area = areas.find(({ tag }) => tag === c.req.param('area'));
  if (!area) throw notFound();
  const operations = operationsOf(document, area.tag, c.var.app.publicUrl());
  return page(c, 'api/area', {
    title: `${area.title} · REST API`,
    areas,
    area,
    operations,
    selected: area.tag,
  });
}

async function getShapes(c: WebContext): Promise<Response> {
  const { document } = await kept();
  const shapes = Object.entries(document.components.schemas)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => ({ name, fields: fieldsOf(schema) }));
  return page(c, 'api/shapes', {
    title: 'Shapes · REST API',
    areas: areasOf(document),
    shapes,
    selected: 'shapes',
  });
}
