// Small behaviours of form controls, asked for by data attributes; see docs/design.md.

document.addEventListener('clipboard-copy', (event) => {
  const button = event.target;
  if (!(button instanceof HTMLElement) || button.matches('.is-copied')) return;
  const label = button.getAttribute('aria-label');
  button.classList.add('is-copied');
  button.setAttribute('aria-label', 'Copied');
  setTimeout(() => {
    button.classList.remove('is-copied');
    if (label === null) button.removeAttribute('aria-label');
    else button.setAttribute('aria-label', label);
  }, 2000);
});

document.addEventListener('change', (event) => {
  const control = event.target;
  if (control instanceof HTMLSelectElement && control.matches('[data-submits]'))
    control.form?.requestSubmit();
});

document.addEventListener('input', (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement)) return;
  if (field.dataset.filters !== undefined) filterList(field.dataset.filters, field.value);
  if (field.dataset.types !== undefined) enableWhenTyped(field);
});

document.addEventListener('focusin', (event) => {
  if (event.target instanceof HTMLInputElement && event.target.matches('[data-selects]'))
    event.target.select();
});

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('[data-toggles]') : null;
  const toggled = document.getElementById(button?.getAttribute('data-toggles') ?? '');
  if (!button || !toggled) return;
  toggled.hidden = !toggled.hidden;
  button.setAttribute('aria-expanded', String(!toggled.hidden));
});

// Not twice by an impatient click. The button is switched off after its name and value were taken.
document.addEventListener('submit', (event) => {
  const { submitter } = event;
  if (event.defaultPrevented || !(submitter instanceof HTMLButtonElement)) return;
  setTimeout(() => submitter.setAttribute('disabled', ''));
});

// A page that comes back from the browser's cache must not keep its buttons switched off.
addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll('button[type="submit"][disabled]')) {
    button.removeAttribute('disabled');
  }
});

document.addEventListener('turbo:load', () => {
  for (const field of document.querySelectorAll<HTMLInputElement>('input[data-types]'))
    enableWhenTyped(field);
  document.querySelector<HTMLElement>('[data-focus]')?.focus();
});

function filterList(listId: string, words: string): void {
  const sought = words.trim().toLowerCase();
  let heading: HTMLElement | undefined;
  for (const item of document.querySelectorAll<HTMLElement>(`#${CSS.escape(listId)} > li`)) {
    if (item.matches('[data-filter-heading]')) {
      heading = item;
      heading.hidden = sought !== '';
      continue;
    }
    item.hidden = !(item.textContent ?? '').toLowerCase().includes(sought);
    if (heading && !item.hidden) heading.hidden = false;
  }
}

function enableWhenTyped(field: HTMLInputElement): void {
  const typed = field.value.trim().toLowerCase() === (field.dataset.types ?? '').toLowerCase();
  const button = field.form?.querySelector<HTMLButtonElement>('button[type="submit"]');
  if (button) button.disabled = !typed;
}
