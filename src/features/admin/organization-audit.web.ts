// /orgs/:org/settings/audit: the part of the audit log that is an organization's own, for its owners.
import { organizationGate } from '../../platform/web/gates.ts';
import { page } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { organizationFrame } from '../orgs/frame.service.ts';
import { openOrganization } from '../orgs/orgs.service.ts';
import type { OpenOrganization } from '../orgs/orgs.types.ts';
import { filterOf, readAuditForm } from './audit.present.ts';
import { exportOrganizationAudit, pageOfOrganizationAudit } from './audit.service.ts';
import { answerExport, auditModel } from './audit.web.ts';

const BASE = '/orgs/:org/settings/audit';

const routes: Route<'organization:audit', OpenOrganization>[] = [
  { method: 'get', path: BASE, access: 'organization:audit', handler: getAudit },
  { method: 'get', path: `${BASE}/export`, access: 'organization:audit', handler: getExport },
];

/** Adds the audit log of organizations. */
export function mountOrganizationAudit(web: WebApp): void {
  mountRoutes(web, organizationGate(openOrganization), routes);
}

async function getAudit(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { app, actor } = c.var;
  const { id, name } = open.organization;
  const form = formOf(c);
  const filter = filterOf(form);
  const model = {
    title: `Audit log · ${name}`,
    ...(await auditModel(c, form, (before) =>
      pageOfOrganizationAudit(app, actor, id, { ...filter, ...before }),
    )),
    org: await organizationFrame(app, open, 'settings'),
    base: `${open.path}/settings/audit`,
    isWholeSite: false,
  };
  return page(c, 'admin/organization-audit', model);
}

async function getExport(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { app, actor } = c.var;
  const { id, name } = open.organization;
  const lines = await exportOrganizationAudit(app, actor, id, filterOf(formOf(c)));
  return answerExport(lines, `audit-${name}`);
}

function formOf(c: WebContext) {
  return { ...readAuditForm(c.req.query()), organization: '' };
}
