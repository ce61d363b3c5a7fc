// Turns teams into page models, and the fields of their forms into what the service takes.
import { SHIPPED_UNITS, UNITS, type Unit } from '../../base/abilities.ts';
import type { OpenOrganization, TeamDefaults, TeamRow } from './orgs.types.ts';
import { parseTeamPermission } from './teams.input.ts';

export interface TeamItem {
  name: string;
  href: string;
  description: string;
  isSecret: boolean;
  parent: string | undefined;
  size: number;
}

/** A row of a list of teams; `names` are those of the teams the reader may know of. */
export function teamItem(
  open: OpenOrganization,
  team: TeamRow,
  sizes: ReadonlyMap<number, number>,
  names: ReadonlyMap<number, string>,
): TeamItem {
  const { id, name, description, isSecret, parentId } = team;
  const parent = parentId === null ? undefined : names.get(parentId);
  return {
    name,
    href: `${open.path}/teams/${name}`,
    description,
    isSecret,
    parent,
    size: sizes.get(id) ?? 0,
  };
}

export interface CapChoice {
  field: string;
  unit: Unit;
  value: string;
}

/** The units whose access a team's form bounds, with what was chosen. */
export function capChoices(form: Record<string, string>): CapChoice[] {
  return SHIPPED_UNITS.map((unit) => ({ field: `cap-${unit}`, unit, value: form[`cap-${unit}`] ?? 'write' }));
}

/** The fields of a team as its form shows them. */
export function teamFields(
  team: TeamRow,
  parent: string,
  { permission, takesAll, createsRepositories }: TeamDefaults,
): Record<string, string> {
  const caps = Object.entries(team.unitCaps).map(([unit, cap]) => [`cap-${unit}`, cap]);
  const { name, description } = team;
  return {
    name,
    description,
    parent,
    permission,
    ...(team.isSecret ? { isSecret: 'on' } : {}),
    ...(takesAll ? { takesAll: 'on' } : {}),
    ...(createsRepositories ? { createsRepositories: 'on' } : {}),
    ...Object.fromEntries(caps),
  };
}

/** What the service takes, from the fields of a form; units the form does not show are left out. */
export function teamFormOf(form: Record<string, string>): Record<string, unknown> {
  const caps = UNITS.filter((unit) => form[`cap-${unit}`] !== undefined);
  return {
    name: form.name ?? '',
    description: form.description ?? '',
    parent: form.parent ?? '',
    isSecret: form.isSecret === 'on',
    unitCaps: Object.fromEntries(caps.map((unit) => [unit, form[`cap-${unit}`]])),
  };
}

/** What a form says a team does of itself, as far as it differs from what it does: only then it changes anything. */
export function defaultsOfForm(form: Record<string, string>, before: TeamDefaults): Partial<TeamDefaults> {
  const { permission } = form;
  const isNew = permission !== undefined && permission !== before.permission;
  return {
    ...(isNew ? { permission: parseTeamPermission(permission) } : {}),
    takesAll: form.takesAll === 'on',
    createsRepositories: form.createsRepositories === 'on',
  };
}
