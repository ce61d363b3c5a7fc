// Ticking tasks in place: boxes inside of an element with `data-tasks` (where ticks go) and `data-version` (of the text).

const BOX =
  'li.task-list-item > input[type=checkbox], li.task-list-item > p:first-child > input[type=checkbox]';

/** Makes the boxes of every such element ready. */
export function startTasks(): void {
  for (const text of document.querySelectorAll<HTMLElement>('[data-tasks]')) {
    enable(text);
    if (text.dataset.ticks) continue;
    text.dataset.ticks = 'yes';
    text.addEventListener('change', (event) => {
      if (event.target instanceof HTMLInputElement && event.target.matches(BOX)) tick(text, event.target);
    });
  }
}

function boxesOf(text: HTMLElement): HTMLInputElement[] {
  return [...text.querySelectorAll<HTMLInputElement>(BOX)];
}

/** Named by what is written beside them, so that one hears which task is ticked. */
function enable(text: HTMLElement): void {
  for (const box of boxesOf(text)) {
    box.disabled = false;
    const label = [...(box.parentElement?.childNodes ?? [])]
      .filter((node) => !(node instanceof Element && node.matches('ul, ol')))
      .map((node) => node.textContent ?? '')
      .join('')
      .trim();
    if (label) box.setAttribute('aria-label', label.slice(0, 200));
  }
}

const queues = new WeakMap<HTMLElement, Promise<void>>();

/** One after the other, since each makes a new version. */
function tick(text: HTMLElement, box: HTMLInputElement): void {
  const boxes = boxesOf(text);
  const wanted = { index: boxes.indexOf(box), checked: box.checked, count: boxes.length };
  queues.set(
    text,
    (queues.get(text) ?? Promise.resolve()).then(() => send(text, wanted)),
  );
}

interface Wanted {
  index: number;
  checked: boolean;
  count: number;
}

interface Answer {
  version: number;
  html: string;
  message?: string;
}

async function send(text: HTMLElement, { index, checked, count }: Wanted): Promise<void> {
  const seen = text.dataset.version ?? '0';
  const address = new URL(text.dataset.tasks ?? '', location.href);
  const comment = address.searchParams.get('comment');
  address.search = '';
  const fields = { index, checked, count, version: seen, ...(comment ? { comment } : {}) };
  const body = new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)]));
  try {
    const answer = await fetch(address, { method: 'POST', headers: { 'X-CSRF-Token': csrf() }, body });
    if (!answer.ok && answer.status !== 409) throw new Error(await reasonOf(answer));
    settle(text, (await answer.json()) as Answer, Number(seen) + 1, index);
  } catch (error) {
    const box = boxesOf(text)[index];
    if (box) box.checked = !checked;
    say(
      text,
      error instanceof TypeError
        ? 'The connection broke off: the task was not ticked.'
        : (error as Error).message,
    );
  }
}

/** Where others have edited the text, it is shown as it is now. */
function settle(
  text: HTMLElement,
  { version, html, message }: Answer,
  expected: number,
  index: number,
): void {
  const isNewer = version > expected || message !== undefined;
  text.dataset.version = String(version);
  say(text, message ?? '');
  if (!isNewer) return;
  const focused = document.activeElement instanceof HTMLInputElement && text.contains(document.activeElement);
  text.innerHTML = html;
  enable(text);
  if (focused) boxesOf(text)[index]?.focus();
}

async function reasonOf(answer: Response): Promise<string> {
  if (answer.status === 401 || answer.status === 403) return 'You may not tick this task. Reload the page.';
  return answer.status === 429
    ? 'Too many changes: wait a moment.'
    : 'The task was not ticked. Reload the page.';
}

function csrf(): string {
  return document.querySelector<HTMLInputElement>('input[name=csrf]')?.value ?? '';
}

/** Says below the text what went wrong. */
function say(text: HTMLElement, message: string): void {
  const known = text.nextElementSibling;
  const note = known?.matches('.tasks-note') ? known : undefined;
  if (message === '') {
    note?.remove();
    return;
  }
  const shown = note ?? document.createElement('p');
  shown.className = 'tasks-note form-error';
  shown.setAttribute('role', 'alert');
  shown.textContent = message;
  text.after(shown);
}
