// Parses commit and tag objects as git stores them, whatever their encoding.
import type { Commit, Oid, Signature } from './git.types.ts';

/** Parses the content of a commit object (gitformat: headers, an empty line, the message). */
export function parseCommit(oid: Oid, data: Buffer): Commit {
  const end = data.indexOf('\n\n');
  const head = end < 0 ? data : data.subarray(0, end);
  const headers = parseHeaders(head);
  const encoding = headers.find(([name]) => name === 'encoding')?.[1].toString('latin1');
  const first = (name: string) => headers.find(([key]) => key === name)?.[1] ?? Buffer.alloc(0);
  const signature = headers.find(([name]) => name === 'gpgsig' || name === 'gpgsig-sha256')?.[1];
  return {
    oid,
    tree: first('tree').toString('latin1'),
    parents: headers.filter(([name]) => name === 'parent').map(([, value]) => value.toString('latin1')),
    author: parseSignature(first('author'), encoding),
    committer: parseSignature(first('committer'), encoding),
    message: end < 0 ? '' : decodeText(data.subarray(end + 2), encoding),
    ...(signature ? { signature: signature.toString('latin1') } : {}),
  };
}

export interface Tag {
  oid: Oid;
  /** What it points at, which may be a tag again. */
  target: Oid;
  targetType: string;
  name: string;
  /** Missing in some very old tags. */
  tagger: Signature | undefined;
  message: string;
}

/** Parses the content of a tag object. */
export function parseTag(oid: Oid, data: Buffer): Tag {
  const end = data.indexOf('\n\n');
  const headers = new Map(parseHeaders(end < 0 ? data : data.subarray(0, end)));
  const text = (name: string) => headers.get(name)?.toString('utf8') ?? '';
  const tagger = headers.get('tagger');
  return {
    oid,
    target: text('object'),
    targetType: text('type'),
    name: text('tag'),
    tagger: tagger ? parseSignature(tagger, undefined) : undefined,
    message: end < 0 ? '' : decodeText(data.subarray(end + 2), undefined),
  };
}

/** Header lines; a line that begins with a space continues the one before it. */
function parseHeaders(head: Buffer): [string, Buffer][] {
  const headers: [string, Buffer][] = [];
  let at = 0;
  while (at < head.length) {
    const newline = head.indexOf(10, at);
    const line = head.subarray(at, newline < 0 ? head.length : newline);
    at = newline < 0 ? head.length : newline + 1;
    const last = headers.at(-1);
    if (line[0] === 32 && last) {
      last[1] = Buffer.concat([last[1], Buffer.from('\n'), line.subarray(1)]);
      continue;
    }
    const space = line.indexOf(32);
    if (space > 0) headers.push([line.toString('latin1', 0, space), line.subarray(space + 1)]);
  }
  return headers;
}

/** `Name <address> seconds +hhmm`; broken ones yield what can be read and the time 0. */
function parseSignature(line: Buffer, encoding: string | undefined): Signature {
  const text = decodeText(line, encoding);
  const match = /^(.*?)\s*<([^>]*)>\s*(-?\d+)?\s*([+-]\d{4})?/s.exec(text);
  if (!match) return { name: text.trim(), email: '', time: 0, offset: 0 };
  const seconds = Number(match[3] ?? 0);
  const known = Number.isSafeInteger(seconds) && Math.abs(seconds) < 8.64e12;
  return {
    name: (match[1] ?? '').trim(),
    email: (match[2] ?? '').trim(),
    time: known ? seconds * 1000 : 0,
    offset: minutesOf(match[4]),
  };
}

function minutesOf(zone: string | undefined): number {
  if (!zone) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3, 5));
  return zone.startsWith('-') ? -minutes : minutes;
}

/** Text in a declared encoding; else UTF-8 where it is valid, else Latin-1, which is what such history mostly is. */
export function decodeText(bytes: Uint8Array, encoding?: string): string {
  for (const label of encoding ? [encoding, 'utf-8'] : ['utf-8']) {
    try {
      return new TextDecoder(label, { fatal: true }).decode(bytes);
    } catch {
      // An unknown label, or bytes that are not of this encoding: try the next one.
    }
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
