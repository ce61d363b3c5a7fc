// Queries that people keep under a name: everybody's own, shown to nobody else.
import type { Actor } from '../../base/actor.ts';
import { AppError, invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { visibleAmong } from '../repos/visible.service.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import { requirePerson } from './changing.service.ts';
import {
  countViews,
  findView,
  insertView,
  listAllViews,
  listViews,
  removeView,
  updateView,
  type ViewRow,
} from './views.store.ts';

export interface SavedView {
  id: number;
  name: string;
  query: string;
  /** Where it belongs; undefined for views of all repositories. */
  repository: { path: string; seen: boolean } | undefined;
}

/** Views one person may keep. */
export const MOST_VIEWS = 100;
const LONGEST_NAME = 100;
const LONGEST_QUERY = 1000;

/** The person's views for a repository, with those for all of them, or these alone; nothing for whoever comes without a session. */
export async function viewsFor(app: App, actor: Actor, open?: OpenRepository): Promise<ViewRow[]> {
  if (actor.kind !== 'user' || actor.via !== 'session') return [];
  return listViews(app.db.read, actor.userId, open?.repository.id);
}

/** All views of the actor, with the repositories they are for as far as they may still be seen. */
export async function allViews(app: App, actor: Actor): Promise<SavedView[]> {
  const rows = await listAllViews(app.db.read, ownerOf(actor));
  const seen = await visibleAmong(
    app,
    actor,
    rows.flatMap(({ repositoryId }) => repositoryId ?? []),
  );
  return rows.map(({ id, name, query, repositoryId }) => {
    const found = repositoryId === null ? undefined : seen.get(repositoryId);
    const path = found ? `/${found.ownerName}/${found.repository.name}` : '';
    return {
      id,
      name,
      query,
      repository: repositoryId === null ? undefined : { path, seen: Boolean(found) },
    };
  });
}

/** Saves a query under a name; throws AppError invalid on `name` or `query`, conflict when there are too many. */
export async function saveView(
  app: App,
  actor: Actor,
  open: OpenRepository | undefined,
  input: { name: string; query: string },
): Promise<ViewRow> {
  const userId = ownerOf(actor);
  const checked = checkedView(input);
  return app.db.write(async (tx) => {
    if ((await countViews(tx, userId)) >= MOST_VIEWS)
      throw new AppError(
        'conflict',
        `You have ${MOST_VIEWS} saved views. Delete one that you no longer need.`,
      );
    return insertView(tx, {
      ...checked,
      userId,
      repositoryId: open?.repository.id ?? null,
      createdAt: app.clock.now(),
    });
  });
}

/** Gives a view another name and query; throws AppError not_found for others' views, invalid as `saveView`. */
export async function changeView(
  app: App,
  actor: Actor,
  id: number,
  input: { name: string; query: string },
): Promise<void> {
  const userId = ownerOf(actor);
  const checked = checkedView(input);
  await app.db.write(async (tx) => {
    if (!(await findView(tx, userId, id))) throw notFound('view');
    await updateView(tx, id, checked);
  });
}

/** Deletes a view; throws AppError not_found for others' views. */
export async function deleteView(app: App, actor: Actor, id: number): Promise<void> {
  const userId = ownerOf(actor);
  await app.db.write(async (tx) => {
    if (!(await findView(tx, userId, id))) throw notFound('view');
    await removeView(tx, id);
  });
}

function ownerOf(actor: Actor): number {
  const userId = requirePerson(actor);
  requireAccountAbility(actor, userId, 'replies:manage');
  return userId;
}

function checkedView({ name, query }: { name: string; query: string }): { name: string; query: string } {
  const shown = name.trim();
  if (shown === '') throw invalid({ name: 'Give the view a name.' });
  if (shown.length > LONGEST_NAME)
    throw invalid({ name: `Choose a name of ${LONGEST_NAME} characters at most.` });
  if (query.length > LONGEST_QUERY)
    throw invalid({ query: `Shorten the query to ${LONGEST_QUERY} characters at most.` });
  return { name: shown, query: query.trim() };
}
