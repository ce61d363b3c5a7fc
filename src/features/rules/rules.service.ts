// What rules hold for a branch or tag. Whether somebody may see a repository's rules is judged by whoever shows them.
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository, RepositoryRow } from '../repos/repos.types.ts';
import { rulesOn } from './effective-rules.policy.ts';
import { listActiveVersions, listRuleSets } from './rules.store.ts';
import type { EffectiveRules, RuleDocument, RuleSet, RuleSetRow } from './rules.types.ts';

export { bypassOf, isPusher } from './parties.service.ts';

/** Bytes of rule sets that are remembered, over all repositories. */
const REMEMBERED = 4 * 1024 * 1024;

interface Known {
  /** Ids and times of the sets it was read from. */
  version: string;
  sets: RuleSet[];
}

/** What all active sets that match ask of a ref (refs/heads/…, refs/tags/…) together. The sets are remembered until one changes. */
export async function rulesFor(
  app: App,
  open: { repository: Pick<RepositoryRow, 'id' | 'defaultBranch'> },
  ref: string,
): Promise<EffectiveRules> {
  const { id, defaultBranch } = open.repository;
  return rulesOn(await activeSets(app, id), ref, defaultBranch);
}

/** As `rulesFor`, of a branch by its name without refs/heads/. */
export function rulesForBranch(
  app: App,
  open: Pick<OpenRepository, 'repository'>,
  branch: string,
): Promise<EffectiveRules> {
  return rulesFor(app, open, `refs/heads/${branch}`);
}

/** The sets in force in a repository, the oldest first. */
export async function activeSets(app: App, repositoryId: number): Promise<RuleSet[]> {
  const versions = await listActiveVersions(app.db.read, repositoryId);
  if (versions.length === 0) return [];
  const cache = cacheOf(app);
  const version = versions.map(({ id, updatedAt }) => `${id}@${updatedAt}`).join();
  const known = cache.get(String(repositoryId));
  if (known?.version === version) return known.sets;
  const rows = (await listRuleSets(app.db.read, repositoryId)).filter(({ isActive }) => isActive);
  const sets = rows.map(ruleSetOf);
  const read = rows.map(({ id, updatedAt }) => `${id}@${updatedAt}`).join();
  cache.set(String(repositoryId), { version: read, sets }, JSON.stringify(sets).length * 4);
  return sets;
}

/** A row as the room knows it. */
export function ruleSetOf({ document, ...row }: RuleSetRow): RuleSet {
  return { ...row, ...(document as unknown as RuleDocument) };
}

const caches = new WeakMap<App, ReturnType<typeof makeCache>>();
const makeCache = (app: App) => app.caches.create<Known>('rule sets', REMEMBERED);

function cacheOf(app: App): ReturnType<typeof makeCache> {
  const known = caches.get(app) ?? makeCache(app);
  caches.set(app, known);
  return known;
}
