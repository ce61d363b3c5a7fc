// A small strict reader of XML, and what RFC 4287 asks of a feed: it throws for whatever a feed reader would refuse.

export interface XmlElement {
  name: string;
  attributes: Map<string, string>;
  children: XmlElement[];
  text: string;
}

const NAME = /[A-Za-z_:][A-Za-z0-9_.:-]*/y;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The root element of a document. Throws where it is not well-formed XML 1.0. */
export function parseXml(text: string): XmlElement {
  if (/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(text) || !text.isWellFormed())
    throw new Error('A character may not stand in XML.');
  let at = /^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/.exec(text)?.[0].length ?? 0;
  const fail = (why: string): never => {
    throw new Error(`${why} at ${at}: ${text.slice(at, at + 60)}`);
  };
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found === undefined) return fail(`Expected ${pattern}`);
    at += found.length;
    return found;
  };
  const decoded = (raw: string): string => {
    if (/&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);)/i.test(raw) || raw.includes('<'))
      fail('A mark is not escaped');
    return raw.replace(/&(?:(\w+)|#(\d+)|#x([0-9a-f]+));/gi, (_, name, decimal, hex) =>
      name
        ? (ENTITIES[name] ?? '')
        : String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16)),
    );
  };
  function element(): XmlElement {
    take(/</y);
    const name = take(NAME);
    const attributes = new Map<string, string>();
    while (/\s/.test(text[at] ?? '')) {
      take(/\s+/y);
      if (text[at] === '/' || text[at] === '>') break;
      const key = take(NAME);
      take(/="/y);
      if (attributes.has(key)) fail('An attribute is there twice');
      attributes.set(key, decoded(take(/[^"]*/y)));
      take(/"/y);
    }
    const self: XmlElement = { name, attributes, children: [], text: '' };
    if (text.startsWith('/>', at)) {
      at += 2;
      return self;
    }
    take(/>/y);
    while (!text.startsWith('</', at)) {
      if (at >= text.length) fail('The document ends too early');
      if (text[at] === '<') self.children.push(element());
      else {
        const raw = take(/[^<]+/y);
        if (raw.includes(']]>')) fail(']]> may not stand in text');
        self.text += decoded(raw);
      }
    }
    take(/<\//y);
    if (take(NAME) !== name) fail(`${name} is closed by another name`);
    take(/\s*>/y);
    return self;
  }
  const root = element();
  if (text.slice(at).trim() !== '') fail('Something stands behind the root');
  return root;
}

export interface AtomEntry {
  id: string;
  title: string;
  href: string;
  author: string;
  html: string;
}

/** A feed's id and entries. Throws where RFC 4287 would not have it so. */
export function parseAtom(text: string): { id: string; title: string; entries: AtomEntry[] } {
  const feed = parseXml(text);
  if (feed.name !== 'feed' || feed.attributes.get('xmlns') !== 'http://www.w3.org/2005/Atom')
    throw new Error('It is no Atom feed.');
  const self = feed.children.find((child) => child.attributes.get('rel') === 'self');
  requireAddress(self?.attributes.get('href') ?? '');
  requireTime(only(feed, 'updated').text);
  const entries = feed.children.filter(({ name }) => name === 'entry').map(entryOf);
  const ids = new Set(entries.map(({ id }) => id));
  if (ids.size !== entries.length) throw new Error('Two entries have the same id.');
  return { id: idOf(feed), title: only(feed, 'title').text, entries };
}

function entryOf(entry: XmlElement): AtomEntry {
  requireTime(only(entry, 'updated').text);
  const link = only(entry, 'link').attributes.get('href') ?? '';
  requireAddress(link);
  const author = only(only(entry, 'author'), 'name').text;
  const content = only(entry, 'content');
  if (content.attributes.get('type') !== 'html' || content.children.length > 0)
    throw new Error('Its content is not escaped HTML.');
  if (author === '') throw new Error('An author has no name.');
  return { id: idOf(entry), title: only(entry, 'title').text, href: link, author, html: content.text };
}

function only(of: XmlElement, name: string): XmlElement {
  const [first, ...more] = of.children.filter((child) => child.name === name);
  if (!first || more.length > 0) throw new Error(`${of.name} must have one ${name}.`);
  return first;
}

function idOf(of: XmlElement): string {
  const id = only(of, 'id').text;
  if (!/^(?:tag:[^,\s]+,\d{4}:|https?:\/\/)\S+$/.test(id)) throw new Error(`${id} is no IRI.`);
  return id;
}

function requireTime(text: string): void {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(text)) throw new Error(`${text} is no time.`);
}

function requireAddress(text: string): void {
  if (!/^https?:\/\/\S+$/.test(text)) throw new Error(`“${text}” is no absolute address.`);
}
