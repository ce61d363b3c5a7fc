// What pages show of webhooks and of what they sent. Secrets are not among it, nor what follows the host of a chat's address.
import { shownAddress } from './hook-addresses.service.ts';
import { HOOK_EVENTS, type HookEvent, type HookGroup } from './hook-events.data.ts';
import { HOOK_FORMATS } from './hook-formats.data.ts';
import type { DeliveryRow, Hook, HookFormat, HookScope, MessageRow } from './hooks.types.ts';

/** How a webhook fares: an icon, its colour, and words. */
interface Standing {
  icon: string;
  tone: string;
  words: string;
}

const GROUPS: Readonly<Record<HookGroup, string>> = {
  repository: 'Repository',
  issue: 'Issues',
  pull: 'Pull requests',
  site: 'Organization and site',
};
/** Longest message that a page shows, in characters. */
const LONGEST_SHOWN = 200_000;

/** A webhook in a list, and above its pages. */
export function hookItem(hook: Hook, base: string) {
  return {
    id: hook.id,
    href: `${base}/${hook.id}`,
    address: shownAddress(hook.format, hook.url),
    format: HOOK_FORMATS[hook.format].title,
    isChat: HOOK_FORMATS[hook.format].isChat,
    events: eventsInWords(hook),
    branchFilter: hook.branchFilter,
    verifiesTls: hook.verifiesTls,
    standing: standingOf(hook),
    failingSince: hook.failingSince,
    suspendedAt: hook.suspendedAt,
    lastTriedAt: hook.lastTriedAt,
    isActive: hook.isActive,
  };
}

function standingOf({ isActive, suspendedAt, failingSince, lastState }: Hook): Standing {
  if (!isActive) return { icon: 'skip', tone: 'muted', words: 'Switched off' };
  if (suspendedAt !== null) return { icon: 'stop', tone: 'fg-danger', words: 'Suspended' };
  if (failingSince !== null) return { icon: 'alert', tone: 'fg-attention', words: 'Failing' };
  if (lastState === null) return { icon: 'dot', tone: 'muted', words: 'Nothing sent yet' };
  if (lastState === 'delivered') return { icon: 'check', tone: 'fg-success', words: 'Last delivery arrived' };
  const words = lastState === 'refused' ? 'Last delivery was refused' : 'Last delivery did not get through';
  return { icon: 'x', tone: 'fg-danger', words };
}

function eventsInWords({ sendsAll, events }: Hook): string {
  if (sendsAll) return 'all events';
  const [first = '', second, ...others] = events;
  if (second === undefined) return first;
  return others.length === 0 ? `${first} and ${second}` : `${first}, ${second} and ${others.length} more`;
}

/** The formats a webhook may have, for the menu of new ones. */
export function formatItems(base: string) {
  return Object.entries(HOOK_FORMATS).map(([name, { title, about, isChat }]) => ({
    ...{ name, title, about, isChat },
    href: `${base}/new?format=${name}`,
  }));
}

/** What the form holds: typed again after a fault, or as the webhook is. */
export interface HookForm {
  values: Readonly<Record<string, string>>;
  events: readonly string[];
}

/** The form of a new webhook before anything was typed. */
export function emptyForm(): HookForm {
  return {
    values: { content_type: 'json', which: 'push', active: 'on', verify_tls: 'on' },
    events: ['push'],
  };
}

/** The form of a webhook as it is. */
export function formOf(hook: Hook): HookForm {
  const { format, options, contentType, branchFilter } = hook;
  const isOnlyPush = hook.events.length === 1 && hook.events[0] === 'push';
  const named = Object.entries(options).map(([name, value]) => [`option_${name}`, value]);
  return {
    values: {
      ...Object.fromEntries(named),
      url: HOOK_FORMATS[format].isChat && format !== 'matrix' ? '' : hook.url,
      content_type: contentType,
      which: hook.sendsAll ? 'all' : isOnlyPush ? 'push' : 'some',
      branch_filter: branchFilter,
      ...(hook.verifiesTls ? { verify_tls: 'on' } : {}),
      ...(hook.isActive ? { active: 'on' } : {}),
    },
    events: hook.events,
  };
}

/** What the form of one format asks for. */
export function fieldsOf(format: HookFormat, scope: HookScope, hook: Hook | undefined) {
  const { title, about, isChat, address, token, options } = HOOK_FORMATS[format];
  return {
    ...{ name: format, title, about, isChat, address, token },
    options: Object.entries(options).map(([name, option]) => ({ name: `option_${name}`, ...option })),
    groups: groupsFor(scope),
    keptAddress: hook && isChat && format !== 'matrix' ? shownAddress(format, hook.url) : undefined,
    hasSecret: hook !== undefined && hook.secret !== '',
    hasAuthorization: hook !== undefined && hook.authorization !== '',
  };
}

function groupsFor(scope: HookScope) {
  const isWide = scope === 'organization' || scope === 'site';
  const events: [string, HookEvent][] = Object.entries(HOOK_EVENTS);
  const meant = events.filter(([, event]) => isWide || !event.wideOnly);
  return Object.entries(GROUPS)
    .map(([group, label]) => ({
      label,
      events: meant
        .filter(([, event]) => event.group === group)
        .map(([name, { title, about }]) => ({ name, title, about })),
    }))
    .filter(({ events: some }) => some.length > 0);
}

const STATES: Readonly<Record<string, Standing>> = {
  waiting: { icon: 'clock', tone: 'fg-attention', words: 'Waiting' },
  delivered: { icon: 'check', tone: 'fg-success', words: 'Delivered' },
  refused: { icon: 'x', tone: 'fg-danger', words: 'Refused' },
  failed: { icon: 'x', tone: 'fg-danger', words: 'Given up' },
};
const UNKNOWN: Standing = { icon: 'dot', tone: 'muted', words: 'Recorded' };

/** A delivery in the log. */
export function deliveryItem(row: DeliveryRow, hookHref: string) {
  const { id, uuid, event, action, attempts, status, error, duration, isTest, repeatsId } = row;
  const base = `${hookHref}/deliveries`;
  return {
    ...{ id, uuid, attempts, status, error, duration, isTest },
    href: `${base}/${id}`,
    repeatsHref: repeatsId === null ? undefined : `${base}/${repeatsId}`,
    event: action === '' ? event : `${event}.${action}`,
    state: STATES[row.state] ?? UNKNOWN,
    isWaiting: row.state === 'waiting',
    createdAt: row.createdAt,
    triedAt: row.triedAt,
  };
}

/** What was sent and what came back, as texts; undefined where nothing is kept. */
export function messageModel(message: MessageRow | undefined) {
  if (!message) return undefined;
  const { requestHeaders, requestBody, responseHeaders, responseBody } = message;
  return {
    requestHeaders: headerLines(requestHeaders),
    request: readable(Buffer.from(requestBody).toString('utf8'), requestHeaders),
    responseHeaders: headerLines(responseHeaders ?? {}),
    response: shortened(responseBody ?? ''),
  };
}

function headerLines(headers: Record<string, string>): { name: string; value: string }[] {
  return Object.entries(headers).map(([name, value]) => ({
    name: withoutTurns(name),
    value: withoutTurns(value),
  }));
}

/** JSON in lines; of a form the JSON that it carries. */
function readable(body: string, headers: Record<string, string>): string {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  const isForm = type.startsWith('application/x-www-form-urlencoded');
  const text = isForm ? (new URLSearchParams(body).get('payload') ?? body) : body;
  if (text.length > LONGEST_SHOWN) return shortened(text);
  try {
    return shortened(JSON.stringify(JSON.parse(text), null, 2));
  } catch {
    return shortened(text);
  }
}

function shortened(text: string): string {
  const shown = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}\n… (shortened)` : text;
  return withoutTurns(shown);
}

/** Characters that turn the direction of a line would show something else than was sent: they are written out. */
function withoutTurns(text: string): string {
  return text.replace(
    /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (turn) => `\\u${turn.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
