// Saved replies: a list that opens beside the toolbar and puts a reply where the cursor stands.
import type { MarkdownComposer } from './element.ts';
import { insertText } from './insert.ts';

/** Where a reply lets the writer go on. */
const CURSOR = '%cursor%';

/** Opens and closes the list of a composer. */
export function startReplies(
  composer: MarkdownComposer,
  field: HTMLTextAreaElement,
  signal: AbortSignal,
): void {
  const button = composer.querySelector<HTMLButtonElement>('[data-saved-replies]');
  if (!button) return;
  const close = () => {
    composer.querySelector('.composer-replies')?.remove();
    button.setAttribute('aria-expanded', 'false');
  };
  button.addEventListener(
    'click',
    () => {
      const isOpen = button.getAttribute('aria-expanded') === 'true';
      close();
      if (!isOpen) void open(composer, field, button, close);
    },
    { signal },
  );
  document.addEventListener(
    'click',
    (event) => {
      const target = event.target;
      if (!(target instanceof Element) || !target.closest('.composer-replies, [data-saved-replies]')) close();
    },
    { signal },
  );
  document.addEventListener('turbo:before-cache', close, { signal });
}

async function open(
  composer: MarkdownComposer,
  field: HTMLTextAreaElement,
  button: HTMLButtonElement,
  close: () => void,
): Promise<void> {
  const panel = document.createElement('div');
  panel.className = 'composer-replies';
  panel.setAttribute('role', 'dialog');
  panel.setAttribute('aria-label', 'Saved replies');
  panel.textContent = 'Loading…';
  composer.querySelector('.composer-head')?.append(panel);
  button.setAttribute('aria-expanded', 'true');
  panel.addEventListener('keydown', (event) => press(event, panel, button, close));
  panel.addEventListener('click', (event) => {
    const reply = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-reply]') : null;
    if (!reply) return;
    close();
    composer.write();
    insertReply(field, reply.dataset.reply ?? '');
  });
  try {
    const answer = await fetch(composer.dataset.replies ?? '');
    if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
    panel.innerHTML = await answer.text();
    panel.querySelector<HTMLElement>('.menu-item')?.focus();
  } catch {
    panel.textContent = 'Your saved replies could not be loaded.';
  }
}

function press(event: KeyboardEvent, panel: HTMLElement, button: HTMLElement, close: () => void): void {
  if (event.key === 'Escape') {
    event.stopPropagation();
    close();
    button.focus();
  }
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  event.preventDefault();
  const items = [...panel.querySelectorAll<HTMLElement>('.menu-item')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  items[(at + (event.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length]?.focus();
}

/** At the cursor; the cursor then stands where the reply says, or behind it. */
function insertReply(field: HTMLTextAreaElement, reply: string): void {
  const at = reply.indexOf(CURSOR);
  const text = reply.replaceAll(CURSOR, '');
  field.focus();
  const start = field.selectionStart;
  insertText(field, text);
  if (at !== -1) field.setSelectionRange(start + at, start + at);
}
