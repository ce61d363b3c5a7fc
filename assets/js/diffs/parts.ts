// Large changes come in parts of files: each is loaded as it comes near the window, and those far away are given up
// again, so that ten thousand files take no more memory than a few hundred.
import { fetchFragment } from './fragments.ts';

/** Parts that are kept at once. */
const MOST_LOADED = 6;
/** Pixels a file is thought to take before it is known. */
const GUESSED_HEIGHT = 400;
const NEAR = '1500px 0px';

let observer: IntersectionObserver | undefined;
const loading = new WeakMap<Element, Promise<void>>();

/** Makes room for the parts that follow, and watches it. */
export function openParts(): void {
  observer?.disconnect();
  observer = new IntersectionObserver(onNear, { rootMargin: NEAR });
  const main = document.querySelector<HTMLElement>('.diff-main');
  for (const file of document.querySelectorAll('.diff-file[data-loads-itself]')) observer.observe(file);
  if (main?.dataset.partsSrc === undefined) return;
  const first = Number(main.querySelector<HTMLElement>('.diff-part')?.dataset.part ?? '1');
  const count = Number(main.dataset.partCount);
  const per = 50;
  const added = document.createDocumentFragment();
  for (let number = first + 1; number <= count; number++) {
    // A page that comes back from Turbo's cache has them already.
    const known = partOf(number);
    if (known) observer.observe(known);
    if (known) continue;
    const part = document.createElement('div');
    part.className = 'diff-part is-waiting';
    part.dataset.part = String(number);
    const files = Math.min(per, Number(main.dataset.files) - (number - 1) * per);
    part.style.height = `${files * GUESSED_HEIGHT}px`;
    observer.observe(part);
    added.append(part);
  }
  main.querySelector('.diff-part')?.after(added);
}

function onNear(entries: IntersectionObserverEntry[]): void {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting || !(target instanceof HTMLElement)) continue;
    if (target.matches('.diff-file')) loadFile(target);
    else if (target.matches('.is-waiting')) void loadPart(target);
  }
}

function loadFile(file: HTMLElement): void {
  observer?.unobserve(file);
  file.querySelector<HTMLElement>('[data-loads]')?.click();
}

/** Brings a part's files; the same promise while it is under way. */
export function loadPart(part: HTMLElement): Promise<void> {
  const known = loading.get(part);
  if (known) return known;
  const started = fill(part).finally(() => loading.delete(part));
  loading.set(part, started);
  return started;
}

async function fill(part: HTMLElement): Promise<void> {
  const src = document.querySelector<HTMLElement>('.diff-main')?.dataset.partsSrc;
  try {
    const content = await fetchFragment(`${src}&files=${part.dataset.part}`);
    part.replaceChildren(content);
    part.classList.remove('is-waiting');
    part.style.height = '';
    for (const file of part.querySelectorAll('.diff-file[data-loads-itself]')) observer?.observe(file);
    part.dispatchEvent(new CustomEvent('diff-part', { bubbles: true }));
    giveUpFarParts(part);
  } catch {
    part.textContent = 'These files could not be loaded. ';
    const again = document.createElement('button');
    again.className = 'btn btn-sm';
    again.type = 'button';
    again.textContent = 'Try again';
    again.addEventListener('click', () => void loadPart(part));
    part.append(again);
  }
}

function giveUpFarParts(near: HTMLElement): void {
  const loaded = [...document.querySelectorAll<HTMLElement>('.diff-part:not(.is-waiting)')];
  const here = Number(near.dataset.part);
  const far = loaded
    .filter((part) => !part.contains(document.activeElement))
    .sort((a, b) => Math.abs(Number(b.dataset.part) - here) - Math.abs(Number(a.dataset.part) - here));
  for (const part of far.slice(0, Math.max(0, loaded.length - MOST_LOADED))) {
    part.style.height = `${part.getBoundingClientRect().height}px`;
    part.classList.add('is-waiting');
    part.replaceChildren();
    // Only what is observed anew is told where it is.
    observer?.unobserve(part);
    observer?.observe(part);
  }
}

/** The part of a number, if it has a place on this page. */
export function partOf(number: number): HTMLElement | undefined {
  return document.querySelector<HTMLElement>(`.diff-part[data-part="${number}"]`) ?? undefined;
}
