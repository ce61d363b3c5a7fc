// Loads what makes composers, tasks and quotes live only on pages that have some, and forgets drafts with the session.

const LIVE = 'markdown-composer, [data-tasks], [data-quotes]';

function load(): void {
  if (document.querySelector(LIVE)) void import('./composer/composer.ts').then(({ start }) => start());
}

addEventListener('turbo:load', load);
// A part of the page that came later.
addEventListener('composer:added', load);

// Whoever uses this browser next must not find what was typed here.
addEventListener('submit', (event) => {
  if (!(event.target instanceof HTMLFormElement) || event.target.getAttribute('action') !== '/logout') return;
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith('draft:')) localStorage.removeItem(key);
  } catch {
    // Storage is forbidden: nothing was kept.
  }
});

export {};
