// A page's list of repositories with its filter `q` and its place `after`.
import type { WebContext } from '../../platform/web/web.types.ts';
import { type ListRequest, pageOfRepositories } from '../repos/lists.service.ts';
import type { RepositorySummary } from '../repos/repos.types.ts';
import { topicsOf } from '../repos/topics.service.ts';
import { listItem, type RepositoryListItem } from './lists.present.ts';

export interface ListModel {
  items: RepositoryListItem[];
  words: string;
  /** The address of the next page; undefined on the last one. */
  next: string | undefined;
  isFirst: boolean;
}

/** The list asked for, as far as the actor may see it; `keep` stays in the addresses of its pages. */
export async function listModel(
  c: WebContext,
  request: ListRequest,
  keep: Record<string, string> = {},
): Promise<ListModel> {
  const words = (c.req.query('q') ?? '').trim().slice(0, 100);
  const after = c.req.query('after');
  const asked = { ...request, words, ...(after ? { after } : {}) };
  const found = await pageOfRepositories(c.var.app, c.var.actor, asked);
  return {
    items: await listItems(c, found.items),
    words,
    next: nextAddress(c, { ...keep, ...(words ? { q: words } : {}) }, 'after', found.next),
    isFirst: !after,
  };
}

/** Rows of a list with the topics of each. */
export async function listItems(
  c: WebContext,
  found: readonly RepositorySummary[],
): Promise<RepositoryListItem[]> {
  const topics = await topicsOf(
    c.var.app,
    found.map(({ repository }) => repository.id),
  );
  return found.map((one) => listItem(one, topics.get(one.repository.id)));
}

/** The address of this page's next part; undefined where there is none. */
export function nextAddress(
  c: WebContext,
  keep: Record<string, string>,
  name: string,
  next: string | number | undefined,
): string | undefined {
  return next === undefined
    ? undefined
    : `${c.req.path}?${new URLSearchParams({ ...keep, [name]: String(next) })}`;
}
