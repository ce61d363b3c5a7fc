// The repositories an access token is limited to, found by the names that were typed.
import type { Actor } from '../../base/actor.ts';
import { invalid, isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { TokenRepositories } from '../auth/tokens.types.ts';
import { openRepository } from './access.service.ts';
import { visibleAmong } from './visible.service.ts';

export const TOKEN_REPOSITORIES: TokenRepositories = { find, namesOf };

async function find(app: App, actor: Actor, names: readonly string[]): Promise<number[]> {
  const ids = new Set<number>();
  const unknown: string[] = [];
  for (const name of names) {
    const id = await idOf(app, actor, name);
    if (id === undefined) unknown.push(name);
    else ids.add(id);
  }
  if (unknown.length === 0) return [...ids];
  const listed = unknown.slice(0, 5).join(', ');
  throw invalid({ repositories: `There is no repository ${listed}, or you may not see it.` });
}

async function idOf(app: App, actor: Actor, name: string): Promise<number | undefined> {
  const [owner = '', repository = ''] = name.split('/');
  try {
    return (await openRepository(app, actor, owner, repository, 'repository:see')).repository.id;
  } catch (error) {
    if (isAppError(error, 'not_found')) return undefined;
    throw error;
  }
}

async function namesOf(app: App, actor: Actor, ids: readonly number[]): Promise<Map<number, string>> {
  const seen = await visibleAmong(app, actor, ids);
  return new Map([...seen].map(([id, { ownerName, repository }]) => [id, `${ownerName}/${repository.name}`]));
}
