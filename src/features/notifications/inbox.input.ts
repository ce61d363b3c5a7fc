// The little query of the inbox: `is:unread reason:mention repo:owner/name`. What it does not know it names, and leaves out.
import type { NotificationReason } from './notifications.types.ts';

export const VIEWS = ['inbox', 'unread', 'saved', 'done'] as const;
export type View = (typeof VIEWS)[number];

export const SEARCHED_REASONS = [
  'assign',
  'author',
  'comment',
  'mention',
  'team_mention',
  'state_change',
  'manual',
  'subscribed',
] as const satisfies readonly NotificationReason[];

export interface InboxQuery {
  view: View;
  reason?: NotificationReason;
  /** `owner/name`. */
  repo?: string;
  /** Words of it that mean nothing. */
  problems: string[];
}

const LONGEST = 300;

/** Reads a query; never throws. The last of two words of a kind counts. */
export function parseInboxQuery(text: string): InboxQuery {
  const query: InboxQuery = { view: 'inbox', problems: [] };
  for (const word of text.slice(0, LONGEST).split(/\s+/).filter(Boolean)) read(query, word);
  return query;
}

function read(query: InboxQuery, word: string): void {
  const colon = word.indexOf(':');
  const [key, value] = [word.slice(0, colon).toLowerCase(), word.slice(colon + 1)];
  const view = VIEWS.find((one) => key === 'is' && one === value.toLowerCase());
  const reason = SEARCHED_REASONS.find(
    (one) => key === 'reason' && one === value.toLowerCase().replaceAll('-', '_'),
  );
  if (view) query.view = view;
  else if (reason) query.reason = reason;
  else if (key === 'repo' && /^[^/]+\/[^/]+$/.test(value)) query.repo = value;
  else query.problems.push(word);
}

/** The shortest text that reads as a query. */
export function formatInboxQuery({ view, reason, repo }: Omit<InboxQuery, 'problems'>): string {
  const words = [
    ...(view === 'inbox' ? [] : [`is:${view}`]),
    ...(reason === undefined ? [] : [`reason:${reason.replaceAll('_', '-')}`]),
    ...(repo === undefined ? [] : [`repo:${repo}`]),
  ];
  return words.join(' ');
}
