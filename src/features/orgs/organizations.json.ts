// Organizations in the JSON that Gitea's API clients expect.
import type { App } from '../../platform/app.types.ts';
import type { Organization, OrganizationVisibility } from './orgs.types.ts';

type Json = Record<string, unknown>;

/** What Gitea calls our visibilities: an internal organization is seen by everybody who is signed in. */
const VISIBILITY = { public: 'public', internal: 'limited', private: 'private' } as const;

/** An organization as `GET /api/v1/orgs/{org}` of Gitea shows it. */
export function organizationJson(app: App, organization: Organization): Json {
  const { id, name, displayName, bio, email, location, website, visibility } = organization;
  return {
    id,
    name,
    full_name: displayName,
    email,
    avatar_url: pictureAddress(app, organization),
    description: bio,
    website,
    location,
    visibility: VISIBILITY[visibility],
    // Whoever administers a repository decides here which teams work in it.
    repo_admin_change_team_access: true,
    username: name,
  };
}

function pictureAddress(app: App, { name, avatarHash }: Organization): string {
  const picture = `${app.publicUrl()}/avatars/${name}`;
  return avatarHash === null ? picture : `${picture}/${avatarHash}`;
}

/** Ours for Gitea's names of visibilities; what is none of them stays as it is, to be refused. */
export function visibilityOf(text: string): OrganizationVisibility | string {
  return text === 'limited' ? 'internal' : text;
}
