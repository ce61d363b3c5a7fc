// /admin/audit: who did what, when and from where; filtered, and exported as JSON lines.
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { page } from '../../platform/web/page.ts';
import { idInQuery } from '../../platform/web/queries.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { findUserByName } from '../users/users.service.ts';
import { adminModel } from './admin-page.present.ts';
import { type AuditForm, auditedKinds, auditQuery, filterOf, readAuditForm } from './audit.present.ts';
import { exportAudit, pageOfAudit } from './audit.service.ts';
import type { AuditFilter } from './audit.types.ts';

const BASE = '/admin/audit';
/** No organization has it. */
const NOBODY = -1;

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: BASE, access: 'admin', handler: getAudit },
  { method: 'get', path: `${BASE}/export`, access: 'admin', handler: getExport },
];

/** Adds the pages of the audit log. */
export function mountAudit(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

async function getAudit(c: WebContext): Promise<Response> {
  const { app, actor } = c.var;
  const form = readAuditForm(c.req.query());
  const filter = await siteFilterOf(c, form);
  const model = {
    title: 'Audit log',
    ...(await auditModel(c, form, (before) => pageOfAudit(app, actor, { ...filter, ...before }))),
    base: BASE,
    isWholeSite: true,
  };
  return page(c, 'admin/audit', adminModel(app, 'audit', model));
}

/** What every page of the log shows, of the site or of an organization. */
export async function auditModel(
  c: WebContext,
  form: AuditForm,
  read: (before: { before?: number }) => ReturnType<typeof pageOfAudit>,
): Promise<Record<string, unknown>> {
  const before = idInQuery(c, 'before');
  const { items, next } = await read(before === undefined ? {} : { before });
  return {
    entries: items,
    form,
    kinds: auditedKinds(),
    query: auditQuery(form),
    firstQuery: before === undefined ? undefined : auditQuery(form),
    nextQuery: next === undefined ? undefined : auditQuery(form, { before: String(next) }),
  };
}

async function getExport(c: WebContext): Promise<Response> {
  const filter = await siteFilterOf(c, readAuditForm(c.req.query()));
  return answerExport(await exportAudit(c.var.app, c.var.actor, filter), 'audit');
}

/** A download that is written while it is read. */
export function answerExport(lines: ReadableStream<Uint8Array>, name: string): Response {
  return new Response(lines, {
    headers: {
      'content-type': 'application/jsonl; charset=utf-8',
      'content-disposition': `attachment; filename="${name}.jsonl"`,
      'cache-control': 'no-store',
    },
  });
}

async function siteFilterOf(c: WebContext, form: AuditForm): Promise<AuditFilter> {
  const filter = filterOf(form);
  if (form.organization === '') return filter;
  const organization = await findUserByName(c.var.app, form.organization);
  return { ...filter, organizationId: organization?.id ?? NOBODY };
}
