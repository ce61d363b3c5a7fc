// Rows that came plain, because the page did not wait for their colours, are exchanged for coloured ones.
import { fetchFragment } from './fragments.ts';

/** Asks once for the colours that are missing. */
export function startColours(): void {
  const part = document.querySelector<HTMLElement>('.diff-part[data-colours]');
  const src = part?.dataset.colours;
  if (!part || src === undefined || document.documentElement.hasAttribute('data-turbo-preview')) return;
  delete part.dataset.colours;
  // Without colours it is as good as it was.
  void fetchFragment(src).then(
    (content) => exchange(part, content),
    () => {},
  );
}

function exchange(part: HTMLElement, content: DocumentFragment): void {
  for (const plain of part.querySelectorAll<HTMLElement>('.diff-file[data-plain]')) {
    const fresh = content.getElementById(plain.id);
    const [before, after] = [plain, fresh].map((file) => file?.querySelectorAll<HTMLElement>('td.diff-code'));
    // Where lines were shown meanwhile the rows are no longer the same.
    if (!fresh || !before || !after || before.length !== after.length) continue;
    delete plain.dataset.plain;
    for (const [index, cell] of before.entries()) {
      const coloured = after[index];
      if (coloured && coloured.textContent === cell.textContent && !cell.closest('.diff-hunk'))
        cell.replaceChildren(...coloured.childNodes);
    }
  }
}
