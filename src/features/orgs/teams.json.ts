// Teams in the JSON that Gitea's API clients expect, and what such clients send of them.
import { UNITS, type Unit } from '../../base/abilities.ts';
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import { organizationJson } from './organizations.json.ts';
import { organizationsByIds } from './orgs.service.ts';
import type { TeamDefaults, TeamRow } from './orgs.types.ts';
import { PLAIN_DEFAULTS, teamDefaultsOf } from './team-defaults.service.ts';

type Json = Record<string, unknown>;

/** Gitea's names of parts of a repository that this product has none of. */
const ABSENT = { 'repo.ext_issues': 'none', 'repo.ext_wiki': 'none', 'repo.projects': 'none' } as const;

/**
 * Teams as Gitea shows them, in a constant number of statements; the caller has judged that the actor may know of them.
 * Here a team has a permission on each repository: shown is what it is given where it is added without another.
 */
export async function teamsJson(
  app: App,
  _actor: Actor,
  teams: readonly TeamRow[],
  /** What they have on one repository, by team: then that is shown. */
  held: ReadonlyMap<number, string> = new Map(),
): Promise<Json[]> {
  const defaults = await teamDefaultsOf(
    app,
    teams.map(({ id }) => id),
  );
  const organizations = await organizationsByIds(app, new Set(teams.map((team) => team.organizationId)));
  return teams.map((team) => {
    const organization = organizations.get(team.organizationId);
    const own = defaults.get(team.id) ?? PLAIN_DEFAULTS;
    const address = `${app.publicUrl()}/orgs/${organization?.name ?? ''}/teams/${team.name}`;
    return {
      ...teamJson(team, { ...own, permission: permissionName(held.get(team.id)) ?? own.permission }),
      organization: organization ? organizationJson(app, organization) : null,
      html_url: address,
    };
  });
}

/** Gitea knows three: of the others the one that holds no more. */
function permissionName(permission: string | undefined): TeamDefaults['permission'] | undefined {
  if (permission === undefined) return undefined;
  if (permission === 'admin') return 'admin';
  return permission === 'write' || permission === 'maintain' ? 'write' : 'read';
}

function teamJson(team: TeamRow, { permission, takesAll, createsRepositories }: TeamDefaults): Json {
  const held = Object.fromEntries(UNITS.map((unit) => [`repo.${unit}`, heldOn(team, permission, unit)]));
  return {
    id: team.id,
    name: team.name,
    description: team.description,
    includes_all_repositories: takesAll,
    permission,
    units: Object.keys(held).filter((unit) => held[unit] !== 'none'),
    units_map: { ...held, ...ABSENT },
    can_create_org_repo: createsRepositories,
    is_secret: team.isSecret,
    parent_id: team.parentId,
  };
}

/** The weaker of what the team is given and what it is held to on the unit. */
function heldOn({ unitCaps }: TeamRow, permission: TeamDefaults['permission'], unit: Unit): string {
  const cap = unitCaps[unit];
  if (cap === undefined || cap === 'write' || cap === permission) return permission;
  return cap;
}
