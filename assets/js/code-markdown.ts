// Makes rendered documents handier: links to a heading's plain name find its prefixed id, code blocks can be copied.

const PREFIX = 'user-content-';

/** The name after `#`; one that is no valid encoding, such as `#%`, stands for itself. */
function nameInHash(): string {
  const hash = location.hash.slice(1);
  try {
    return decodeURIComponent(hash);
  } catch {
    return hash;
  }
}

function followHash(): void {
  const name = nameInHash();
  if (name === '' || document.getElementById(name)) return;
  document.getElementById(PREFIX + name)?.scrollIntoView();
}

function addCopyButtons(): void {
  const template = document.querySelector<HTMLTemplateElement>('template#copy-code');
  if (!template) return;
  for (const block of document.querySelectorAll<HTMLElement>('.markdown-body pre')) {
    if (block.parentElement?.matches('.code-block')) continue;
    const frame = document.createElement('div');
    frame.className = 'code-block';
    block.replaceWith(frame);
    const button = template.content.firstElementChild?.cloneNode(true);
    if (button instanceof HTMLElement) button.setAttribute('value', block.textContent.replace(/\n$/, ''));
    frame.append(block, ...(button ? [button] : []));
  }
}

document.addEventListener('turbo:load', () => {
  addCopyButtons();
  followHash();
});
addEventListener('hashchange', followHash);
