// Lists of repositories: what somebody owns or works in, what an owner has, what there is to explore.
import type { Actor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { type ListCursor, type ListFilter, listRepositories } from './lists.store.ts';
import { viewerOf } from './repos.policy.ts';
import type { RepositorySummary } from './repos.types.ts';

/** How many repositories one page lists. */
export const PAGE_SIZE = 30;

export interface RepositoryPage {
  items: RepositorySummary[];
  /** The `after` of the next page; undefined on the last one. */
  next: string | undefined;
}

export interface ListRequest {
  ownerId?: number;
  memberId?: number;
  /** Parts of the name; `topic:name` among them asks for a topic. */
  words?: string;
  topic?: string;
  /** As a page's `next` gave it. */
  after?: string;
}

/** One page of the repositories the actor may see, the most recently updated first. */
export async function pageOfRepositories(
  app: App,
  actor: Actor,
  request: ListRequest,
): Promise<RepositoryPage> {
  requireSiteAbility(actor, 'repositories:list');
  const { after, words, ...narrowed } = request;
  const filter: ListFilter = { ...narrowed, viewer: viewerOf(actor), limit: PAGE_SIZE + 1 };
  if (words) Object.assign(filter, filterOf(words.slice(0, 100)));
  if (after) filter.after = cursorOf(after);
  const rows = await listRepositories(app.db.read, filter);
  const items = rows.slice(0, PAGE_SIZE);
  const last = items.at(-1)?.repository;
  return { items, next: rows.length > PAGE_SIZE && last ? `${last.updatedAt}-${last.id}` : undefined };
}

/** Words of a search: `topic:name` asks for what has that topic, the rest for a part of the name. */
function filterOf(text: string): Pick<ListFilter, 'words' | 'topic'> {
  const words = text.split(/\s+/);
  const asked = words.find((word) => /^topic:./i.test(word));
  if (asked === undefined) return { words: text };
  const rest = words.filter((word) => word !== asked).join(' ');
  return { topic: asked.slice('topic:'.length).toLowerCase(), ...(rest === '' ? {} : { words: rest }) };
}

function cursorOf(text: string): ListCursor {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text);
  if (!match)
    throw new AppError('invalid', 'This page of the list does not exist. Start again from the first page.');
  return { updatedAt: Number(match[1]), id: Number(match[2]) };
}
