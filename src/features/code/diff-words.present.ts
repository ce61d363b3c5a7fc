// Marks ranges of a line's text inside its highlighted HTML.
import type { SafeHtml } from '../../base/html.ts';

const OPEN = '<span class="diff-word">';
const CLOSE = '</span>';

/**
 * Wraps ranges of the text (UTF-16 units, in order, not overlapping) in `diff-word` spans. `html` holds text, entities
 * and spans only; marks are closed before a tag and opened again behind it, so that the two nest.
 */
export function emphasize(
  html: SafeHtml,
  ranges: readonly (readonly [from: number, to: number])[],
): SafeHtml {
  if (ranges.length === 0) return html;
  let out = '';
  let at = 0;
  let index = 0;
  let isOpen = false;
  for (const [token] of html.matchAll(/<[^>]*>|&[^;]{1,8};|[\s\S]/g)) {
    if (token.startsWith('<')) {
      out += isOpen ? CLOSE + token : token;
      isOpen = false;
      continue;
    }
    while (index < ranges.length && at >= (ranges[index]?.[1] ?? 0)) index += 1;
    const inside = at >= (ranges[index]?.[0] ?? Number.POSITIVE_INFINITY);
    if (inside !== isOpen) out += inside ? OPEN : CLOSE;
    isOpen = inside;
    out += token;
    at += 1;
  }
  return (isOpen ? out + CLOSE : out) as SafeHtml;
}
