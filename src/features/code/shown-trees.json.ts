// What the API says of a repository's default branch beside the repository: its main language and its licences.
import type { App } from '../../platform/app.types.ts';
import type { BoundedCache } from '../../platform/cache/cache.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { repositoryDirectory } from '../../platform/git/repository.ts';
import { readsUnit } from '../repos/repos.policy.ts';
import type { SeenRepository } from '../repos/shown-parts.service.ts';
import { languageBytes, licencesAt, type RememberedFacts, rememberedFacts } from './commit-facts.service.ts';

/** How long a repository that is asked for alone may be looked at before it is answered. */
const PATIENCE = 150;
/** Repositories of a list that are looked at for those who ask later. */
const MOST_LOOKED_AT = 5;

type Known = Required<RememberedFacts>;

const caches = new WeakMap<App, BoundedCache<Known>>();

/** Language and licences by repository, of those whose code is open to whoever asks. */
export async function shownTrees(
  app: App,
  seen: readonly SeenRepository[],
): Promise<Map<number, { language: string; licenses: string[] }>> {
  const known = new Map<number, RememberedFacts>();
  const open = seen.filter(({ repository, standing: { units } }) => readsUnit({ repository, units }, 'code'));
  const asked = open.filter(({ repository }) => !repository.isEmpty);
  for (const one of asked) known.set(one.repository.id, cacheOf(app).get(keyOf(one)) ?? {});
  const missing = asked.filter(({ repository }) => !isWhole(known.get(repository.id)));
  for (const [id, facts] of await lookedUp(app, missing)) known.set(id, facts);
  return new Map(
    [...known].map(([id, { language = '', licences = [] }]) => [id, { language, licenses: licences }]),
  );
}

function isWhole(facts: RememberedFacts | undefined): facts is Known {
  return facts?.language !== undefined && facts.licences !== undefined;
}

/** By the time of the last push: nothing else moves the branch that is looked at. */
function keyOf({ repository: { id, pushedAt, defaultBranch } }: SeenRepository): string {
  return `${id}:${pushedAt}:${defaultBranch}`;
}

function cacheOf(app: App): BoundedCache<Known> {
  const cache = caches.get(app) ?? app.caches.create<Known>('shown trees', 2_000_000);
  caches.set(app, cache);
  return cache;
}

async function lookedUp(app: App, missing: readonly SeenRepository[]): Promise<Map<number, RememberedFacts>> {
  const tips = new Map<number, Oid>();
  for (const { repository } of missing) {
    const dir = repositoryDirectory(app.paths, repository.storageKey);
    const tip = await app.git.ref(dir, `refs/heads/${repository.defaultBranch}`);
    if (tip !== undefined) tips.set(repository.id, tip);
  }
  const found = await rememberedFacts(app, tips);
  const unknown = missing.filter(({ repository: { id } }) => tips.has(id) && !isWhole(found.get(id)));
  for (const one of unknown.slice(0, MOST_LOOKED_AT)) {
    const facts = await lookAt(app, one, tips, missing.length === 1 ? PATIENCE : 0);
    found.set(one.repository.id, { ...found.get(one.repository.id), ...facts });
  }
  for (const one of missing) {
    const facts = found.get(one.repository.id);
    if (isWhole(facts)) cacheOf(app).set(keyOf(one), facts, 300);
  }
  return found;
}

async function lookAt(
  app: App,
  { repository }: SeenRepository,
  tips: ReadonlyMap<number, Oid>,
  budget: number,
): Promise<RememberedFacts> {
  const open = { dir: repositoryDirectory(app.paths, repository.storageKey), repository };
  const tip = tips.get(repository.id) ?? '';
  const [bytes, licences] = await Promise.all([
    languageBytes(app, open, tip, budget),
    licencesAt(app, open, tip, budget),
  ]);
  return { ...(bytes ? { language: bytes[0]?.[0] ?? '' } : {}), ...(licences ? { licences } : {}) };
}
