// The bodies of the API about teams, in Gitea's names, and what they mean here.
import { z } from 'zod';
import { UNITS, type Unit, type UnitAccess } from '../../base/abilities.ts';
import { lazily } from '../../platform/api/description.ts';
import type { TeamDefaults } from './orgs.types.ts';
import type { UnitCaps } from './teams.input.ts';

const PERMISSIONS = ['read', 'write', 'admin'] as const;
const permission = z.enum(PERMISSIONS, 'Choose read, write or admin.');

const team = () => ({
  description: z.string().optional(),
  /** What the team has on its repositories. */
  permission: permission.optional(),
  /** The parts of repositories it reaches, such as `repo.code`; without it all of them. */
  units: z.array(z.string().max(50)).max(50).optional(),
  /** How far it reaches into each part; more than `permission` is never given by it. */
  units_map: z.record(z.string().max(50), z.enum(['none', 'read', 'write', 'admin', 'owner'])).optional(),
  can_create_org_repo: z.boolean().optional(),
  includes_all_repositories: z.boolean().optional(),
  is_secret: z.boolean().optional(),
  /** The team it is nested in; 0 for none. */
  parent_id: z.int().min(0).optional(),
});

export const newTeamBody = lazily(() => z.object({ name: z.string(), ...team() }));
export const teamChangesBody = lazily(() => z.object({ name: z.string().optional(), ...team() }));
export type TeamBody = z.output<ReturnType<typeof teamChangesBody>>;

/** What somebody is in a team; without a body a member. */
export const teamMemberBody = lazily(() => z.object({ role: z.enum(['member', 'maintainer']).optional() }));

/** The query that searches teams. */
export const teamSearchQuery = lazily(() =>
  z.object({
    q: z.string().max(100).optional(),
    include_desc: z.enum(['true', 'false', '1', '0']).optional(),
  }),
);

/** Ours for the names that the API has for what a team is. */
export const TEAM_FIELDS = { parent: 'parent_id', isSecret: 'is_secret', unitCaps: 'units_map' } as const;

/** What teams are held to by a body; undefined where it says nothing of units. */
export function capsOf({ permission, units, units_map: map }: TeamBody): UnitCaps | undefined {
  if (permission === 'admin') return everywhere(() => 'write');
  if (map && Object.keys(map).length > 0) return everywhere((unit) => capOf(map[`repo.${unit}`]));
  if (units && units.length > 0)
    return everywhere((unit) => (units.includes(`repo.${unit}`) ? 'write' : 'none'));
  // A permission alone opens no part that the team was kept out of.
  return undefined;
}

function everywhere(cap: (unit: Unit) => UnitAccess): UnitCaps {
  return Object.fromEntries(UNITS.map((unit) => [unit, cap(unit)]));
}

/** One unit is never administered by itself. */
function capOf(access: string | undefined): UnitAccess {
  if (access === undefined || access === 'none') return 'none';
  return access === 'read' ? 'read' : 'write';
}

/** What a body says of a team beside what teams are on the web. Units alone say what it has: the most of them. */
export function defaultsOf(body: TeamBody): Partial<TeamDefaults> {
  const { permission, units_map: map, includes_all_repositories: takesAll } = body;
  const fromUnits = map && permission !== 'admin' ? strongestOf(Object.values(map)) : undefined;
  const given = fromUnits ?? permission;
  const createsRepositories = body.can_create_org_repo;
  return {
    ...(given === undefined ? {} : { permission: given }),
    ...(takesAll === undefined ? {} : { takesAll }),
    ...(createsRepositories === undefined ? {} : { createsRepositories }),
  };
}

function strongestOf(accesses: readonly string[]): 'read' | 'write' | undefined {
  if (accesses.some((access) => access !== 'none' && access !== 'read')) return 'write';
  return accesses.includes('read') ? 'read' : undefined;
}
