// How big a Markdown document may be and how one beyond it is shown; apart from the renderer, which is heavy to load.
import { escapeHtml, type SafeHtml } from '../../base/html.ts';

/** Characters beyond which a document is shown as its source. */
export const MAX_MARKDOWN_LENGTH = 1024 * 1024;

/** A document that is too big or too tangled to render: its source, escaped. */
export function sourceAsHtml(source: string): SafeHtml {
  return `<pre><code>${escapeHtml(source)}</code></pre>` as SafeHtml;
}
