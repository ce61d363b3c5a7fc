// Teams that are named where others than their organization's people look: whole for those who know of them, else by name alone.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import { teamsKnown } from './named-teams.service.ts';
import { teamsJson } from './teams.json.ts';

type Json = Record<string, unknown>;

/** Teams of one organization by their ids; of teams that the viewer does not know of nothing but the name is told. */
export async function namedTeamsJson(
  app: App,
  viewer: Actor,
  organizationId: number,
  teams: readonly { id: number; name: string }[],
): Promise<Map<number, Json>> {
  if (teams.length === 0) return new Map();
  const wanted = new Set(teams.map(({ id }) => id));
  // The program itself knows of all, and tells others, who need not know of secret ones.
  const isTold = ({ isSecret }: { isSecret: boolean }) => viewer.kind !== 'system' || !isSecret;
  const all = await teamsKnown(app, viewer, organizationId);
  const known = all.filter((team) => wanted.has(team.id) && isTold(team));
  const shown = await teamsJson(app, viewer, known);
  return new Map([
    ...teams.map(({ id, name }) => [id, namedJson(id, name)] as const),
    ...known.map(({ id }, at) => [id, shown[at] ?? {}] as const),
  ]);
}

function namedJson(id: number, name: string): Json {
  return {
    ...{ id, name, description: '', organization: null, permission: 'none', units: [], units_map: {} },
    ...{ includes_all_repositories: false, can_create_org_repo: false, is_secret: false, parent_id: null },
    html_url: '',
  };
}
