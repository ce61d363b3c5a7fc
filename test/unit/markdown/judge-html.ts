// Judges HTML as a browser would read it: parsed by parse5, every element and attribute is looked at.
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';

type Node = DefaultTreeAdapterTypes.ChildNode;

const ELEMENTS = new Set(
  (
    'h1 h2 h3 h4 h5 h6 p div section blockquote pre hr br wbr ul ol li dl dt dd details summary figure figcaption ' +
    'table thead tbody tfoot tr td th caption a img span em strong b i u s del ins strike mark small big sub sup ' +
    'code kbd samp var tt q cite dfn abbr time bdo bdi ruby rt rp input'
  ).split(' '),
);

const ATTRIBUTES = new Set(
  (
    'id class title lang dir align aria-label aria-hidden aria-describedby href name rel src alt width height ' +
    'loading type disabled checked start reversed value colspan rowspan valign scope open datetime'
  ).split(' '),
);

const CLASS =
  /^(?:hljs(?:-[\w-]+)?|language-[\w+#.-]+|markdown-[a-z-]+|contains-task-list|task-list-item|sr-only|[a-z]+_)$/;
const LINK = /^(?:https?:\/\/|mailto:|ircs?:|xmpp:|tel:|\/owner\/|#)/i;

/** What is wrong with a piece of HTML; empty when nothing is. */
export function faultsOf(html: string): string[] {
  const faults: string[] = [];
  const visit = (node: Node): void => {
    if (!('tagName' in node)) return;
    if (!ELEMENTS.has(node.tagName)) faults.push(`element ${node.tagName}`);
    if (node.namespaceURI !== 'http://www.w3.org/1999/xhtml') faults.push(`namespace ${node.namespaceURI}`);
    for (const { name, value } of node.attrs) {
      if (!ATTRIBUTES.has(name)) faults.push(`attribute ${name}`);
      if (name === 'href' && !LINK.test(value)) faults.push(`href ${value}`);
      if (name === 'src' && !value.startsWith('/owner/repo/raw/')) faults.push(`src ${value}`);
      if ((name === 'id' || name === 'name') && !value.startsWith('user-content-'))
        faults.push(`id ${value}`);
      if (name === 'class')
        for (const one of value.split(/\s+/)) if (!CLASS.test(one)) faults.push(`class ${one}`);
    }
    if (node.tagName === 'input' && !isDeadCheckbox(node)) faults.push('a live input');
    node.childNodes.forEach(visit);
  };
  parseFragment(html).childNodes.forEach(visit);
  return faults;
}

function isDeadCheckbox(node: DefaultTreeAdapterTypes.Element): boolean {
  const value = (name: string) => node.attrs.find((attribute) => attribute.name === name)?.value;
  return value('type') === 'checkbox' && value('disabled') !== undefined;
}
