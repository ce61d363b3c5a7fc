// The tree of files: filtered by what is typed, walked by arrows, and folded away as it was left.
import { bringPart } from './anchors.ts';
import { closestTo } from './fragments.ts';

const WIDE = '(min-width: 1012px)';
const YEAR = 365 * 86_400;

/** Starts to listen for the filter, links into other parts, arrows and the switch. */
export function startTree(): void {
  document.addEventListener('input', (event) => {
    const field = event.target;
    if (field instanceof HTMLInputElement && field.matches('[data-diff-filter]')) filter(field.value);
  });
  document.addEventListener('change', (event) => {
    const box = event.target;
    if (box instanceof HTMLInputElement && box.matches('.diff-tree-switch')) remember(box);
  });
  document.addEventListener('click', (event) => {
    const link = closestTo<HTMLAnchorElement>(event, '.diff-tree a');
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) follow(link, event);
  });
  document.addEventListener('keydown', (event) => {
    const item = closestTo<HTMLElement>(event, '.diff-tree :is(a, summary), [data-diff-filter]');
    if (item && (event.key === 'ArrowDown' || event.key === 'ArrowUp'))
      step(item, event.key === 'ArrowDown' ? 1 : -1, event);
  });
}

function filter(words: string): void {
  const sought = words.trim().toLowerCase();
  const tree = document.querySelector('.diff-tree');
  let found = 0;
  const visit = (list: Element, above: string): boolean => {
    let any = false;
    for (const item of list.children) {
      if (!(item instanceof HTMLElement)) continue;
      const below = item.querySelector(':scope > details > ul');
      const name = item.querySelector(':scope > a, :scope > details > summary')?.textContent ?? '';
      const path = `${above}/${name.trim().toLowerCase()}`;
      const isShown = below ? visit(below, path) : path.includes(sought);
      if (!below && isShown) found += 1;
      item.hidden = !isShown;
      any ||= isShown;
    }
    return any;
  };
  for (const list of tree?.querySelectorAll(':scope > ul') ?? []) visit(list, '');
  const note = document.querySelector<HTMLElement>('.diff-none-found');
  if (note) note.hidden = found > 0 || sought === '';
}

/** Remembered for wide windows, where the tree stands beside the files; on phones it is opened when needed. */
function remember(box: HTMLInputElement): void {
  const layout = box.closest<HTMLElement>('.diff-layout');
  if (!layout || !matchMedia(WIDE).matches) return;
  const isHidden = (layout.dataset.tree === 'hidden') !== box.checked;
  const prefix = location.protocol === 'https:' ? '__Host-' : '';
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  // biome-ignore lint/suspicious/noDocumentCookie: CookieStore is not in every browser that is supported.
  document.cookie = `${prefix}diff-tree=${isHidden ? 'hidden' : 'shown'}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
}

function follow(link: HTMLAnchorElement, event: Event): void {
  for (const other of document.querySelectorAll('.diff-tree [aria-current]'))
    other.removeAttribute('aria-current');
  link.setAttribute('aria-current', 'true');
  const id = link.hash.slice(1);
  const asked = new URL(link.href).searchParams.get('files');
  const number = Number(asked ?? new URLSearchParams(location.search).get('files') ?? '1');
  const isHere = document.getElementById(id) !== null;
  const place = document.querySelector(`.diff-part[data-part="${number}"]`);
  // A part before this page's first has no place here: the link loads its page.
  if (!isHere && !place) return;
  event.preventDefault();
  if (!matchMedia(WIDE).matches) closeMenu();
  void go(id, number);
}

async function go(id: string, number: number): Promise<void> {
  if (!document.getElementById(id)) await bringPart(number);
  const file = document.getElementById(id);
  if (!file) return;
  history.pushState(history.state, '', `#${id}`);
  file.querySelector('details')?.setAttribute('open', '');
  file.focus({ preventScroll: true });
  file.scrollIntoView({ block: 'start' });
}

function closeMenu(): void {
  const box = document.querySelector<HTMLInputElement>('.diff-tree-switch');
  if (box) box.checked = false;
}

function step(item: HTMLElement, by: 1 | -1, event: Event): void {
  const items = [...document.querySelectorAll<HTMLElement>('[data-diff-filter], .diff-tree :is(a, summary)')];
  const visible = items.filter((one) => one.offsetParent !== null);
  const next = visible[visible.indexOf(item) + by];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
