// Loads files that were left out, and goes from file to file by keys: `j` next, `k` previous, `x` viewed.
import { closestTo, fetchFragment } from './fragments.ts';

/** Starts to listen for links that load a file, and for keys. */
export function startFiles(): void {
  document.addEventListener('click', (event) => {
    const link = closestTo<HTMLElement>(event, '[data-loads]');
    const file = link?.closest<HTMLElement>('.diff-file');
    if (!link || !file || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (file.classList.contains('is-busy')) return;
    void load(file, link);
  });
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target))
      return;
    if (!document.querySelector('[data-diff]')) return;
    if (event.key === 'j') goTo(1);
    else if (event.key === 'k') goTo(-1);
    else if (event.key === 'x') currentFile()?.querySelector<HTMLElement>('[data-viewed] button')?.click();
    else return;
    event.preventDefault();
  });
}

async function load(file: HTMLElement, link: HTMLElement): Promise<void> {
  file.classList.add('is-busy');
  try {
    const content = await fetchFragment(link.dataset.loads ?? '');
    const fresh = content.querySelector('.diff-file');
    if (!fresh) throw new Error('no file');
    file.replaceWith(fresh);
  } catch {
    file.classList.remove('is-busy');
    delete link.dataset.loads;
    link.textContent = 'It could not be loaded here: open it alone';
  }
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable || target.matches('input, textarea, select') || target.closest('dialog') !== null
  );
}

function files(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('.diff-main .diff-file')];
}

/** The file that has the focus, or the first one in sight. */
export function currentFile(): HTMLElement | undefined {
  const focused = document.activeElement?.closest<HTMLElement>('.diff-file');
  return focused ?? files().find((file) => file.getBoundingClientRect().bottom > 60);
}

function goTo(step: 1 | -1): void {
  const all = files();
  const here = currentFile();
  const isFocused = here?.contains(document.activeElement) === true;
  const at = here ? all.indexOf(here) : -1;
  const next = all[isFocused ? at + step : step === 1 ? at : at - 1];
  if (!next) {
    // What follows is not loaded yet: coming near it loads it.
    if (step === 1) document.querySelector('.diff-part.is-waiting')?.scrollIntoView({ block: 'start' });
    return;
  }
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'start' });
}
