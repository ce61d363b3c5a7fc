// The page of an organization, at the same address as a person's; hidden ones answer as if missing.
import { page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { organizationFrame } from '../orgs/frame.service.ts';
import { pageOfMembers } from '../orgs/members.service.ts';
import { openOrganization } from '../orgs/orgs.service.ts';
import { atomLink } from './feed.web.ts';
import { listModel } from './lists.web.ts';
import { websiteLink } from './profiles.present.ts';

/** Members whose pictures the page shows. */
const FACES = 21;

/** The page of the organization of this name. Throws AppError not_found for missing and hidden ones. */
export async function answerOrganization(c: WebContext, name: string): Promise<Response> {
  const { app, actor } = c.var;
  const open = await openOrganization(app, actor, name, 'organization:see');
  const { organization } = open;
  const [list, { members }, org] = await Promise.all([
    listModel(c, { ownerId: organization.id }),
    pageOfMembers(app, actor, organization),
    organizationFrame(app, open, 'overview'),
  ]);
  const { name: own, displayName, bio, email, location, website } = organization;
  return page(c, 'profiles/organization', {
    title: displayName || organization.name,
    org,
    feed: atomLink(organization.name),
    organization: { name: own, bio, email, location, website: websiteLink(website) },
    members: members.slice(0, FACES),
    ...list,
  });
}
