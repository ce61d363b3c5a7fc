// The page of an organization, at the same address as a person's; hidden ones answer as if missing.
import { page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { countMembersFor, isInside, pageOfMembers } from '../orgs/members.service.ts';
import { requireOrganization } from '../orgs/orgs.service.ts';
import { listModel } from './lists.web.ts';
import { websiteLink } from './profiles.present.ts';

/** Members whose pictures the page shows. */
const FACES = 21;

/** The page of the organization of this name. Throws AppError not_found for missing and hidden ones. */
export async function answerOrganization(c: WebContext, name: string): Promise<Response> {
  const { app, actor } = c.var;
  const organization = await requireOrganization(app, actor, name);
  const [list, { members }, memberCount, inside] = await Promise.all([
    listModel(c, { ownerId: organization.id }),
    pageOfMembers(app, actor, organization),
    countMembersFor(app, actor, organization),
    isInside(app, actor, organization),
  ]);
  const { displayName, bio, location, website, avatarHash, visibility } = organization;
  return page(c, 'profiles/organization', {
    title: displayName || organization.name,
    organization: {
      name: organization.name,
      displayName,
      bio,
      location,
      avatarHash,
      visibility,
      website: websiteLink(website),
      href: `/orgs/${organization.name}`,
    },
    isInside: inside,
    members: members.slice(0, FACES),
    memberCount,
    ...list,
  });
}
