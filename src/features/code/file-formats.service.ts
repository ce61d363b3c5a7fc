// A file's text and how it lies in the file: encoding, byte order mark, line endings. What is edited keeps all of them.
import { invalid } from '../../base/errors.ts';
import type { Charset, EditorSettings } from './editorconfig.service.ts';
import { type DecodedText, decodeText } from './texts.service.ts';

type Encoding = DecodedText['encoding'];
type LineEnding = '\n' | '\r\n' | '\r';

export interface FileFormat {
  encoding: Encoding;
  hasMark: boolean;
  /** The one that most lines have. */
  lineEnding: LineEnding;
  /** Whether lines end in different ways. */
  isMixed: boolean;
}

export interface FileText {
  /** With the line endings of the file. */
  text: string;
  format: FileFormat;
}

const NEW: FileFormat = { encoding: 'UTF-8', hasMark: false, lineEnding: '\n', isMixed: false };

const FORMATS: Readonly<Record<Charset, Pick<FileFormat, 'encoding' | 'hasMark'>>> = {
  'utf-8': { encoding: 'UTF-8', hasMark: false },
  'utf-8-bom': { encoding: 'UTF-8', hasMark: true },
  'utf-16le': { encoding: 'UTF-16LE', hasMark: true },
  'utf-16be': { encoding: 'UTF-16BE', hasMark: true },
  latin1: { encoding: 'Latin-1', hasMark: false },
};

/** Reads a file's text; undefined when it is binary. */
export function readFileText(data: Buffer): FileText | undefined {
  const decoded = decodeText(data);
  if (!decoded) return undefined;
  const { encoding } = decoded;
  // A mark in UTF-16 is what it is known by; TextDecoder has taken it away.
  const hasMark = encoding !== 'Latin-1' && (encoding !== 'UTF-8' || startsWithMark(data));
  return { text: decoded.text, format: { encoding, hasMark, ...endingsOf(decoded.text) } };
}

function startsWithMark(data: Buffer): boolean {
  return data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf;
}

function endingsOf(text: string): Pick<FileFormat, 'lineEnding' | 'isMixed'> {
  const counts: Record<LineEnding, number> = { '\n': 0, '\r\n': 0, '\r': 0 };
  for (const [ending] of text.matchAll(/\r\n|\n|\r/g)) counts[ending as LineEnding] += 1;
  const [most = '\n'] = (Object.keys(counts) as LineEnding[]).sort(
    (one, other) => counts[other] - counts[one],
  );
  return { lineEnding: most, isMixed: Object.values(counts).filter((count) => count > 0).length > 1 };
}

/** The same text as a form's field holds and sends it, whatever ends the lines. */
export function plainLines(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/**
 * The bytes of an edited file. `typed` may have any line endings; what was there before keeps its own, and settings
 * of the path win. Throws AppError invalid when the file's encoding cannot hold what was typed.
 */
export function writeFileText(typed: string, before: FileText | undefined, settings: EditorSettings): Buffer {
  const format = before?.format ?? { ...NEW, ...(settings.charset ? FORMATS[settings.charset] : {}) };
  const lines = tidied(plainLines(typed), settings);
  const ending = settings.lineEnding ?? format.lineEnding;
  const text =
    format.isMixed && before && settings.lineEnding === undefined
      ? withFormerEndings(lines, before.text, ending)
      : lines.replaceAll('\n', ending);
  return encode(text, format);
}

function tidied(text: string, { trimsTrailingSpace, finalNewline }: EditorSettings): string {
  const trimmed = trimsTrailingSpace ? text.split('\n').map(trimLine).join('\n') : text;
  if (finalNewline === true) return trimmed === '' || trimmed.endsWith('\n') ? trimmed : `${trimmed}\n`;
  return finalNewline === false ? withoutFinalNewlines(trimmed) : trimmed;
}

function trimLine(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--;
  return line.slice(0, end);
}

function withoutFinalNewlines(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '\n') end--;
  return text.slice(0, end);
}

/** Lines at the beginning and the end that are as before keep their own endings. */
function withFormerEndings(text: string, former: string, ending: string): string {
  const lines = text.split('\n');
  const before = [...former.matchAll(/([^\r\n]*)(\r\n|\n|\r|$)/g)].map(([, line = '', end = '']) => ({
    line,
    end,
  }));
  // The pattern also matches the nothing behind the last line.
  if (before.length > 1 && before.at(-1)?.line === '' && before.at(-2)?.end === '') before.pop();
  let head = 0;
  while (head < lines.length && head < before.length && lines[head] === before[head]?.line) head++;
  let tail = 0;
  const most = Math.min(lines.length, before.length) - head;
  while (tail < most && lines.at(-1 - tail) === before.at(-1 - tail)?.line) tail++;
  return lines
    .map((line, index) => {
      if (index === lines.length - 1) return line;
      const kept =
        index < head
          ? before[index]
          : index >= lines.length - tail
            ? before.at(index - lines.length)
            : undefined;
      return line + (kept?.end || ending);
    })
    .join('');
}

function encode(text: string, { encoding, hasMark }: FileFormat): Buffer {
  if (encoding === 'Latin-1') return encodeLatin1(text);
  const marked = hasMark ? `\ufeff${text}` : text;
  if (encoding === 'UTF-8') return Buffer.from(marked, 'utf8');
  const bytes = Buffer.from(marked, 'utf16le');
  return encoding === 'UTF-16LE' ? bytes : bytes.swap16();
}

function encodeLatin1(text: string): Buffer {
  const bytes = Buffer.alloc(text.length);
  for (let at = 0; at < text.length; at++) {
    const byte = LATIN1.get(text[at] ?? '');
    if (byte === undefined)
      throw invalid({
        content: `This file is not UTF-8, and its encoding has no "${text.slice(at, at + 2)}". Leave it out.`,
      });
    bytes[at] = byte;
  }
  return bytes;
}

/** The bytes of windows-1252, as browsers and `decodeText` read it. */
const LATIN1: ReadonlyMap<string, number> = new Map(
  [...new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 256 }, (_, byte) => byte))].map(
    (character, byte) => [character, byte],
  ),
);
