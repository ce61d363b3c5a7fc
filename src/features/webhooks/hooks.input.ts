// What comes from outside about webhooks, for forms and API alike.
import { z } from 'zod';
import { AppError, type FieldErrors, invalid } from '../../base/errors.ts';
import { parseAddress } from './hook-addresses.input.ts';
import { HOOK_EVENTS, type HookEventName } from './hook-events.data.ts';
import { HOOK_FORMATS } from './hook-formats.data.ts';
import { parseOptions } from './hook-options.input.ts';
import type { HookChanges, HookFormat, NewHook } from './hooks.types.ts';

const MOST_CHARACTERS = 1000;

const secret = z
  .string()
  .max(MOST_CHARACTERS, 'At most 1,000 characters are possible.')
  .refine((text) => !/[\x00-\x1f\x7f]/.test(text), 'Control characters are not possible here.');

/** A header's value, as HTTP takes it. */
const header = z
  .string()
  .trim()
  .max(MOST_CHARACTERS, 'At most 1,000 characters are possible.')
  .refine(
    (text) => /^[\x20-\x7e]*$/.test(text),
    'Only plain letters, digits and signs are possible in a header.',
  );

const changes = z.object({
  url: z.string().optional(),
  token: secret.optional(),
  contentType: z.enum(['json', 'form'], { error: 'Choose json or form.' }).optional(),
  secret: secret.optional(),
  authorization: header.optional(),
  events: z.array(z.string()).max(100, 'Choose events from the list.').optional(),
  sendsAll: z.boolean().optional(),
  /** Judged as a pattern by the service. */
  branchFilter: z.string().trim().max(255, 'A branch filter has 255 characters at most.').optional(),
  verifiesTls: z.boolean().optional(),
  isActive: z.boolean().optional(),
  options: z.record(z.string(), z.string()).optional(),
});

/** What is known of a webhook when it is changed. */
export type KnownHook = Pick<NewHook, 'format' | 'options'>;

/** Throws AppError invalid with a message per field; options have the field `option_<name>`. */
export function parseNewHook(raw: Record<string, unknown>): NewHook {
  const format = parseFormat(raw.format);
  const given = parseChanges(
    { format, options: {} },
    { url: '', token: '', options: {}, events: [], sendsAll: false, ...raw },
  );
  return {
    url: '',
    secret: '',
    authorization: '',
    contentType: 'json',
    options: {},
    events: [],
    sendsAll: false,
    branchFilter: '',
    verifiesTls: true,
    isActive: true,
    ...given,
    format,
  };
}

/** What is changed about a webhook; what is left out stays. Throws AppError invalid with a message per field. */
export function parseHookChanges(known: KnownHook, raw: Record<string, unknown>): HookChanges {
  return parseChanges(known, raw);
}

/** The format of this name. Throws AppError invalid. */
export function parseFormat(raw: unknown): HookFormat {
  if (typeof raw === 'string' && Object.hasOwn(HOOK_FORMATS, raw)) return raw as HookFormat;
  throw invalid({ format: `Choose one of ${Object.keys(HOOK_FORMATS).join(', ')}.` });
}

function parseChanges(known: KnownHook, raw: Record<string, unknown>): HookChanges {
  const { url, token, options, authorization, secret, contentType, ...plain } = checked(raw);
  const isChat = HOOK_FORMATS[known.format].isChat;
  const address = parseAddress(known.format, { url, token, authorization });
  const events = parseEvents(plain.events, plain.sendsAll);
  return {
    ...given({ ...plain, ...events }),
    ...(isChat ? {} : given({ secret, contentType })),
    ...given({ url: address.url, authorization: address.authorization }),
    ...(options || Object.keys(address.options).length > 0
      ? { options: parseOptions(known.format, { ...known.options, ...address.options, ...options }) }
      : {}),
  };
}

/** The names without doubles. With `sendsAll` they count for nothing. */
function parseEvents(
  names: readonly string[] | undefined,
  sendsAll: boolean | undefined,
): { events?: HookEventName[] } {
  if (sendsAll === true) return { events: [] };
  if (names === undefined) return {};
  const unknown = names.find((name) => !Object.hasOwn(HOOK_EVENTS, name));
  if (unknown !== undefined)
    throw invalid({ events: `There is no event ${unknown.slice(0, 40)}. Choose events from the list.` });
  if (names.length === 0) throw invalid({ events: 'Choose at least one event.' });
  return { events: [...new Set(names)] as HookEventName[] };
}

function checked(raw: Record<string, unknown>): z.output<typeof changes> {
  const result = changes.safeParse(raw);
  if (result.success) return result.data;
  const fields: FieldErrors = {};
  for (const { path, message } of result.error.issues) fields[String(path[0] ?? 'url')] ??= message;
  throw new AppError('invalid', Object.values(fields)[0] ?? 'The input is not valid.', { fields });
}

function given<T extends object>(values: T): { [F in keyof T]?: Exclude<T[F], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [F in keyof T]?: Exclude<T[F], undefined>;
  };
}
