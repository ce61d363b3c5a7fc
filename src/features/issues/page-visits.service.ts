// Tells other rooms that somebody looks at an issue's page: they add what they do then, since this room may not know them.
import type { App } from '../../platform/app.types.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import type { IssueRow } from './issues.types.ts';

/** What is done when the page of an issue is shown; it must be quick, since the page waits for it. */
export type OnView = (c: WebContext, issue: IssueRow) => Promise<void>;

const added = new WeakMap<App, OnView[]>();

/** Adds what is done when the page of an issue is shown. */
export function onIssueView(app: App, act: OnView): void {
  added.set(app, [...(added.get(app) ?? []), act]);
}

/** The page of an issue is about to be shown to whoever asks; nothing happens for what a browser fetches ahead. */
export async function issueViewed(c: WebContext, issue: IssueRow): Promise<void> {
  if (isFetchedAhead(c)) return;
  for (const act of added.get(c.var.app) ?? []) await act(c, issue);
}

/** Whether nobody may ever look at the answer. */
export function isFetchedAhead(c: WebContext): boolean {
  const purpose = c.req.header('sec-purpose') ?? c.req.header('x-sec-purpose') ?? '';
  return purpose.startsWith('prefetch');
}
