// Loads what pages of changes do beyond links and forms, on those pages alone.

function startDiffs(): void {
  if (document.querySelector('[data-diff]'))
    void import('./diffs/viewer.ts').then(({ openViewer }) => openViewer());
}

document.addEventListener('turbo:load', startDiffs);

// Menus whose list the server searches for what is typed.
const SEARCH_PAUSE = 150;
let searchTimer: number | undefined;

document.addEventListener('input', (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || field.dataset.searches === undefined) return;
  clearTimeout(searchTimer);
  searchTimer = setTimeout(() => void searchRefs(field), SEARCH_PAUSE);
});

async function searchRefs(field: HTMLInputElement): Promise<void> {
  const list = document.getElementById(field.dataset.searches ?? '');
  const sought = field.value;
  const answer = await fetch(`${field.dataset.searchSrc}&q=${encodeURIComponent(sought)}`).catch(
    () => undefined,
  );
  if (!list || !answer?.ok) return;
  const html = await answer.text();
  // Only the answer for what stands there now counts.
  if (field.value === sought) list.innerHTML = html;
}
