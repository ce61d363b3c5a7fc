// Whom rules can name in a repository, and what those are called that a set names already: as far as the reader may know.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import { contextsOn } from '../code/statuses.service.ts';
import { listDeployKeys } from '../repos/deploy-keys.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { teamAccessOf } from '../repos/team-access.service.ts';
import { namesOf } from '../users/authorship.service.ts';
import type { Party, PartyRole } from './rules.types.ts';

export interface Candidates {
  teams: { id: number; name: string }[];
  /** Deploy keys that may write. */
  keys: { id: number; title: string }[];
  /** People who were asked about by id, and exist. */
  people: Map<number, string>;
}

/** Teams and keys that rules of this repository can name, and the names of these people; for whoever manages the rules. */
export async function candidatesOf(
  app: App,
  actor: Actor,
  open: OpenRepository,
  userIds: readonly number[] = [],
): Promise<Candidates> {
  const { teams } = await teamAccessOf(app, actor, open);
  const keys = await listDeployKeys(app, actor, open);
  const people = await namesOf(app, userIds);
  return {
    teams: teams.map(({ teamId, name }) => ({ id: teamId, name })),
    keys: keys.filter(({ canWrite }) => canWrite).map(({ id, title }) => ({ id, title })),
    people: new Map([...people].map(([id, { name }]) => [id, name])),
  };
}

/** Branches whose tips are looked at for checks, and checks that are offered. */
const BRANCHES_LOOKED_AT = 200;
const MOST_OFFERED = 30;

/** Checks that reported on the tips of branches, to be required by a click. */
export async function checksSeen(app: App, open: OpenRepository): Promise<string[]> {
  const heads = await app.git.refs(open.dir, 'refs/heads/');
  const isDefault = ({ name }: { name: string }) => name === `refs/heads/${open.repository.defaultBranch}`;
  const tips = [...heads.filter(isDefault), ...heads.slice(0, BRANCHES_LOOKED_AT)].map(({ oid }) => oid);
  return (await contextsOn(app, open, tips)).slice(0, MOST_OFFERED);
}

export const ROLE_WORDS: Readonly<Record<PartyRole, string>> = {
  write: 'Everybody who may write',
  maintain: 'Maintainers',
  admin: 'Administrators of the repository',
  owner: 'Owners',
};

/** What a party is called. */
export function partyName(party: Party, { teams, keys, people }: Candidates): string {
  if (party.kind === 'role') return ROLE_WORDS[party.role];
  if (party.kind === 'user') return people.get(party.id) ?? 'An account that is gone';
  if (party.kind === 'team')
    return teams.find(({ id }) => id === party.id)?.name ?? 'A team that you cannot see';
  return keys.find(({ id }) => id === party.id)?.title ?? 'A deploy key that is gone';
}
