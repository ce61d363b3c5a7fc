// Opens the form of a comment between the rows, or above the rows of a file, and takes it away again.
import { type Selection, selectedLines } from '../diffs/anchors.ts';
import { closestTo, fetchFragment } from '../diffs/fragments.ts';
import { rowAt } from './places.ts';

/** Listens for links that comment on a file, for cancelling, and for answers being opened. */
export function startComments(): void {
  document.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = closestTo<HTMLAnchorElement>(event, 'a[data-comments]');
    const file = link?.closest<HTMLElement>('.diff-file');
    if (file) {
      event.preventDefault();
      void openForm(file, undefined);
    }
    const cancel = closestTo<HTMLElement>(event, '[data-cancels-comment]');
    if (cancel && closeForm(cancel)) event.preventDefault();
  });
  document.addEventListener(
    'toggle',
    ({ target }) => {
      if (target instanceof HTMLDetailsElement && target.matches('[data-fills-form][open]'))
        void fillReply(target);
    },
    true,
  );
}

/** Comments on the marked lines, if they are in this file, or on the whole file. */
export function commentOnMarked(file: HTMLElement): void {
  const marked = selectedLines();
  void openForm(file, marked?.file === file.id ? marked : undefined);
}

/** Puts the form where the comment will be; the page with the form is followed where that fails. */
export async function openForm(file: HTMLElement, lines: Selection | undefined): Promise<void> {
  const link = file.querySelector<HTMLAnchorElement>('a[data-comments]');
  if (!link) return;
  const address = new URL(link.href);
  const head = document.querySelector<HTMLElement>('[data-review]')?.dataset.head;
  if (head) address.searchParams.set('head', head);
  if (lines) {
    const side = lines.side === 'L' ? 'base' : 'head';
    address.searchParams.set('side', side);
    address.searchParams.set('line', String(lines.to));
    address.searchParams.set('startSide', side);
    address.searchParams.set('startLine', String(lines.from));
  }
  const place = lines ? placeBelow(file, lines) : placeAbove(file);
  const open = place?.querySelector<HTMLTextAreaElement>('[data-line-comment] textarea');
  if (!place || open) {
    open?.focus();
    return;
  }
  place.classList.add('is-busy');
  try {
    const part = new URL(address);
    part.searchParams.set('fragment', '1');
    place.append(await fetchFragment(part.href));
    place.classList.remove('is-busy');
    dispatchEvent(new Event('composer:added'));
    place.querySelector('textarea')?.focus();
  } catch {
    location.assign(address.href);
  }
}

function placeAbove(file: HTMLElement): HTMLElement {
  const details = file.querySelector('details');
  details?.setAttribute('open', '');
  const known = file.querySelector<HTMLElement>('.diff-above');
  if (known) return known;
  const made = document.createElement('div');
  made.className = 'diff-above';
  details?.querySelector('summary')?.after(made);
  return made;
}

/** The row of its own below the last of the lines; in two columns the half of their side. */
function placeBelow(file: HTMLElement, lines: Selection): HTMLElement | undefined {
  const row = rowAt(file, lines.side, lines.to);
  if (!row) return undefined;
  const next = row.nextElementSibling;
  const isSplit = file.dataset.view === 'split';
  const notes =
    next instanceof HTMLTableRowElement && next.matches('.diff-notes') ? next : makeNotes(isSplit);
  if (notes !== next) row.after(notes);
  const index = isSplit && lines.side === 'R' ? 1 : 0;
  return notes.cells[index];
}

function makeNotes(isSplit: boolean): HTMLTableRowElement {
  const row = document.createElement('tr');
  row.className = 'diff-notes';
  for (let index = 0; index < (isSplit ? 2 : 1); index++) {
    const cell = row.insertCell();
    cell.colSpan = isSplit ? 2 : 3;
  }
  return row;
}

/** Takes the form away; the keyboard goes back to the file. */
function closeForm(inside: HTMLElement): boolean {
  const form = inside.closest<HTMLElement>('[data-line-comment]');
  const file = form?.closest<HTMLElement>('.diff-file');
  if (!form || !file) return false;
  const place = form.parentElement;
  form.remove();
  tidy(place);
  file.focus({ preventScroll: true });
  return true;
}

/** Removes a row, or the part above a file, that holds nothing any more. */
export function tidy(place: Element | null): void {
  const row = place?.closest('.diff-notes');
  if (row && row.textContent?.trim() === '') row.remove();
  if (place?.matches('.diff-above') && place.children.length === 0) place.remove();
}

async function fillReply(details: HTMLDetailsElement): Promise<void> {
  const form = details.querySelector('form');
  const src = details.dataset.fillsForm;
  if (!form || src === undefined || details.dataset.filled !== undefined) {
    form?.querySelector('textarea')?.focus();
    return;
  }
  details.dataset.filled = '';
  form.querySelector('textarea')?.focus();
  try {
    const content = await fetchFragment(`${src}?fragment=1`);
    const fresh = content.querySelector('form');
    const typed = form.querySelector('textarea')?.value ?? '';
    const back = form.querySelector<HTMLInputElement>('[name="back"]')?.value;
    if (!fresh) return;
    const field = fresh.querySelector('textarea');
    if (field && typed !== '') field.value = typed;
    const kept = fresh.querySelector<HTMLInputElement>('[name="back"]');
    if (kept && back) kept.value = back;
    form.replaceWith(fresh);
    dispatchEvent(new Event('composer:added'));
    field?.focus();
  } catch {
    // The plain field is as good.
  }
}
