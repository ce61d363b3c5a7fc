// `data-opens="id"` opens a <dialog>, `data-closes` closes the one it stands in.

document.addEventListener('click', (event) => {
  if (!(event.target instanceof Element)) return;
  const opener = event.target.closest('[data-opens]');
  if (opener) showDialog(document.getElementById(opener.getAttribute('data-opens') ?? ''));
  if (event.target.closest('[data-closes]')) event.target.closest('dialog')?.close();
  // A click on the backdrop hits the dialog itself, never something inside.
  if (event.target instanceof HTMLDialogElement && event.target.matches('.dialog')) event.target.close();
});

/** Shows a dialog above the page. */
export function showDialog(element: Element | null): void {
  if (element instanceof HTMLDialogElement && !element.open) element.showModal();
}
