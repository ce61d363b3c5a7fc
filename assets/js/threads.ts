// Conversations: texts are edited in their place, and an address leads to its comment on whichever page that is.

document.addEventListener('click', (event) => {
  const link =
    event.target instanceof Element ? event.target.closest('a[data-edits], a[data-cancels-edit]') : null;
  if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.dataset.edits !== undefined) {
    event.preventDefault();
    event.stopPropagation();
    void editInPlace(link, link.dataset.edits);
  } else if (endEdit(link)) event.preventDefault();
});

/** Puts the form where the text is; the link itself is followed where that fails. */
async function editInPlace(link: HTMLAnchorElement, anchor: string): Promise<void> {
  const box = document.getElementById(anchor)?.querySelector('.comment-box');
  link.closest('details')?.removeAttribute('open');
  if (!box || box.querySelector('.edit-form')) return;
  const address = new URL(link.href);
  address.searchParams.set('fragment', '1');
  const answer = await fetch(address).catch(() => undefined);
  if (!answer?.ok) {
    location.assign(link.href);
    return;
  }
  const template = document.createElement('template');
  template.innerHTML = await answer.text();
  const form = template.content.querySelector('.edit-form');
  if (!form) return;
  box.classList.add('comment-edited');
  box.append(form);
  dispatchEvent(new Event('composer:added'));
  box.querySelector<HTMLTextAreaElement>('.edit-form textarea')?.focus();
}

function endEdit(link: HTMLAnchorElement): boolean {
  const box = link.closest('.comment-edited');
  if (!box) return false;
  box.classList.remove('comment-edited');
  box.querySelector('.edit-form')?.remove();
  box.querySelector<HTMLElement>('summary, a')?.focus();
  return true;
}

// Who begins to rename an issue goes on in the field.
document.addEventListener(
  'toggle',
  ({ target }) => {
    if (target instanceof HTMLDetailsElement && target.matches('.issue-rename[open]'))
      target.querySelector<HTMLInputElement>('input[name="title"]')?.focus();
  },
  true,
);

document.addEventListener('turbo:load', showSought);
window.addEventListener('hashchange', showSought);

function showSought(): void {
  const thread = document.querySelector<HTMLElement>('[data-conversation]');
  const [, id] = /^#issuecomment-(\d+)$/.exec(location.hash) ?? [];
  if (!thread || id === undefined) return;
  const comment = document.getElementById(`issuecomment-${id}`);
  if (comment) comment.querySelector('.comment-hidden')?.setAttribute('open', '');
  else if (new URLSearchParams(location.search).get('comment') !== id)
    location.replace(`${thread.dataset.conversation}?comment=${id}${location.hash}`);
}
