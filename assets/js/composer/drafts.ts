// What is typed survives a reload and a lost session: kept in this browser for the person who typed it, until it was sent.
// The server says by a cookie which draft arrived. Signing out forgets them all, see composer-loader.ts.
import type { MarkdownComposer } from './element.ts';

const LONGEST = 70_000;
const MOST = 30;
/** Milliseconds that typing pauses before it is kept. */
const PAUSE = 300;
const AGED = 30 * 24 * 60 * 60 * 1000;
const SENT = 'draft_sent';

interface Draft {
  text: string;
  /** What stood there before: an edit of a text that was changed meanwhile does not overwrite it. */
  base: string;
  at: number;
}

type Field = HTMLTextAreaElement | HTMLInputElement;

/** Restores and keeps what is typed into a composer, and into those fields of its form that `data-draft-fields` names. */
export function keepDrafts(
  composer: MarkdownComposer,
  field: HTMLTextAreaElement,
  signal: AbortSignal,
): void {
  const { user, draft } = composer.dataset;
  if (!user) return;
  // As the server takes it back: file names in it may hold anything.
  const place = (draft ?? location.pathname).replace(/[^\w:/.-]/g, '_');
  forgetSent(user);
  const key = (one: Field) => `draft:${user}:${place}:${one.name}`;
  const names = new Set((composer.dataset.draftFields ?? '').split(' '));
  const inputs = [...(field.form?.querySelectorAll<HTMLInputElement>('input[name]') ?? [])];
  const others = inputs.filter(({ name, type }) => names.has(name) && type === 'text');
  for (const one of [field, ...others]) {
    if (restore(one, key(one)) && one === field) offerDiscard(composer, field, key(one));
    keep(one, key(one), signal);
  }
  nameInForm(field, place);
}

/** So that the server can say that it arrived: the places of all composers of a form, with spaces between them. */
function nameInForm(field: HTMLTextAreaElement, place: string): void {
  if (!field.form) return;
  const known = field.form.querySelector<HTMLInputElement>('input[name=draft]');
  const hidden = known ?? document.createElement('input');
  const places = new Set(hidden.value.split(' ').filter(Boolean)).add(place);
  hidden.type = 'hidden';
  hidden.name = 'draft';
  hidden.value = [...places].join(' ');
  if (!known) field.form.append(hidden);
}

function restore(field: Field, key: string): boolean {
  const draft = read(key);
  if (!draft || draft.text === field.value) return false;
  // Also after a form came back with what was typed: that is newer.
  if (draft.base !== field.defaultValue || field.value !== field.defaultValue) return false;
  field.value = draft.text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  return true;
}

function offerDiscard(composer: MarkdownComposer, field: HTMLTextAreaElement, key: string): void {
  const note = composer.querySelector('.composer-note');
  if (!note) return;
  const discard = document.createElement('button');
  discard.type = 'button';
  discard.className = 'btn-link';
  discard.textContent = 'Discard it';
  discard.addEventListener('click', () => {
    field.value = field.defaultValue;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    remove(key);
    note.replaceChildren();
    field.focus();
  });
  note.replaceChildren('Your draft is back. ', discard);
}

function keep(field: Field, key: string, signal: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    clearTimeout(timer);
    timer = undefined;
    if (field.value === field.defaultValue || field.value.length > LONGEST) remove(key);
    else store(key, { text: field.value, base: field.defaultValue, at: Date.now() });
  };
  field.addEventListener(
    'input',
    () => {
      clearTimeout(timer);
      timer = setTimeout(write, PAUSE);
    },
    { signal },
  );
  const flush = () => {
    if (timer !== undefined) write();
  };
  addEventListener('pagehide', flush, { signal });
  signal.addEventListener('abort', flush);
}

/** The draft that the server says has arrived. */
function forgetSent(user: string): void {
  const match = new RegExp(`(?:^|; )${SENT}=([^;]+)`).exec(document.cookie);
  if (!match?.[1]) return;
  // biome-ignore lint/suspicious/noDocumentCookie: the other way is not in every browser.
  document.cookie = `${SENT}=; path=/; max-age=0; samesite=lax`;
  for (const place of decoded(match[1]).split(' ')) {
    const begin = `draft:${user}:${place}:`;
    for (const key of keys()) if (key.startsWith(begin)) remove(key);
  }
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}

function read(key: string): Draft | undefined {
  try {
    const draft = JSON.parse(localStorage.getItem(key) ?? 'null') as Draft | null;
    return draft && Date.now() - draft.at < AGED ? draft : undefined;
  } catch {
    return undefined;
  }
}

function store(key: string, draft: Draft): void {
  try {
    localStorage.setItem(key, JSON.stringify(draft));
    const others = keys().filter((one) => one !== key);
    const aged = others.map((one) => ({ one, at: read(one)?.at ?? 0 })).sort((a, b) => b.at - a.at);
    for (const { one } of aged.slice(MOST - 1)) remove(one);
  } catch {
    // Full or forbidden: then a reload loses it, as without scripts.
  }
}

function remove(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}

function keys(): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith('draft:'));
  } catch {
    return [];
  }
}
