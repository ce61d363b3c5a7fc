// The administration of the site: everything below /admin, for administrators alone.
import type { WebApp } from '../../platform/web/web.types.ts';
import { mountAudit } from './audit.web.ts';
import { mountInvitations } from './invitations.web.ts';
import { mountNotices } from './notices.web.ts';
import { mountOrganizationAudit } from './organization-audit.web.ts';
import { mountOrganizations } from './organizations.web.ts';
import { mountOverview } from './overview.web.ts';
import { mountPeople } from './people.web.ts';
import { mountQueues } from './queues.web.ts';
import { mountRepositories } from './repositories.web.ts';
import { mountSettings } from './settings.web.ts';

/** Adds every page of the administration, and the audit log of organizations. */
export function mountAdmin(web: WebApp): void {
  mountOverview(web);
  mountPeople(web);
  mountOrganizations(web);
  mountInvitations(web);
  mountRepositories(web);
  mountQueues(web);
  mountNotices(web);
  mountSettings(web);
  mountAudit(web);
  mountOrganizationAudit(web);
}
