// What is selected on a page as Markdown again: enough of it that a quote looks as what it quotes.

/** Markdown of a range. */
export function markdownOf(range: Range): string {
  const holder = document.createElement('div');
  holder.append(range.cloneContents());
  const inner = parentTag(range);
  const text = inner === 'pre' ? fenced(holder.textContent ?? '', '') : blocks(holder);
  return text.replace(/\n{3,}/g, '\n\n').trim();
}

/** Part of a block of code is code too. */
function parentTag(range: Range): string {
  const node = range.commonAncestorContainer;
  const element = node instanceof Element ? node : node.parentElement;
  return element?.closest('pre') ? 'pre' : '';
}

const BLOCKS =
  /^(?:p|div|section|article|h[1-6]|ul|ol|li|pre|blockquote|table|thead|tbody|tr|hr|details|summary|figure)$/;

function blocks(parent: Node): string {
  let text = '';
  for (const node of parent.childNodes) {
    const isBlock = node instanceof Element && BLOCKS.test(node.localName);
    text += isBlock ? `\n\n${block(node)}\n\n` : inline(node);
  }
  return text;
}

function block(element: Element): string {
  const tag = element.localName;
  if (/^h[1-6]$/.test(tag)) return `${'#'.repeat(Number(tag[1]))} ${blocks(element).trim()}`;
  if (tag === 'hr') return '---';
  if (tag === 'pre') return fenced(element.textContent ?? '', languageOf(element));
  if (tag === 'blockquote') return prefixed(blocks(element), '> ');
  if (tag === 'ul' || tag === 'ol') return list(element);
  if (tag === 'li') return item(element, '- ');
  if (tag === 'tr')
    return `| ${[...element.children].map((cell) => blocks(cell).trim().replaceAll('\n', ' ')).join(' | ')} |`;
  if (tag === 'table') return table(element);
  return blocks(element);
}

function table(element: Element): string {
  const [head, ...rows] = [...element.querySelectorAll('tr')];
  if (!head) return '';
  const rule = `|${' --- |'.repeat(head.children.length)}`;
  return [block(head), rule, ...rows.map(block)].join('\n');
}

function languageOf(element: Element): string {
  return /language-([\w+#.-]+)/.exec(element.querySelector('code')?.className ?? '')?.[1] ?? '';
}

/** With a fence longer than any in the code. */
function fenced(code: string, language: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${code.replace(/\n$/, '')}\n${fence}`;
}

function list(element: Element): string {
  const start = Number(element.getAttribute('start') ?? 1);
  const items = [...element.children].filter((child) => child.localName === 'li');
  return items
    .map((child, index) => item(child, element.localName === 'ol' ? `${start + index}. ` : '- '))
    .join('\n');
}

function item(element: Element, marker: string): string {
  const content = blocks(element)
    .trim()
    .replace(/\n{2,}/g, '\n');
  return marker + content.replaceAll('\n', `\n${' '.repeat(marker.length)}`);
}

function prefixed(text: string, prefix: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => (prefix + line).trimEnd())
    .join('\n');
}

const AROUND: Readonly<Record<string, string>> = {
  strong: '**',
  b: '**',
  em: '_',
  i: '_',
  del: '~~',
  s: '~~',
};

function inline(node: Node): string {
  if (node instanceof Text) return node.data.replace(/\s+/g, ' ');
  if (!(node instanceof Element)) return '';
  const tag = node.localName;
  if (tag === 'br') return '\n';
  if (tag === 'input')
    return node.hasAttribute('checked') || (node as HTMLInputElement).checked ? '[x] ' : '[ ] ';
  if (tag === 'img') return `![${node.getAttribute('alt') ?? ''}](${node.getAttribute('src') ?? ''})`;
  if (tag === 'code' || tag === 'kbd') return codeSpan(node.textContent ?? '');
  const text = blocks(node);
  if (tag === 'a') return link(node, text);
  const around = AROUND[tag];
  return around && text.trim() !== '' ? around + text + around : text;
}

function codeSpan(code: string): string {
  const longest = Math.max(0, ...[...code.matchAll(/`+/g)].map(([run]) => run.length));
  const ticks = '`'.repeat(longest + 1);
  return code.startsWith('`') || code.endsWith('`') ? `${ticks} ${code} ${ticks}` : ticks + code + ticks;
}

/** Mentions and references are written as they were: their text alone makes the link again. */
function link(element: Element, text: string): string {
  const href = element.getAttribute('href') ?? '';
  if (element.matches('.markdown-anchor') || text.trim() === '') return '';
  if (/^(?:@[\w./-]+|(?:[\w.-]+\/[\w.-]+)?#\d+)$/.test(text.trim()) || href === text) return text;
  return `[${text}](${href})`;
}
