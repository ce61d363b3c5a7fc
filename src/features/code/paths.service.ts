// Paths between their three shapes: raw bytes in git, percent-encoded in addresses, text on the page.
import type { PathBytes } from './code.types.ts';

const SLASH = 0x2f;

/** Raw bytes of a percent-encoded piece of an address; slashes at its ends and repeated ones are dropped. */
export function decodePath(encoded: string): PathBytes {
  const bytes = percentDecode(encoded);
  return joinPath(...splitPath(bytes));
}

/** Bytes for an address: everything but letters, digits and a few marks percent-encoded, slashes kept. */
export function encodePath(path: PathBytes | string): string {
  const bytes = typeof path === 'string' ? Buffer.from(path, 'utf8') : path;
  let out = '';
  for (const byte of bytes) out += ENCODED[byte] ?? '';
  return out;
}

/** A path as text: bytes that are no UTF-8 as U+FFFD, control and direction characters made visible. */
export function displayPath(path: PathBytes): string {
  return visibleText(path.toString('utf8'));
}

/** Text in which nothing hides: control characters, line breaks and bidirectional overrides as U+FFFD. */
export function visibleText(text: string): string {
  return text.replace(/[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '\ufffd');
}

export function splitPath(path: PathBytes): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  for (let at = 0; at <= path.length; at++) {
    if (at < path.length && path[at] !== SLASH) continue;
    if (at > start) parts.push(path.subarray(start, at));
    start = at + 1;
  }
  return parts;
}

/** Joins names, leaving empty ones out. */
export function joinPath(...parts: Buffer[]): PathBytes {
  const kept = parts.filter((part) => part.length > 0);
  return Buffer.concat(kept.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from('/'), part])));
}

export function lastName(path: PathBytes): Buffer {
  return path.subarray(path.lastIndexOf(SLASH) + 1);
}

/** The directory a path lies in; empty for what lies in the root. */
export function parentPath(path: PathBytes): PathBytes {
  const slash = path.lastIndexOf(SLASH);
  return slash < 0 ? Buffer.alloc(0) : path.subarray(0, slash);
}

const ENCODED: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (byte < 128 && /[A-Za-z0-9\-_.~/!$&'()*+,;=:@]/.test(character)) return character;
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
});

/** A stray `%` stands for itself. Characters beyond ASCII are taken as UTF-8. */
function percentDecode(text: string): Buffer {
  if (!text.includes('%')) return Buffer.from(text, 'utf8');
  const pieces: Buffer[] = [];
  let rest = 0;
  for (const match of text.matchAll(/(?:%[0-9A-Fa-f]{2})+/g)) {
    pieces.push(Buffer.from(text.slice(rest, match.index), 'utf8'));
    pieces.push(Buffer.from(match[0].replaceAll('%', ''), 'hex'));
    rest = match.index + match[0].length;
  }
  pieces.push(Buffer.from(text.slice(rest), 'utf8'));
  return Buffer.concat(pieces);
}
