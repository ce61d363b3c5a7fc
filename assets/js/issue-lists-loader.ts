// Loads what makes lists of issues livelier only on pages that hold one.
addEventListener('turbo:load', () => {
  if (document.querySelector('issue-list, query-field, details.menu[data-fills]'))
    void import('./issue-lists.ts');
});
