// Who forked what: the networks that forks make up, as far as somebody may see them.
import type { Actor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { listForkIds, listNamedInNetwork, listNetwork, listOwnedInNetwork } from './forks.store.ts';
import { findLiveById } from './repos.store.ts';
import type { ForkStanding, OpenRepository, RepositoryRow, RepositorySummary } from './repos.types.ts';
import { visibleAmong } from './visible.service.ts';

/** Repositories of one network that lists hold at most. */
const MOST = 1000;
export const FORKS_PAGE_SIZE = 30;

type Networked = Pick<RepositoryRow, 'id' | 'networkId'>;

/** The id that names a repository's network: its root's. */
export function networkIdOf({ id, networkId }: Networked): number {
  return networkId ?? id;
}

/** The repositories of a network that the actor may see, the oldest first; the repository itself is among them. */
export async function networkOf(
  app: App,
  actor: Actor,
  { repository }: Pick<OpenRepository, 'repository'>,
): Promise<RepositorySummary[]> {
  const ids = await listNetwork(app.db.read, networkIdOf(repository), MOST);
  const seen = await visibleAmong(app, actor, ids);
  return ids.flatMap((id) => seen.get(id) ?? []);
}

/** The repository of a network that belongs to somebody, by their name, if the actor may see it. */
export async function findInNetwork(
  app: App,
  actor: Actor,
  { repository }: Pick<OpenRepository, 'repository'>,
  ownerName: string,
): Promise<RepositorySummary | undefined> {
  const rows = await listNamedInNetwork(app.db.read, networkIdOf(repository), ownerName.toLowerCase());
  return firstSeen(app, actor, rows);
}

/** The repository that an account owns in the network of a repository. */
export async function findForkOf(
  app: App,
  userId: number,
  repositoryId: number,
): Promise<RepositorySummary | undefined> {
  const found = await findLiveById(app.db.read, repositoryId);
  if (!found) return undefined;
  const [own] = await listOwnedInNetwork(app.db.read, networkIdOf(found.repository), userId);
  return own;
}

export interface ForkPage {
  items: RepositorySummary[];
  /** The `after` of the next page; undefined on the last one. */
  next: string | undefined;
}

/** One page of a repository's forks that the actor may see, the newest first. */
export async function listForks(
  app: App,
  actor: Actor,
  { repository }: Pick<OpenRepository, 'repository'>,
  after?: string,
): Promise<ForkPage> {
  const items: RepositorySummary[] = [];
  let before = cursorOf(after);
  for (let round = 0; round < ROUNDS; round++) {
    const page = { limit: READ_AT_ONCE, ...(before === undefined ? {} : { before }) };
    const ids = await listForkIds(app.db.read, repository.id, page);
    const seen = await visibleAmong(app, actor, ids);
    for (const id of ids) {
      if (items.length === FORKS_PAGE_SIZE) return { items, next: String(before) };
      before = id;
      const fork = seen.get(id);
      if (fork) items.push(fork);
    }
    if (ids.length < READ_AT_ONCE) return { items, next: undefined };
  }
  return { items, next: String(before) };
}

/** Forks read at once, and how often, to fill a page of those the viewer may see. */
const READ_AT_ONCE = 100;
const ROUNDS = 5;

function cursorOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new AppError('invalid', 'This page of the list does not exist. Start again from the first page.');
}

/** What the frame of a repository's pages says of its network: its parent, if it may be seen, and the visitor's own fork. */
export async function forkStandingOf(
  app: App,
  actor: Actor,
  repository: RepositoryRow,
): Promise<ForkStanding> {
  const { parentId, networkId, forkCount } = repository;
  if (parentId === null && networkId === null && forkCount === 0) return {};
  const parent = parentId === null ? undefined : (await visibleAmong(app, actor, [parentId])).get(parentId);
  const own = await ownInNetwork(app, actor, repository);
  return { ...(parent ? { parent } : {}), ...(own ? { own } : {}) };
}

async function ownInNetwork(
  app: App,
  actor: Actor,
  repository: RepositoryRow,
): Promise<RepositorySummary | undefined> {
  if (actor.kind !== 'user' || actor.via !== 'session' || actor.userId === repository.ownerId)
    return undefined;
  const [own] = await listOwnedInNetwork(app.db.read, networkIdOf(repository), actor.userId);
  return own;
}

async function firstSeen(
  app: App,
  actor: Actor,
  rows: readonly RepositorySummary[],
): Promise<RepositorySummary | undefined> {
  const seen = await visibleAmong(
    app,
    actor,
    rows.map((row) => row.repository.id),
  );
  return rows.find((row) => seen.has(row.repository.id));
}
