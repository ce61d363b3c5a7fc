// The button that begins a suggestion: the lines which are commented on, in a block that says what they become.
import type { MarkdownComposer } from './element.ts';
import { insertText } from './insert.ts';

/** Makes the button ready, where a composer has one. */
export function startSuggesting(
  composer: MarkdownComposer,
  field: HTMLTextAreaElement,
  signal: AbortSignal,
): void {
  const button = composer.querySelector<HTMLElement>('[data-suggests]');
  button?.addEventListener(
    'click',
    () => {
      composer.write();
      suggest(field, button.dataset.suggests ?? '');
    },
    { signal },
  );
}

/** The block stands on lines of its own, and the lines in it are selected. */
function suggest(field: HTMLTextAreaElement, lines: string): void {
  field.focus();
  const at = field.selectionEnd;
  field.setSelectionRange(at, at);
  const [before, after] = [field.value.slice(0, at), field.value.slice(at)];
  const fence = fenceAround(lines);
  const gap = before === '' || before.endsWith('\n') ? '' : '\n\n';
  const opening = `${gap}${fence}suggestion\n`;
  insertText(field, `${opening}${lines}\n${fence}${after.startsWith('\n') ? '' : '\n'}`);
  const start = at + opening.length;
  field.setSelectionRange(start, start + lines.length);
}

/** Longer than any row of backticks in the text. */
function fenceAround(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return '`'.repeat(longest + 1);
}
