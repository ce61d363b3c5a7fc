// Pictures made from names, so that nobody's face is fetched from elsewhere.
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { escapeHtml, type SafeHtml } from '../../base/html.ts';

const COLOURS =
  '#0969da #1a7f37 #9a6700 #bc4c00 #cf222e #8250df #bf3989 #1b7c83 #6639ba #3192aa #7d4e00 #57606a'.split(
    ' ',
  );

const CELL = 2;
const MARGIN = 1;
const made = new LRUCache<string, SafeHtml>({ max: 2000 });

/** Somebody with a picture of their own, or without. */
export interface Pictured {
  name: string;
  /** SHA-256 in hex of the uploaded picture. */
  avatarHash: string | null;
}

/** Somebody's picture: the one they uploaded, or the identicon of their name. Decoration: the name stands beside it. */
export function avatar(who: string | Pictured, size = 20, className = ''): SafeHtml {
  const classes = className === '' ? 'avatar' : `avatar ${className.replace(/[^\w -]/g, '')}`;
  if (typeof who === 'string') return identicon(who, size, classes);
  if (!who.avatarHash) return identicon(who.name, size, classes);
  const address = escapeHtml(`/avatars/${encodeURIComponent(who.name)}/${who.avatarHash}`);
  return `<img class="${classes}" width="${size}" height="${size}" src="${address}" alt="" decoding="async">` as SafeHtml;
}

/** A mirrored pattern of five by five, the same for `Ada` and `ada`. */
function identicon(name: string, size: number, classes: string): SafeHtml {
  const key = `${name.toLowerCase()} ${size} ${classes}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const svg =
    `<svg class="${classes}" width="${size}" height="${size}" viewBox="0 0 12 12" aria-hidden="true" shape-rendering="crispEdges">${patternOf(name)}</svg>` as SafeHtml;
  made.set(key, svg);
  return svg;
}

/** The identicon of a name as a picture of its own, for whoever shows it elsewhere. */
export function identiconFile(name: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="460" height="460" viewBox="0 0 12 12" shape-rendering="crispEdges"><rect width="12" height="12" fill="#f6f8fa"/>${patternOf(name)}</svg>`;
}

function patternOf(name: string): string {
  const digest = createHash('sha256').update(name.toLowerCase()).digest();
  const colour = COLOURS[(digest[31] ?? 0) % COLOURS.length] ?? '#57606a';
  let path = '';
  for (let column = 0; column < 3; column++) {
    for (let row = 0; row < 5; row++) {
      if (((digest[column * 5 + row] ?? 0) & 1) === 0) continue;
      path += square(column, row);
      if (column < 2) path += square(4 - column, row);
    }
  }
  return `<path fill="${colour}" d="${path}"/>`;
}

function square(column: number, row: number): string {
  return `M${MARGIN + column * CELL} ${MARGIN + row * CELL}h${CELL}v${CELL}h-${CELL}z`;
}
