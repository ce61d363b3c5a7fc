// The one sanitizer: what others wrote as HTML leaves it as markup that can only look like a document. It runs
// last, on the finished HTML, whoever made it. Allowed is a list; everything else is dropped.
import sanitizeHtml from 'sanitize-html';
import type { SafeHtml } from '../../base/html.ts';

/** How addresses in a document are resolved. Targets have no scheme and no host. */
export interface LinkResolver {
  /** The address a relative link leads to. */
  link(target: string): string;
  /** The address of an image on this site, or undefined when it must not be loaded: it becomes a link. */
  image(target: string): string | undefined;
  /** This site's address without a trailing slash, where images below it are images of this site. */
  origin?: string;
  /** Put before ids besides ID_PREFIX, where several texts stand on one page. */
  idPrefix?: string;
}

/** Put before every id and name from outside, so that none can stand for a global of a script (DOM clobbering). */
export const ID_PREFIX = 'user-content-';

const SCHEMES: ReadonlySet<string> = new Set(['http', 'https', 'mailto', 'irc', 'ircs', 'xmpp', 'tel']);

const TAGS = [
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'div', 'section', 'blockquote', 'pre', 'hr', 'br', 'wbr'],
  ...['ul', 'ol', 'li', 'dl', 'dt', 'dd', 'details', 'summary', 'figure', 'figcaption'],
  ...['table', 'thead', 'tbody', 'tfoot', 'tr', 'td', 'th', 'caption'],
  ...['a', 'img', 'span', 'em', 'strong', 'b', 'i', 'u', 's', 'del', 'ins', 'strike', 'mark', 'small', 'big'],
  ...['sub', 'sup', 'code', 'kbd', 'samp', 'var', 'tt', 'q', 'cite', 'dfn', 'abbr', 'time', 'bdo', 'bdi'],
  ...['ruby', 'rt', 'rp', 'input', 'video'],
];

/** Elements whose text is not prose either: dropped with what they hold. */
const DROPPED_WITH_CONTENT = [
  ...['script', 'style', 'textarea', 'option', 'noscript', 'noembed', 'noframes', 'iframe', 'xmp'],
  ...['title', 'template', 'plaintext', 'svg', 'math', 'object', 'embed', 'audio', 'video', 'canvas'],
];

const ATTRIBUTES: Record<string, string[]> = {
  '*': ['id', 'class', 'title', 'lang', 'dir', 'align', 'aria-label', 'aria-hidden', 'aria-describedby'],
  a: ['href', 'name', 'rel'],
  img: ['src', 'alt', 'width', 'height', 'loading'],
  input: ['type', 'disabled', 'checked'],
  video: ['src', 'controls', 'preload', 'width', 'height'],
  ol: ['start', 'type', 'reversed'],
  li: ['value'],
  td: ['colspan', 'rowspan', 'valign', 'width'],
  th: ['colspan', 'rowspan', 'valign', 'width', 'scope'],
  table: ['width'],
  details: ['open'],
  time: ['datetime'],
  abbr: ['title'],
};

/** Only classes that markdown.css and code.css style; a document cannot borrow the look of the site's own parts. */
const CLASSES = [
  ...['hljs', 'hljs-*', 'language-*', 'markdown-alert', 'markdown-alert-*', 'markdown-anchor'],
  ...['contains-task-list', 'task-list-item', 'markdown-footnotes', 'sr-only', 'markdown-external-image'],
];

type Attributes = sanitizeHtml.Attributes;

/** Cleans HTML from outside; `resolver` turns its relative addresses into ones of this site. */
export function sanitize(html: string, resolver: LinkResolver): SafeHtml {
  let openLinks = 0;
  return sanitizeHtml(html, {
    allowedTags: TAGS,
    allowedAttributes: ATTRIBUTES,
    allowedClasses: { '*': CLASSES },
    nonTextTags: DROPPED_WITH_CONTENT,
    // Every address has been judged by `resolveLink` and `resolveImage`, which know more than a scheme list.
    allowedSchemes: [...SCHEMES],
    allowProtocolRelative: false,
    disallowedTagsMode: 'discard',
    nestingLimit: 80,
    parseStyleAttributes: false,
    onOpenTag: (name) => void (name === 'a' && openLinks++),
    onCloseTag: (name) => void (name === 'a' && openLinks--),
    exclusiveFilter: (frame) => frame.tag === 'input' && frame.attribs.type !== 'checkbox',
    transformTags: {
      a: (tagName, attributes) => ({ tagName, attribs: linkAttributes(attributes, resolver) }),
      img: (_, attributes) => imageTag(attributes, resolver, openLinks > 0),
      input: (_, attributes) => checkboxTag(attributes),
      video: (_, attributes) => videoTag(attributes, resolver),
      '*': (tagName, attributes) => ({ tagName, attribs: withPrefixedIds(attributes, prefixOf(resolver)) }),
    },
  }) as SafeHtml;
}

function linkAttributes(attributes: Attributes, resolver: LinkResolver): Attributes {
  const { href, rel: _, ...rest } = attributes;
  const resolved = href === undefined ? undefined : resolveLink(href, resolver);
  if (resolved === undefined) return rest;
  if (!isElsewhere(resolved)) return { ...rest, href: resolved };
  return { ...rest, href: resolved, rel: 'nofollow noopener noreferrer' };
}

/**
 * The address a link may have, or undefined. `#part` leads to the prefixed id, so that it works without JavaScript.
 */
export function resolveLink(raw: string, resolver: LinkResolver): string | undefined {
  const target = plainAddress(raw);
  if (target === '') return undefined;
  if (target.startsWith('#')) return prefixedFragment(target, prefixOf(resolver));
  const scheme = schemeOf(target);
  if (scheme !== undefined) return SCHEMES.has(scheme) ? target : undefined;
  if (target.startsWith('//')) return `https:${target}`;
  const resolved = resolver.link(target);
  return resolved.startsWith('//') ? undefined : resolved;
}

function prefixedFragment(target: string, prefix: string): string {
  const name = target.slice(1);
  if (name === '' || name.startsWith(prefix)) return target;
  return `#${prefix}${name}`;
}

function prefixOf({ idPrefix = '' }: LinkResolver): string {
  return ID_PREFIX + idPrefix;
}

/** What a browser makes of an address before it looks at its scheme (URL Standard, basic URL parser). */
function plainAddress(raw: string): string {
  const visible = raw.replace(/[\t\n\r]/g, '').replace(/^[\0-\x20]+|[\0-\x20]+$/g, '');
  const [path = '', ...rest] = visible.split(/(?=[?#])/);
  return path.replaceAll('\\', '/') + rest.join('');
}

function schemeOf(target: string): string | undefined {
  return (
    /^([a-z][a-z0-9+.-]*):/i.exec(target)?.[1]?.toLowerCase() ?? (looksLikeScheme(target) ? '' : undefined)
  );
}

/** A colon before any slash that does not follow a proper scheme: nothing legitimate, so treated as a bad one. */
function looksLikeScheme(target: string): boolean {
  const colon = target.indexOf(':');
  return colon >= 0 && !/[/?#]/.test(target.slice(0, colon)) && /[^\w\-. ~%()]/.test(target.slice(0, colon));
}

function isElsewhere(address: string): boolean {
  return address.startsWith('//') || /^[a-z][a-z0-9+.-]*:/i.test(address);
}

/**
 * An image of this site stays one. An image from elsewhere would tell its host who reads the page, and the content
 * security policy refuses it anyway: it becomes a link named by its alternative text (plain text inside a link).
 */
function imageTag(attributes: Attributes, resolver: LinkResolver, inLink: boolean): sanitizeHtml.Tag {
  const { src = '', alt = '', width, height, align, title } = attributes;
  const target = withoutOrigin(plainAddress(src), resolver);
  const relative = schemeOf(target) === undefined && !target.startsWith('//') && target !== '';
  const source = relative ? resolver.image(target) : undefined;
  if (source !== undefined) {
    const kept = { width, height, align, title };
    const set = Object.entries(kept).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return { tagName: 'img', attribs: { src: source, alt, loading: 'lazy', ...Object.fromEntries(set) } };
  }
  const href = resolveLink(src, resolver);
  const text = alt.trim() || title?.trim() || href || 'image';
  if (inLink || href === undefined) {
    return { tagName: 'span', attribs: { class: 'markdown-external-image' }, text };
  }
  const rel = isElsewhere(href) ? { rel: 'nofollow noopener noreferrer' } : {};
  return { tagName: 'a', attribs: { class: 'markdown-external-image', href, ...rel }, text };
}

/** An address of this site as one below its root. */
function withoutOrigin(target: string, { origin }: LinkResolver): string {
  return origin !== undefined && target.startsWith(`${origin}/`) ? target.slice(origin.length) : target;
}

/** Where files lie that people put into texts; see attachments of the issues room. */
const ATTACHMENT = /^\/[^/?#]+\/[^/?#]+\/attachments\/[0-9a-f]{40}$/;

/** A video that was put into a text is played on request; any other is dropped with what it holds. */
function videoTag({ src = '', width, height }: Attributes, resolver: LinkResolver): sanitizeHtml.Tag {
  const target = plainAddress(src);
  const source = target.startsWith('/') && !target.startsWith('//') ? resolver.image(target) : undefined;
  if (source === undefined || !ATTACHMENT.test(source)) return { tagName: 'audio', attribs: {} };
  const size = { ...(width ? { width } : {}), ...(height ? { height } : {}) };
  return { tagName: 'video', attribs: { src: source, controls: '', preload: 'metadata', ...size } };
}

/** Of all form controls only a checkbox that cannot be ticked, as task lists have. */
function checkboxTag(attributes: Attributes): sanitizeHtml.Tag {
  if (attributes.type?.toLowerCase() !== 'checkbox') return { tagName: 'input', attribs: {} };
  const checked = attributes.checked === undefined ? {} : { checked: 'checked' };
  const label = attributes.checked === undefined ? 'Open task' : 'Completed task';
  return {
    tagName: 'input',
    attribs: { type: 'checkbox', disabled: 'disabled', 'aria-label': label, ...checked },
  };
}

function withPrefixedIds(attributes: Attributes, prefix: string): Attributes {
  const out = { ...attributes };
  for (const key of ['id', 'name', 'aria-describedby']) {
    const value = out[key];
    if (value !== undefined && !value.startsWith(prefix)) out[key] = prefix + value;
  }
  return out;
}
