// Turbo replaces the page without loading scripts and styles again. Forms are sent by the browser itself.
import { config } from '@hotwired/turbo';

// Turbo's progress bar brings its own style element, which our content security policy refuses: never shown.
config.drive.progressBarDelay = 2 ** 31 - 1;
config.forms.mode = 'optin';

/** Answers that are no pages: fetching them ahead or twice would be a waste. */
const NO_PAGE = /^\/(?:assets|api)\/|^\/[^/]+\/[^/]+\/(?:raw|archive|media)\/|\.(?:diff|patch)$/;
const PATIENCE = 300;

let waiting = 0;

function addressOf(event: Event): URL | undefined {
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  return link instanceof HTMLAnchorElement ? new URL(link.href) : undefined;
}

for (const kind of ['turbo:click', 'turbo:before-prefetch']) {
  document.addEventListener(kind, (event) => {
    if (NO_PAGE.test(addressOf(event)?.pathname ?? '')) event.preventDefault();
  });
}

document.addEventListener('turbo:visit', () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => document.documentElement.setAttribute('data-loading', ''), PATIENCE);
});

for (const kind of ['turbo:load', 'turbo:render', 'turbo:fetch-request-error']) {
  document.addEventListener(kind, () => {
    clearTimeout(waiting);
    document.documentElement.removeAttribute('data-loading');
  });
}

// A page taken from the cache shows neither open menus nor a message that was read already.
document.addEventListener('turbo:before-cache', () => {
  for (const menu of document.querySelectorAll('details.menu[open]')) menu.removeAttribute('open');
  for (const dialog of document.querySelectorAll<HTMLDialogElement>('dialog[open]')) dialog.close();
  for (const message of document.querySelectorAll('.flash[role="status"]')) message.remove();
});
