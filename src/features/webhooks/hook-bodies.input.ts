// Webhooks as Gitea's API writes them, turned into what forms are turned into as well.
import { z } from 'zod';
import { invalid, isAppError } from '../../base/errors.ts';
import { lazily } from '../../platform/api/description.ts';
import type { HookEventName } from './hook-events.data.ts';
import { HOOK_FORMATS } from './hook-formats.data.ts';
import type { HookFormat } from './hooks.types.ts';

const config = z.record(z.string().max(50), z.string().max(2000));
const names = z.array(z.string().max(60)).max(100);

/** The body of a new webhook, in Gitea's names. */
export const newHookBody = lazily(() =>
  z.object({
    type: z.string().max(20),
    config,
    active: z.boolean().optional(),
    authorization_header: z.string().optional(),
    branch_filter: z.string().optional(),
    events: names.optional(),
  }),
);

/** The body of what changes about a webhook. */
export const hookChangesBody = lazily(() =>
  z.object({
    config: config.optional(),
    active: z.boolean().optional(),
    authorization_header: z.string().optional(),
    branch_filter: z.string().optional(),
    events: names.optional(),
  }),
);

/** Which webhooks of the server: Gitea's `default` ones, copied into new repositories, are not there. */
export const siteHooksQuery = lazily(() =>
  z.object({ type: z.enum(['system', 'default', 'all']).optional() }),
);

/** What a page of deliveries asks for. */
export const deliveriesQuery = lazily(() =>
  z.object({
    before: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional(),
    limit: z.coerce.number().int().positive().optional(),
  }),
);

/** Gitea names a branch here; tests are about the default one. */
export const testQuery = lazily(() => z.object({ ref: z.string().max(255).optional() }));

export type NewHookBody = z.output<ReturnType<typeof newHookBody>>;
export type HookChangesBody = z.output<ReturnType<typeof hookChangesBody>>;

/** Names under which other forges have the formats. */
const ALIASES: ReadonlyMap<string, HookFormat> = new Map([
  ['gogs', 'gitea'],
  ['forgejo', 'gitea'],
  ['web', 'github'],
]);

/** A new webhook as `parseNewHook` takes it. A chat that this product does not speak to gives AppError invalid. */
export function rawNewHook(body: NewHookBody): Record<string, unknown> {
  const format = ALIASES.get(body.type) ?? body.type;
  if (!Object.hasOwn(HOOK_FORMATS, format))
    throw invalid({ type: `Choose one of ${Object.keys(HOOK_FORMATS).join(', ')}.` });
  const events = eventsOf(body.events ?? []);
  return {
    ...rawHook({ ...body, active: body.active ?? false }),
    ...(events.sendsAll || (events.events ?? []).length > 0 ? events : ONLY_PUSH),
    url: body.config.url ?? '',
    format,
  };
}

/** Changes as `parseHookChanges` takes them; `shown` is the address as the API showed it, which changes nothing. */
export function rawHookChanges(body: HookChangesBody, shown: string): Record<string, unknown> {
  const events = body.events && eventsOf(body.events);
  const raw = rawHook(body);
  if (raw.url === shown) delete raw.url;
  if (!events) return raw;
  return { ...raw, ...(events.sendsAll || (events.events ?? []).length > 0 ? events : ONLY_PUSH) };
}

/** As Gitea does where no events are named. */
const ONLY_PUSH = { events: ['push'], sendsAll: false };

function rawHook({ config = {}, ...body }: HookChangesBody): Record<string, unknown> {
  const { url, content_type, secret, insecure_ssl, bot_token, access_token, ...options } = config;
  const raw: Record<string, unknown> = {
    url,
    secret,
    contentType: content_type,
    token: bot_token ?? access_token,
    verifiesTls: insecure_ssl === undefined ? undefined : !['1', 'true'].includes(insecure_ssl),
    options: Object.keys(options).length === 0 ? undefined : options,
    isActive: body.active,
    authorization: body.authorization_header,
    branchFilter: body.branch_filter,
  };
  return Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined));
}

const ISSUES: HookEventName[] = ['issues', 'issue_assign', 'issue_label', 'issue_milestone', 'issue_comment'];
const REVIEWS: HookEventName[] = [
  'pull_request_review_approved',
  'pull_request_review_rejected',
  'pull_request_review_comment',
];
const PULLS: HookEventName[] = [
  'pull_request',
  'pull_request_assign',
  'pull_request_label',
  'pull_request_milestone',
  'pull_request_comment',
  ...REVIEWS,
  'pull_request_sync',
  'pull_request_review_request',
];

/** Names in Gitea's API that stand for several events, for one under another name, or for what is not there. */
const MEANT: ReadonlyMap<string, readonly HookEventName[]> = new Map([
  ['issues', ISSUES],
  ['issues_only', ['issues']],
  ['pull_request', PULLS],
  ['pull_request_only', ['pull_request']],
  ['pull_request_review', REVIEWS],
  ['wiki', []],
  ['package', []],
  ['workflow_run', []],
  ['workflow_job', []],
]);

function eventsOf(names: readonly string[]): { events?: string[]; sendsAll: boolean } {
  if (names.includes('*')) return { sendsAll: true };
  const meant = names.flatMap((name): readonly string[] => MEANT.get(name) ?? [name]);
  return { events: [...new Set(meant)], sendsAll: false };
}

const API_NAMES: Readonly<Record<string, string>> = {
  url: 'config.url',
  secret: 'config.secret',
  contentType: 'config.content_type',
  token: 'config.access_token',
  authorization: 'authorization_header',
  branchFilter: 'branch_filter',
  isActive: 'active',
};

/** Runs what may find faults in a webhook, and names them by the fields of the API. */
export async function inApiNames<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isAppError(error, 'invalid') || !error.fields) throw error;
    const named = Object.entries(error.fields).map(([field, message]) => [
      API_NAMES[field] ?? field.replace(/^option_/, 'config.'),
      message,
    ]);
    throw invalid(Object.fromEntries(named));
  }
}
