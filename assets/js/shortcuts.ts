// Keys that follow links and press buttons carrying `data-hotkey`, and the list of them behind `?`.
import { showDialog } from './dialogs.ts';

const PAUSE = 1500;

let typed: string[] = [];
let lastKey = 0;

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target))
    return;
  if (event.key === '?') return showShortcuts();
  if (event.key.length !== 1) return;
  typed = event.timeStamp - lastKey > PAUSE ? [event.key] : [...typed, event.key].slice(-2);
  lastKey = event.timeStamp;
  const target = elementFor(typed.join(' ')) ?? elementFor(event.key);
  if (!target) return;
  event.preventDefault();
  typed = [];
  if (target.matches('input, textarea')) target.focus();
  else target.click();
});

document.addEventListener('click', (event) => {
  if (event.target instanceof Element && event.target.closest('[data-shortcuts]')) showShortcuts();
});

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches('input:not([type="checkbox"], [type="radio"]), textarea, select'))
  );
}

function elementFor(keys: string): HTMLElement | undefined {
  return hotkeys().find((element) => element.dataset.hotkey === keys);
}

function hotkeys(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('[data-hotkey]')];
}

function showShortcuts(): void {
  document.getElementById('shortcuts')?.remove();
  const dialog = make('dialog', 'dialog');
  dialog.id = 'shortcuts';
  dialog.setAttribute('aria-labelledby', 'shortcuts-title');
  const header = make('div', 'dialog-header');
  const title = make('h2', '', 'Keyboard shortcuts');
  title.id = 'shortcuts-title';
  const close = make('button', 'btn btn-sm', 'Close');
  close.type = 'button';
  close.dataset.closes = '';
  header.append(title, close);
  const body = make('div', 'dialog-body');
  const list = make('dl', 'shortcuts');
  list.append(shortcutRow('?', 'Show this list'), shortcutRow('Escape', 'Close a menu or dialog'));
  for (const element of hotkeys()) list.append(shortcutRow(element.dataset.hotkey ?? '', nameOf(element)));
  // Keys that a page's own script listens for.
  for (const element of document.querySelectorAll<HTMLElement>('[data-key]'))
    list.append(shortcutRow(element.dataset.key ?? '', nameOf(element)));
  body.append(list);
  dialog.append(header, body);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  showDialog(dialog);
}

function shortcutRow(keys: string, name: string): HTMLElement {
  const row = make('div', '');
  const shown = make('dd', '');
  shown.append(...keys.split(' ').map((key) => make('kbd', '', key)));
  row.append(make('dt', '', name), shown);
  return row;
}

function nameOf(element: HTMLElement): string {
  const given = element.title || element.getAttribute('aria-label') || element.getAttribute('placeholder');
  return given || (element.textContent ?? '').trim();
}

function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  text = '',
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}
