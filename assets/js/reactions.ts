// Reactions in place: the choice opens beside the text, and what is given shows without loading the page anew. Without
// this the same links and forms lead over pages.

document.addEventListener('click', (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const link = target?.closest<HTMLAnchorElement>('a[data-reacts]');
  const panel = document.querySelector('.reaction-panel');
  if (panel && !panel.contains(target)) panel.remove();
  if (!link || event.defaultPrevented || !isPlainClick(event)) return;
  event.preventDefault();
  if (panel?.parentElement !== link.parentElement) void openChoices(link);
});

document.addEventListener('keydown', (event) => {
  const panel = document.querySelector('.reaction-panel');
  if (event.key !== 'Escape' || !panel) return;
  const link = panel.parentElement?.querySelector<HTMLAnchorElement>('a[data-reacts]');
  panel.remove();
  link?.focus();
});

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented) return;
  const place = form.closest<HTMLElement>('[data-reactions]');
  if (!place || !form.matches('.reaction-form, .reaction-choices')) return;
  event.preventDefault();
  void send(form, event.submitter, place);
});

async function openChoices(link: HTMLAnchorElement): Promise<void> {
  const address = new URL(link.href);
  address.searchParams.set('fragment', '1');
  const answer = await fetch(address).catch(() => undefined);
  // Who must sign in first is led there by the page.
  if (!answer?.ok || answer.redirected) return location.assign(link.href);
  const panel = document.createElement('div');
  panel.className = 'reaction-panel';
  panel.innerHTML = await answer.text();
  document.querySelector('.reaction-panel')?.remove();
  link.parentElement?.append(panel);
  panel.querySelector('button')?.focus();
}

async function send(form: HTMLFormElement, submitter: HTMLElement | null, place: HTMLElement): Promise<void> {
  const fields = new FormData(form, submitter);
  const body = new URLSearchParams();
  for (const [name, value] of fields) if (typeof value === 'string') body.append(name, value);
  const answer = await fetch(`${form.action}?fragment=1`, { method: 'POST', body }).catch(() => undefined);
  // A refusal is said by the page that the form leads to.
  if (!answer?.ok || answer.redirected) return sendByPage(form, submitter);
  const template = document.createElement('template');
  template.innerHTML = await answer.text();
  const fresh = template.content.querySelector('[data-reactions]');
  if (!fresh) return;
  place.replaceWith(fresh);
  fresh.querySelector<HTMLElement>('a[data-reacts]')?.focus();
}

/** Sends the form as the browser would have; the chosen button goes with it as a field. */
function sendByPage(form: HTMLFormElement, submitter: HTMLElement | null): void {
  if (submitter instanceof HTMLButtonElement) {
    const field = document.createElement('input');
    field.type = 'hidden';
    field.name = submitter.name;
    field.value = submitter.value;
    form.append(field);
  }
  form.submit();
}

function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}
