// What chats are told besides the address: channels, names, rooms.
import { type FieldErrors, invalid } from '../../base/errors.ts';
import { HOOK_FORMATS, type HookOption } from './hook-formats.data.ts';
import type { HookFormat } from './hooks.types.ts';

/** Gitea numbers Matrix' kinds of messages. */
const MESSAGE_TYPES: ReadonlyMap<string, string> = new Map([
  ['', 'm.notice'],
  ['1', 'm.notice'],
  ['2', 'm.text'],
]);

/** The options that a format has, empty ones left out. Throws AppError invalid on `option_<name>`. */
export function parseOptions(
  format: HookFormat,
  raw: Readonly<Record<string, string>>,
): Record<string, string> {
  const parsed: Record<string, string> = {};
  const errors: FieldErrors = {};
  for (const [name, option] of Object.entries(HOOK_FORMATS[format].options)) {
    const typed = (raw[name] ?? '').trim();
    const value = name === 'message_type' ? (MESSAGE_TYPES.get(typed) ?? typed) : typed;
    const fault = faultOf(name, option, value);
    if (fault !== undefined) errors[`option_${name}`] = fault;
    else if (value !== '') parsed[name] = value;
  }
  if (Object.keys(errors).length > 0) throw invalid(errors);
  return parsed;
}

function faultOf(
  name: string,
  { label, required, maxLength }: HookOption,
  value: string,
): string | undefined {
  if (value === '') return required ? `${label} is missing.` : undefined;
  if (value.length > maxLength) return `At most ${maxLength} characters are possible.`;
  if (/[\x00-\x1f\x7f]/.test(value)) return 'Control characters are not possible here.';
  const form = FORMS[name];
  return form === undefined || form.test(value) ? undefined : form.fault;
}

const matching = (pattern: RegExp, fault: string) => ({
  test: (value: string) => pattern.test(value),
  fault,
});

const FORMS: Readonly<Record<string, { test(value: string): boolean; fault: string }>> = {
  color: matching(/^#?[0-9a-f]{6}$/i, 'Write a colour as #2da44e.'),
  icon_url: {
    test: (value) => /^https?:\/\//i.test(value) && URL.canParse(value),
    fault: 'Give an address that begins with https:// or http://.',
  },
  room_id: matching(/^[!#][^\s/]+$/, 'A room has an ID such as !room:example.org.'),
  message_type: matching(/^m\.(notice|text)$/, 'Write m.notice or m.text.'),
  chat_id: matching(
    /^(-?\d{1,20}|@\w{1,64})$/,
    'A chat has a number such as -1001234567890, or a name such as @channel.',
  ),
  thread_id: matching(/^\d{1,20}$/, 'A thread has a number.'),
};
