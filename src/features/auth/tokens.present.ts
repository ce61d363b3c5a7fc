// Turns access tokens into rows, and scopes into words.
import type { AccessScope, ScopeArea } from '../../base/actor.ts';
import { scopesOf } from './tokens.service.ts';
import type { AccessTokenRow } from './tokens.types.ts';

export interface TokenItem {
  id: number;
  name: string;
  lastEight: string;
  scopes: AccessScope[];
  createdAt: number;
  lastUsedAt: number | null;
  expiresAt: number | null;
  isExpired: boolean;
  /** What it is limited to; undefined: nothing. `unseen` are gone, or hidden from its person by now. */
  repositories: { names: string[]; unseen: number } | undefined;
}

/** A row of the list of tokens; `names` has the repositories its person sees. */
export function tokenItem(row: AccessTokenRow, now: number, names: ReadonlyMap<number, string>): TokenItem {
  const { id, name, lastEight, createdAt, lastUsedAt, expiresAt } = row;
  const isExpired = expiresAt !== null && expiresAt <= now;
  return {
    id,
    name,
    lastEight,
    scopes: scopesOf(row),
    createdAt,
    lastUsedAt,
    expiresAt,
    isExpired,
    repositories: limitOf(row, names),
  };
}

function limitOf(row: AccessTokenRow, names: ReadonlyMap<number, string>): TokenItem['repositories'] {
  if (row.repositoryIds === null) return undefined;
  const seen = row.repositoryIds.map((id) => names.get(id)).filter((name) => name !== undefined);
  return { names: seen.sort(), unseen: row.repositoryIds.length - seen.length };
}

export interface AreaChoice {
  area: ScopeArea;
  label: string;
  hint: string;
}

const AREAS: readonly AreaChoice[] = [
  { area: 'repository', label: 'Repositories', hint: 'Code, settings and access; writing includes pushes.' },
  { area: 'issue', label: 'Issues', hint: 'Issues and pull requests.' },
  { area: 'package', label: 'Packages', hint: 'Packages and container images.' },
  { area: 'user', label: 'Account', hint: 'Your profile, addresses, SSH keys and stars.' },
  { area: 'organization', label: 'Organizations', hint: 'Members and teams.' },
  { area: 'notification', label: 'Notifications', hint: 'Your inbox.' },
  { area: 'actions', label: 'Actions', hint: 'Workflows, runs and their artifacts.' },
  { area: 'admin', label: 'Administration', hint: 'The whole site, as its administrator.' },
];

/** The rows of the table of scopes; administration is offered to administrators alone. */
export function areaChoices(withAdministration: boolean): AreaChoice[] {
  return AREAS.filter(({ area }) => withAdministration || area !== 'admin');
}
