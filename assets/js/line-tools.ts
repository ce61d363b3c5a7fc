// What can be done with a file's lines: copy the file, copy marked lines or their permanent link, wrap, jump to a line.
import { markedRange, markRange, rowOf } from './lines.ts';

const VIEW_COOKIE = 'code_view';
const YEAR = 365 * 24 * 3600;

document.addEventListener('click', (event) => {
  const target = event.target instanceof Element ? event.target.closest<HTMLElement>('button') : null;
  if (!target) return;
  const { copiesFile, copiesPermalink } = target.dataset;
  if (copiesFile !== undefined) void copy(target, () => fileText(copiesFile));
  else if (copiesPermalink !== undefined)
    void copy(target, async () => new URL(copiesPermalink + location.hash, location.href).href);
  else if (target.matches('[data-copies-lines]')) void copy(target, markedText);
  else if (target.matches('[data-unmarks-lines]')) markRange(undefined);
  else if (target.matches('[data-wraps-lines]')) toggleWrap(target);
});

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches('[data-jumps-to-line]')) return;
  const [from = 0, to = from] = (form.querySelector('input')?.value ?? '').split('-').map(Number);
  if (Number.isSafeInteger(from) && from > 0) location.hash = to > from ? `L${from}-L${to}` : `L${from}`;
});

document.addEventListener('lines:marked', () => {
  const bar = document.getElementById('line-actions');
  const range = markedRange();
  if (!bar) return;
  bar.hidden = range === undefined;
  const label = bar.querySelector('.line-actions-range');
  if (label && range)
    label.textContent = range[0] === range[1] ? `Line ${range[0]}` : `Lines ${range[0]}–${range[1]}`;
});

// `toggle` does not bubble: it is caught on its way down.
document.addEventListener(
  'toggle',
  (event) => {
    const panel = event.target;
    if (panel instanceof HTMLDetailsElement && panel.matches('.outline'))
      remember('symbols', panel.open && matchMedia('(min-width: 1012px)').matches);
  },
  true,
);

async function copy(button: HTMLElement, make: () => Promise<string>): Promise<void> {
  try {
    await navigator.clipboard.writeText(await make());
    say(button, 'Copied');
  } catch {
    say(button, 'It could not be copied');
  }
}

/** An icon's button shows its check mark; one with words changes them for a moment. */
function say(button: HTMLElement, words: string): void {
  const isIcon = button.matches('.btn-icon');
  const before = isIcon ? button.getAttribute('aria-label') : button.textContent;
  if (isIcon) button.setAttribute('aria-label', words);
  else button.textContent = words;
  button.classList.toggle('is-copied', words === 'Copied');
  setTimeout(() => {
    if (isIcon) button.setAttribute('aria-label', before ?? '');
    else button.textContent = before;
    button.classList.remove('is-copied');
  }, 1500);
}

async function fileText(address: string): Promise<string> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status}`);
  const charset = /charset=([\w-]+)/.exec(answer.headers.get('content-type') ?? '')?.[1] ?? 'utf-8';
  return new TextDecoder(charset).decode(await answer.arrayBuffer());
}

/** Lines that are not on the page come from the file. */
async function markedText(): Promise<string> {
  const [from, to] = markedRange() ?? [0, -1];
  const lines: string[] = [];
  for (let line = from; line <= to; line++) {
    const code = rowOf(line)?.querySelector('.blob-code');
    if (!code) return rawLines(from, to);
    lines.push(code.textContent);
  }
  return `${lines.join('\n')}\n`;
}

async function rawLines(from: number, to: number): Promise<string> {
  const address = document.querySelector<HTMLElement>('[data-copies-file]')?.dataset.copiesFile ?? '';
  const lines = (await fileText(address)).split(/\r\n|\n|\r/);
  return `${lines.slice(from - 1, to).join('\n')}\n`;
}

function toggleWrap(button: HTMLElement): void {
  const isWrapped = button.getAttribute('aria-pressed') !== 'true';
  button.setAttribute('aria-pressed', String(isWrapped));
  document.querySelector('table.blob')?.classList.toggle('blob-wrap', isWrapped);
  remember('wrap', isWrapped);
}

/** Kept in a cookie, so that the server sends the page as it will look. */
function remember(word: string, isOn: boolean): void {
  const known = new RegExp(`(?:^|; )${VIEW_COOKIE}=([\\w.]*)`).exec(document.cookie)?.[1] ?? '';
  const words = new Set(known.split('.').filter(Boolean));
  if (isOn) words.add(word);
  else words.delete(word);
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser that we support
  document.cookie = `${VIEW_COOKIE}=${[...words].join('.')}; path=/; max-age=${YEAR}; samesite=lax`;
}
