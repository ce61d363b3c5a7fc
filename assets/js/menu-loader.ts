// Menus `details.menu[data-fills]` take their content from that address when they are opened first; without scripts they hold a
// link to it as a page.

document.addEventListener(
  'toggle',
  (event) => {
    const menu = event.target;
    if (menu instanceof HTMLDetailsElement && menu.open && menu.dataset.fills !== undefined) void load(menu);
  },
  true,
);

async function load(menu: HTMLDetailsElement): Promise<void> {
  const panel = menu.querySelector('.menu-panel');
  const address = new URL(menu.dataset.fills ?? '', location.href);
  delete menu.dataset.fills;
  address.searchParams.set('part', '1');
  try {
    const answer = await fetch(address);
    if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
    const html = await answer.text();
    if (!panel) return;
    panel.innerHTML = html;
    if (menu.open) panel.querySelector<HTMLElement>('input, .menu-item')?.focus();
  } catch {
    // The link that the panel holds leads to the same as a page.
    menu.dataset.fills = address.href;
  }
}
