// Lists whose items are put in order by dragging; each item's own form, which works without this, takes its new place.

let dragged: HTMLElement | undefined;

document.addEventListener('pointerdown', (event) => {
  const item = itemOf(event.target);
  // Buttons and links stay what they are.
  if (item) item.draggable = !(event.target instanceof Element && event.target.closest('a, button'));
});

document.addEventListener('dragstart', (event) => {
  dragged = itemOf(event.target);
  dragged?.classList.add('is-dragged');
});

document.addEventListener('dragover', (event) => {
  const over = itemOf(event.target);
  if (!dragged || !over || over.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  if (over === dragged) return;
  const { top, height } = over.getBoundingClientRect();
  if (event.clientY < top + height / 2) over.before(dragged);
  else over.after(dragged);
});

document.addEventListener('drop', (event) => {
  if (dragged && itemOf(event.target)) event.preventDefault();
});

document.addEventListener('dragend', () => {
  const item = dragged;
  dragged = undefined;
  if (!item) return;
  item.classList.remove('is-dragged');
  sendPlace(item);
});

function itemOf(target: EventTarget | null): HTMLElement | undefined {
  const item = target instanceof Element ? target.closest<HTMLElement>('[data-sorts] > li') : null;
  return item ?? undefined;
}

function sendPlace(item: HTMLElement): void {
  const form = item.querySelector<HTMLFormElement>('form[data-place]');
  const place = [...(item.parentElement?.children ?? [])].indexOf(item);
  if (!form) return;
  const field = document.createElement('input');
  field.type = 'hidden';
  field.name = 'place';
  field.value = String(place);
  form.append(field);
  form.submit();
}
