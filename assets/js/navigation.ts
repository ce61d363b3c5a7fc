// Turbo replaces the page without loading scripts and styles again. Forms are sent by the browser itself.

import { config } from '@hotwired/turbo';
import { endTurboLoading } from './before-turbo.ts';

endTurboLoading();
config.drive.progressBarDelay = 300;
config.forms.mode = 'optin';

/** Answers that are no pages: fetching them ahead or twice would be a waste. */
const NO_PAGE = /^\/(?:assets|api)\/|^\/[^/]+\/[^/]+\/(?:raw|archive|media|attachments)\/|\.(?:diff|patch)$/;

function addressOf(event: Event): URL | undefined {
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  return link instanceof HTMLAnchorElement ? new URL(link.href) : undefined;
}

for (const kind of ['turbo:click', 'turbo:before-prefetch']) {
  document.addEventListener(kind, (event) => {
    if (NO_PAGE.test(addressOf(event)?.pathname ?? '')) event.preventDefault();
  });
}

/** Looking at these marks them as read, so they are fetched only when somebody means to. */
const MARKED_AS_READ = /^\/notifications\/|^\/[^/]+\/[^/]+\/(?:issues|pull)\/\d+$/;

document.addEventListener('turbo:before-prefetch', (event) => {
  if (MARKED_AS_READ.test(addressOf(event)?.pathname ?? '')) event.preventDefault();
});

// A page taken from the cache shows neither open menus nor a message that was read already.
document.addEventListener('turbo:before-cache', () => {
  for (const menu of document.querySelectorAll('details.menu[open]')) menu.removeAttribute('open');
  for (const dialog of document.querySelectorAll<HTMLDialogElement>('dialog[open]')) dialog.close();
  for (const message of document.querySelectorAll('.flash[role="status"]')) message.remove();
});
