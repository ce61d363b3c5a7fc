// Marks files as viewed without leaving the page: a viewed file is folded, and the count goes on.

/** Starts to listen for the buttons' forms. */
export function startViewed(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches('[data-viewed]')) return;
    event.preventDefault();
    void send(form);
  });
}

async function send(form: HTMLFormElement): Promise<void> {
  const viewed = form.elements.namedItem('viewed');
  const button = form.querySelector('button');
  if (!(viewed instanceof HTMLInputElement) || !button || form.dataset.busy !== undefined) return;
  form.dataset.busy = '';
  const isViewed = viewed.value === '1';
  const entries = [...new FormData(form)].map(([name, value]): [string, string] => [name, String(value)]);
  const body = new URLSearchParams(entries);
  try {
    const answer = await fetch(form.action, {
      method: 'POST',
      body,
      headers: { accept: 'application/json' },
    });
    if (!answer.ok) throw new Error(`${answer.status}`);
    viewed.value = isViewed ? '0' : '1';
    button.setAttribute('aria-pressed', String(isViewed));
    fold(form, isViewed);
    count(isViewed ? 1 : -1);
  } catch {
    // The form itself leads to the page that says what is wrong.
    form.submit();
  } finally {
    delete form.dataset.busy;
  }
}

function fold(form: HTMLFormElement, isViewed: boolean): void {
  const file = form.closest<HTMLElement>('.diff-file');
  const details = file?.querySelector('details');
  if (!file || !details) return;
  const wasAbove = file.getBoundingClientRect().top < 0;
  details.open = !isViewed;
  if (isViewed && wasAbove) file.scrollIntoView({ block: 'start' });
}

function count(by: 1 | -1): void {
  const shown = document.querySelector('[data-viewed-count]');
  const number = Number(shown?.textContent ?? '0') + by;
  if (shown) shown.textContent = String(number);
  const progress = document.querySelector<HTMLProgressElement>('.diff-progress progress');
  if (progress) progress.value = number;
}
