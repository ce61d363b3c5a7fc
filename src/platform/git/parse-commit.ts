// Parses commit objects as git stores them. Anybody may have pushed them: every field may be missing, broken or huge.
import type { Commit, Oid, Signature } from './git.types.ts';
import { decodeMessage, decodeText } from './parse-text.ts';

const LONGEST_SIGNATURE = 64 * 1024;
const LONGEST_PERSON = 2048;
const MOST_PARENTS = 10_000;
/** The last instant a Date can hold, in seconds. */
const LAST_INSTANT = 8.64e12;

/** Parses the content of a commit object, or its beginning: headers, an empty line, the message. */
export function parseCommit(oid: Oid, data: Buffer): Commit {
  const { headers, body } = splitObject(data);
  const first = (name: string) => headers.find((header) => header.name === name)?.value;
  const encoding = first('encoding')?.toString('latin1');
  const signature = first('gpgsig') ?? first('gpgsig-sha256');
  return {
    oid,
    tree: first('tree')?.toString('latin1') ?? '',
    parents: headers
      .filter((header) => header.name === 'parent')
      .slice(0, MOST_PARENTS)
      .map((header) => header.value.toString('latin1')),
    author: parseSignature(first('author'), encoding),
    committer: parseSignature(first('committer'), encoding),
    message: decodeMessage(body, encoding),
    ...(signature ? { signature: unfold(signature).slice(0, LONGEST_SIGNATURE) } : {}),
  };
}

export interface ObjectHeader {
  name: string;
  /** Raw, with the line feed and space of each continuation line still in it. */
  value: Buffer;
}

/** The headers and the body of a commit or tag. A line that begins with a space continues the one before it. */
export function splitObject(data: Buffer): { headers: ObjectHeader[]; body: Buffer } {
  const headers: ObjectHeader[] = [];
  let at = 0;
  while (at < data.length && data[at] !== 10) {
    const end = headerEnd(data, at);
    const space = data.indexOf(32, at);
    if (space > at && space < end) {
      headers.push({ name: data.toString('latin1', at, space), value: data.subarray(space + 1, end) });
    }
    at = end + 1;
  }
  return { headers, body: data.subarray(Math.min(at + 1, data.length)) };
}

function headerEnd(data: Buffer, from: number): number {
  let end = data.indexOf(10, from);
  while (end >= 0 && data[end + 1] === 32) end = data.indexOf(10, end + 1);
  return end < 0 ? data.length : end;
}

function unfold(value: Buffer): string {
  return value.toString('latin1').replaceAll('\n ', '\n');
}

/** `Name <address> seconds +hhmm`; broken ones yield what can be read and the time 0. */
export function parseSignature(line: Buffer | undefined, encoding: string | undefined): Signature {
  const text = decodeText((line ?? Buffer.alloc(0)).subarray(0, LONGEST_PERSON), encoding);
  const open = text.indexOf('<');
  if (open < 0) return { name: text.trim(), email: '', time: 0, offset: 0 };
  const close = text.indexOf('>', open);
  const [seconds = '', zone = ''] = text
    .slice(text.lastIndexOf('>') + 1)
    .trim()
    .split(' ');
  return {
    name: text.slice(0, open).trim(),
    email: text.slice(open + 1, close < 0 ? undefined : close).trim(),
    time: close < 0 ? 0 : timeOf(seconds),
    offset: close < 0 ? 0 : minutesOf(zone),
  };
}

function timeOf(seconds: string): number {
  const number = /^-?\d{1,15}$/.test(seconds) ? Number(seconds) : 0;
  return Math.abs(number) <= LAST_INSTANT ? number * 1000 : 0;
}

function minutesOf(zone: string): number {
  const match = /^([+-])(\d\d)(\d\d)$/.exec(zone);
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  if (minutes === 0 || minutes > 24 * 60) return 0;
  return match[1] === '-' ? -minutes : minutes;
}
