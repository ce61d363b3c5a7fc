// The frame around every page of an organization, in whatever room.
import type { App } from '../../platform/app.types.ts';
import { countMembersFor } from './members.service.ts';
import { organizationLevelIncludes } from './orgs.policy.ts';
import type { OpenOrganization } from './orgs.types.ts';
import { countTeamsFor } from './teams.service.ts';

export interface OrganizationTab {
  key: string;
  label: string;
  icon: string;
  href: string;
  count?: number;
}

/** What the frame around every page of an organization shows; the template is `orgs/frame`, its model key `org`. */
export interface OrganizationFrame {
  id: number;
  name: string;
  displayName: string;
  avatarHash: string | null;
  visibility: string;
  /** `/orgs/name`. */
  path: string;
  /** The page everybody sees, `/name`. */
  home: string;
  tabs: OrganizationTab[];
  selected: string;
  isMember: boolean;
  isOwner: boolean;
}

/** The frame of an organization's pages with the tab `selected`; tabs the actor may not open are left out. */
export async function organizationFrame(
  app: App,
  open: OpenOrganization,
  selected: 'overview' | 'activity' | 'issues' | 'pulls' | 'people' | 'teams' | 'settings',
): Promise<OrganizationFrame> {
  const { organization, level, actor, path } = open;
  const home = `/${organization.name}`;
  const isMember = organizationLevelIncludes(level, 'member');
  const isOwner = level === 'owner';
  const people = await countMembersFor(app, actor, organization);
  const tabs: OrganizationTab[] = [
    { key: 'overview', label: 'Overview', icon: 'home', href: home },
    { key: 'issues', label: 'Issues', icon: 'issue-opened', href: `${path}/issues` },
    { key: 'pulls', label: 'Pull requests', icon: 'git-pull-request', href: `${path}/pulls` },
    { key: 'activity', label: 'Activity', icon: 'pulse', href: `${path}/activity` },
    { key: 'people', label: 'People', icon: 'person', href: `${path}/people`, count: people },
  ];
  if (isMember) {
    const count = await countTeamsFor(app, actor, open);
    tabs.push({ key: 'teams', label: 'Teams', icon: 'people', href: `${path}/teams`, count });
  }
  if (isOwner) tabs.push({ key: 'settings', label: 'Settings', icon: 'gear', href: `${path}/settings` });
  const { id, name, displayName, avatarHash, visibility } = organization;
  return {
    id,
    name,
    displayName,
    avatarHash,
    visibility,
    path,
    home,
    tabs,
    selected,
    isMember,
    isOwner,
  };
}
