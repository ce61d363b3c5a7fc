// One page of a list of issues with everything around it, wherever the list lies.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import { type AskedList, emptyModel, frameModel, rowModels, viewItems } from './list.present.ts';
import { pageOfIssues } from './listing.service.ts';
import type { ListScope } from './listing.types.ts';
import { LONGEST_QUERY } from './queries.types.ts';
import type { ViewRow } from './views.store.ts';

/** Issues on one page. */
const PAGE_SIZE = 25;

/** Where the list lies, and what it leads to. */
export interface ListPlace {
  scope: ListScope;
  after: string | undefined;
  before: string | undefined;
  /** Where one opens an issue, for those who may. */
  newHref?: string | undefined;
  /** What a list says that has never had an issue. */
  nothing: string;
}

/** The rows, tabs and pages of a list; throws AppError as `pageOfIssues`. */
export async function listModel(app: App, actor: Actor, asked: AskedList, place: ListPlace) {
  const { scope, after, before, newHref, nothing } = place;
  const query = asked.parsed;
  const found = await pageOfIssues(app, actor, { scope, query, after, before, size: PAGE_SIZE });
  const { open, closed } = found;
  return {
    ...frameModel(asked),
    problems: [...asked.parsed.problems, ...found.problems],
    longestQuery: LONGEST_QUERY,
    open,
    closed,
    rows: rowModels(asked, found.issues, scope.kind !== 'repository'),
    empty: emptyModel(asked, { open, closed }, { newHref, nothing }),
    newHref,
    previous: found.previous && pageHref(asked, 'before', found.previous),
    next: found.next && pageHref(asked, 'after', found.next),
  };
}

function pageHref(asked: AskedList, side: 'after' | 'before', cursor: string): string {
  return `${asked.action}?${new URLSearchParams({ q: asked.query, [side]: cursor })}`;
}

/** The views beside the search; none where nobody is signed in. */
export function viewsModel(asked: AskedList, actor: Actor, views: readonly ViewRow[]) {
  return actor.kind === 'user' ? viewItems(asked, views) : undefined;
}
