// Finds in a page what would run: parsed as a browser does, since escaped markup looks alike in text.
import { type DefaultTreeAdapterTypes, parse } from 'parse5';

type Node = DefaultTreeAdapterTypes.ChildNode;

/** Inline scripts, event handlers, script addresses and styles; a good page has none. */
export function liveParts(html: string): string[] {
  const found: string[] = [];
  const visit = (node: Node): void => {
    if ('attrs' in node) {
      for (const { name, value } of node.attrs) {
        if (/^on/i.test(name) || name === 'style' || name === 'srcdoc')
          found.push(`${node.tagName} ${name}=${value}`);
        if (/^(?:javascript|vbscript|data):/i.test(value.trim()))
          found.push(`${node.tagName} ${name}=${value}`);
      }
      const source = node.attrs.find(({ name }) => name === 'src')?.value;
      if (node.tagName === 'script' && !source?.startsWith('/')) found.push('an inline script');
      if (['iframe', 'object', 'embed', 'base'].includes(node.tagName)) found.push(node.tagName);
    }
    if ('content' in node) node.content.childNodes.forEach(visit);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  parse(html).childNodes.forEach(visit);
  return found;
}
