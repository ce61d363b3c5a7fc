// The frame around every page of a team, in whatever room.
import type { App } from '../../platform/app.types.ts';
import { type OrganizationFrame, organizationFrame } from './frame.service.ts';
import type { OpenOrganization, OpenTeam } from './orgs.types.ts';

/** What the frame around every page of a team shows; the template is `orgs/team`, its model keys `org` and `team`. */
export interface TeamFrame {
  org: OrganizationFrame;
  team: {
    id: number;
    name: string;
    description: string;
    isSecret: boolean;
    path: string;
    crumbs: { label: string; href?: string }[];
    tabs: { key: string; label: string; icon: string; href: string }[];
    selected: string;
    canMaintain: boolean;
    isOwner: boolean;
    isInside: boolean;
  };
}

/** The frame of a team's pages with the tab `selected`. */
export async function teamFrame(
  app: App,
  open: OpenOrganization,
  opened: OpenTeam,
  selected: 'members' | 'teams' | 'repositories' | 'settings',
): Promise<TeamFrame> {
  const { team, ancestors, path, canMaintain, role } = opened;
  const { id, name, description, isSecret } = team;
  const isOwner = open.level === 'owner';
  const tabs = [
    { key: 'members', label: 'Members', icon: 'person', href: path },
    { key: 'teams', label: 'Teams', icon: 'people', href: `${path}/teams` },
    { key: 'repositories', label: 'Repositories', icon: 'repo', href: `${path}/repositories` },
    ...(isOwner ? [{ key: 'settings', label: 'Settings', icon: 'gear', href: `${path}/settings` }] : []),
  ];
  const above = [...ancestors].reverse();
  const crumbs = [
    { label: 'Teams', href: `${open.path}/teams` },
    ...above.map((one) => ({ label: one.name, href: `${open.path}/teams/${one.name}` })),
    { label: name },
  ];
  return {
    org: await organizationFrame(app, open, 'teams'),
    team: {
      id,
      name,
      description,
      isSecret,
      path,
      crumbs,
      tabs,
      selected,
      canMaintain,
      isOwner,
      isInside: role !== undefined,
    },
  };
}
