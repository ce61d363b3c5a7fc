// Finds in a page what would run: parsed as a browser does, since escaped markup looks alike in text.
import { type DefaultTreeAdapterTypes, parse } from 'parse5';

type Node = DefaultTreeAdapterTypes.ChildNode;

/** What an `img` shows runs nothing, whatever it holds. */
function isPicture(tag: string, attribute: string, value: string): boolean {
  return tag === 'img' && attribute === 'src' && /^data:image\/[a-z+]+;base64,[\w+/=]*$/.test(value);
}

/** Inline scripts, event handlers, script addresses and styles; a good page has none. */
export function liveParts(html: string): string[] {
  const found: string[] = [];
  const visit = (node: Node): void => {
    if ('attrs' in node) {
      for (const { name, value } of node.attrs) {
        if (/^on/i.test(name) || name === 'style' || name === 'srcdoc')
          found.push(`${node.tagName} ${name}=${value}`);
        if (/^(?:javascript|vbscript|data):/i.test(value.trim()) && !isPicture(node.tagName, name, value))
          found.push(`${node.tagName} ${name}=${value}`);
      }
      const source = node.attrs.find(({ name }) => name === 'src')?.value;
      if (node.tagName === 'script' && !source?.startsWith('/')) found.push('an inline script');
      // Documents are shown in a frame, from raw addresses, which answer with types and rules that let nothing run.
      const isDocument = node.tagName === 'iframe' && /^\/[^/]+\/[^/]+\/(?:raw|media)\//.test(source ?? '');
      if (['iframe', 'object', 'embed', 'base'].includes(node.tagName) && !isDocument)
        found.push(node.tagName);
    }
    if ('content' in node) node.content.childNodes.forEach(visit);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  parse(html).childNodes.forEach(visit);
  return found;
}
