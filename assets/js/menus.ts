// Menus are <details>: one open at a time, closed by Escape or a click elsewhere, walked through by arrows.

function openMenus(): NodeListOf<HTMLDetailsElement> {
  return document.querySelectorAll<HTMLDetailsElement>('details.menu[open]');
}

document.addEventListener('click', (event) => {
  for (const menu of openMenus()) {
    if (!(event.target instanceof Node && menu.contains(event.target))) menu.open = false;
  }
});

document.addEventListener('keydown', (event) => {
  const menu = event.target instanceof Element ? event.target.closest('details.menu') : null;
  if (event.key === 'Escape') {
    for (const open of openMenus()) open.open = false;
    if (menu instanceof HTMLDetailsElement) menu.querySelector('summary')?.focus();
  } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && menu instanceof HTMLDetailsElement) {
    if (moveInMenu(menu, event.key === 'ArrowDown' ? 1 : -1)) event.preventDefault();
  }
});

function moveInMenu(menu: HTMLDetailsElement, step: 1 | -1): boolean {
  const target = document.activeElement;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return false;
  const items = [...menu.querySelectorAll<HTMLElement>('.menu-item')].filter((item) => item.offsetParent);
  if (!menu.open || items.length === 0) return false;
  const at = items.indexOf(target as HTMLElement);
  items[at === -1 ? (step === 1 ? 0 : items.length - 1) : (at + step + items.length) % items.length]?.focus();
  return true;
}

// `toggle` does not bubble: it is caught on its way down.
document.addEventListener(
  'toggle',
  (event) => {
    const menu = event.target;
    if (!(menu instanceof HTMLDetailsElement) || !menu.matches('.menu') || !menu.open) return;
    keepInWindow(menu);
    menu.querySelector<HTMLElement>('[data-filters], [autofocus], [data-types]')?.focus();
  },
  true,
);

/** Turns a panel to the other side where it would stick out of the window, and scrolls to its end. */
function keepInWindow(menu: HTMLDetailsElement): void {
  const panel = menu.querySelector('.menu-panel');
  if (!panel) return;
  const { left, right } = panel.getBoundingClientRect();
  if (left < 0) panel.classList.remove('menu-right');
  else if (right > document.documentElement.clientWidth) panel.classList.add('menu-right');
  panel.scrollIntoView({ block: 'nearest' });
}
