// Sends the forms of a review without leaving the page: what comes back takes the place of the form or of its thread.
import { tidy } from './comments.ts';

const SENT = '[data-line-comment], [data-thread-form], .thread-reply form, [data-draft-deletion]';

/** Listens for what is submitted. */
export function startForms(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches(SENT) || form.dataset.busy !== undefined) return;
    // On pages of their own they lead back to where they came from.
    if (!form.closest('.diff-file, .thread, .thread-new')) return;
    event.preventDefault();
    void send(form, event.submitter);
  });
}

// Not `form.action`: the buttons have that name.
async function send(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  form.dataset.busy = '';
  try {
    const answer = await fetch(form.getAttribute('action') ?? '', {
      method: 'POST',
      body: bodyOf(form, submitter),
    });
    const template = document.createElement('template');
    template.innerHTML = await answer.text();
    const part = template.content.querySelector<HTMLElement>('[data-review-part]');
    const again = template.content.querySelector<HTMLElement>('form.thread-form');
    if (answer.ok && part) accept(form, part);
    else if (again) {
      form.replaceWith(again);
      again.querySelector('textarea')?.focus();
    } else throw new Error(`${answer.status}`);
    dispatchEvent(new Event('composer:added'));
  } catch {
    say(form, 'It could not be sent. Try again in a moment.');
  } finally {
    delete form.dataset.busy;
  }
}

function bodyOf(form: HTMLFormElement, submitter: HTMLElement | null): FormData | URLSearchParams {
  const data = new FormData(form, submitter);
  data.set('part', '1');
  if (form.enctype === 'multipart/form-data') return data;
  return new URLSearchParams([...data].map(([name, value]): [string, string] => [name, String(value)]));
}

function accept(form: HTMLFormElement, part: HTMLElement): void {
  countPending(Number(part.dataset.pending));
  const fresh = [...part.children];
  const thread = form.closest('.thread');
  if (form.matches('[data-draft-deletion]')) {
    const gone = form.closest('.thread-new') ?? form.closest('.thread-draft');
    const place = gone?.parentElement ?? null;
    gone?.remove();
    tidy(place);
    return;
  }
  const replaced = form.matches('[data-line-comment]') ? form : thread;
  replaced?.replaceWith(...fresh);
  const [first] = fresh;
  if (first instanceof HTMLElement) first.focus({ preventScroll: true });
}

/** What the button of the whole review says of pending comments. */
function countPending(count: number): void {
  if (!Number.isSafeInteger(count)) return;
  for (const counter of document.querySelectorAll<HTMLElement>('[data-pending-count]')) {
    counter.textContent = String(count);
    counter.hidden = count === 0;
  }
  for (const words of document.querySelectorAll('[data-pending-words]'))
    words.textContent = `${count} pending ${count === 1 ? 'comment' : 'comments'}`;
  for (const part of document.querySelectorAll<HTMLElement>('[data-pending-note], [data-pending-discard]'))
    part.hidden = count === 0;
}

function say(form: HTMLFormElement, text: string): void {
  form.querySelector('.review-failure')?.remove();
  const note = document.createElement('p');
  note.className = 'form-error review-failure';
  note.setAttribute('role', 'alert');
  note.textContent = text;
  form.append(note);
}
