// Writing into a field as if it was typed, so that the browser can take it back.

/** Puts text in place of what is selected, and the cursor behind it. */
export function insertText(field: HTMLTextAreaElement, text: string): void {
  field.focus();
  const { selectionStart: start, selectionEnd: end } = field;
  // Deprecated, and the only way that keeps the history of the field.
  const done = text === '' ? document.execCommand('delete') : document.execCommand('insertText', false, text);
  if (done) return;
  field.setRangeText(text, start, end, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Puts text in place of an earlier one, wherever that stands by now, and leaves the cursor where it is in the rest. */
export function replaceText(field: HTMLTextAreaElement, before: string, after: string): boolean {
  const at = field.value.indexOf(before);
  if (at === -1) return false;
  field.setRangeText(after, at, at + before.length, 'preserve');
  field.dispatchEvent(new Event('input', { bubbles: true }));
  return true;
}

/** Puts a block at the end, apart from what is there. */
export function appendBlock(field: HTMLTextAreaElement, block: string): void {
  const end = field.value.length;
  field.setSelectionRange(end, end);
  const gap = field.value.trim() === '' ? '' : field.value.endsWith('\n') ? '\n' : '\n\n';
  insertText(field, `${gap}${block}\n\n`);
}
