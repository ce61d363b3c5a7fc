// What comes from outside about teams.
import { z } from 'zod';
import { UNIT_ACCESS, UNITS, type Unit, type UnitAccess } from '../../base/abilities.ts';
import { invalid } from '../../base/errors.ts';
import { parseBy } from './orgs.input.ts';
import type { TeamDefaults, TeamRole } from './orgs.types.ts';

const NAME = /^[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*$/;
/** Words that follow `/teams/` in addresses. */
const RESERVED = new Set(['new', 'edit', 'settings']);

const name = z
  .string({ error: 'Choose a name.' })
  .trim()
  .min(1, 'Choose a name.')
  .max(64, 'The name of a team has at most 64 characters.')
  .regex(
    NAME,
    'Use letters, digits, and single - _ . in between; begin and end the name with a letter or digit.',
  )
  .refine((text) => !RESERVED.has(text.toLowerCase()), 'This name is reserved. Choose another one.');

const description = z
  .string()
  .trim()
  .max(250, 'A description has at most 250 characters.')
  .refine((text) => !/[\p{Cc}\p{Cf}]/u.test(text), 'A description is one line of visible text.');

const cap = z.enum(UNIT_ACCESS, { error: 'Choose none, read or write.' });

const team = z.object({
  name,
  description: description.default(''),
  /** The name of the team it is nested in; empty for none. */
  parent: z.string().trim().max(64, 'There is no such team.').default(''),
  isSecret: z.boolean().default(false),
  unitCaps: z.partialRecord(z.enum(UNITS, { error: 'There is no such unit.' }), cap).default({}),
});

export type TeamInput = z.infer<typeof team>;
export type UnitCaps = Partial<Record<Unit, UnitAccess>>;

/** Throws AppError invalid with a message per field. */
export function parseTeam(raw: unknown): TeamInput {
  return parseBy(team as z.ZodType<TeamInput>, raw);
}

/** Throws AppError invalid on `role`. */
export function parseTeamRole(text: string): TeamRole {
  if (text === 'member' || text === 'maintainer') return text;
  throw invalid({ role: 'Choose member or maintainer.' });
}

/** Throws AppError invalid on `permission`. */
export function parseTeamPermission(text: string): TeamDefaults['permission'] {
  if (text === 'read' || text === 'write' || text === 'admin') return text;
  throw invalid({ permission: 'Choose read, write or admin.' });
}
