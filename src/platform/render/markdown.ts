// GitHub Flavored Markdown to sanitized HTML: tables, tasks, alerts, footnotes, emoji, anchors, coloured code.
// Time is not bounded here: documents from outside go through the highlighter's worker, which is stopped when late.
import { Marked, type RendererThis, type Token, type Tokens } from 'marked';
import markedAlert from 'marked-alert';
import markedFootnote from 'marked-footnote';
import { escapeHtml, type SafeHtml } from '../../base/html.ts';
import { emojiRule } from './emoji.ts';
import { MAX_MARKDOWN_LENGTH, sourceAsHtml } from './markdown-limits.ts';
import { type LinkResolver, sanitize } from './sanitize.ts';

export interface MarkdownContext extends LinkResolver {
  /** Code as HTML with `hljs-` classes, or undefined for an unknown language. */
  highlight?(code: string, language: string): string | undefined;
  /** A comment and no document: its line breaks are breaks, its headings have no anchors, and it has no front matter. */
  isComment?: boolean;
}

/** Ten thousand references to one footnote make output out of proportion. */
const MAX_OUTPUT_LENGTH = 6 * 1024 * 1024;

const ALERTS = ['note', 'tip', 'important', 'warning', 'caution'];

/** Renders a document. Links and images are resolved by `context`; ids get the prefix `user-content-`. */
export function renderMarkdown(source: string, context: MarkdownContext): SafeHtml {
  if (source.length > MAX_MARKDOWN_LENGTH) return sourceAsHtml(source);
  try {
    const text = context.isComment ? source : withFrontMatterAsCode(source);
    const html = parserFor(context).parse(text, { async: false });
    return html.length > MAX_OUTPUT_LENGTH ? sourceAsHtml(source) : sanitize(html, context);
  } catch (error) {
    // Thousands of nested quotes or lists exhaust the stack; nothing else is expected to throw.
    if (error instanceof RangeError) return sourceAsHtml(source);
    throw error;
  }
}

/** A parser for one document: the footnote extension keeps state between the two. */
function parserFor(context: MarkdownContext): Marked {
  const slugs = new Map<string, number>();
  const marked = new Marked({ gfm: true, breaks: context.isComment === true });
  marked.use(markedAlert({ variants: ALERTS.map((type) => ({ type, icon: '' })) }));
  marked.use(markedFootnote({ sectionClass: 'markdown-footnotes', headingClass: 'sr-only' }));
  marked.use({ extensions: [emojiRule] });
  marked.use({
    renderer: {
      heading(token) {
        return context.isComment ? plainHeading(this, token) : heading(this, token, slugs);
      },
      code: (token) => code(token, context),
      listitem(item) {
        const open = item.task ? '<li class="task-list-item">' : '<li>';
        return `${open}${this.parser.parse(item.tokens)}</li>\n`;
      },
    },
  });
  return marked;
}

function plainHeading(renderer: RendererThis, { depth, tokens }: Tokens.Heading): string {
  return `<h${depth}>${renderer.parser.parseInline(tokens)}</h${depth}>\n`;
}

function heading(renderer: RendererThis, token: Tokens.Heading, slugs: Map<string, number>): string {
  const content = renderer.parser.parseInline(token.tokens);
  const slug = escapeHtml(
    uniqueSlug(
      plainText(token.tokens, (emoji) => emoji.raw),
      slugs,
    ),
  );
  if (slug === '') return plainHeading(renderer, token);
  const label = escapeHtml(
    `Permalink: ${plainText(token.tokens, (emoji) => String(emoji.character)).trim()}`,
  );
  const anchor = `<a class="markdown-anchor" href="#${slug}" aria-label="${label}"></a>`;
  return `<h${token.depth} id="${slug}">${content}${anchor}</h${token.depth}>\n`;
}

function plainText(tokens: readonly Token[], emoji: (token: Tokens.Generic) => string): string {
  return tokens
    .map((token) => {
      if (token.type === 'emoji') return emoji(token);
      if (token.type === 'html' || token.type === 'image' || token.type === 'footnoteRef') return '';
      if (token.type === 'br') return ' ';
      return 'tokens' in token && token.tokens
        ? plainText(token.tokens, emoji)
        : decodeEntities(textOf(token));
    })
    .join('');
}

function textOf(token: Token): string {
  return 'text' in token && typeof token.text === 'string' ? token.text : token.raw;
}

/** The text of a heading as GitHub writes it into an address; repeated ones get -1, -2, … */
export function uniqueSlug(text: string, taken: Map<string, number>): string {
  const slug = text
    .toLowerCase()
    .trim()
    .replace(/[\uFE00-\uFE0F]|[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
  let unique = slug;
  let count = taken.get(slug) ?? 0;
  while (taken.has(unique)) {
    count += 1;
    unique = `${slug}-${count}`;
  }
  taken.set(slug, count);
  if (unique !== slug) taken.set(unique, 0);
  return unique;
}

function code(token: Tokens.Code, context: MarkdownContext): string {
  const language = /^[\w+#.-]{1,40}/.exec(token.lang ?? '')?.[0]?.toLowerCase();
  const text = token.text.replace(/\n$/, '');
  const coloured = language === undefined ? undefined : context.highlight?.(text, language);
  const className = language === undefined ? 'hljs' : `hljs language-${escapeHtml(language)}`;
  return `<pre><code class="${className}">${coloured ?? escapeHtml(text)}\n</code></pre>\n`;
}

/** YAML in front of a document is data about it: shown as code, not as a rule and a heading. */
function withFrontMatterAsCode(source: string): string {
  const match = /^\uFEFF?---[ \t]*\r?\n([\s\S]{0,20000}?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(source);
  if (!match?.[1] || !/^[\w-]+:/m.test(match[1]) || match[1].includes('```')) {
    return source.startsWith('\uFEFF') ? source.slice(1) : source;
  }
  return `\`\`\`yaml\n${match[1]}\n\`\`\`\n\n${source.slice(match[0].length)}`;
}

function decodeEntities(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
