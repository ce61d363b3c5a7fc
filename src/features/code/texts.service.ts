// Tells text from binary and decodes it: UTF-8, UTF-16 with a byte order mark, else Latin-1 (windows-1252).

export interface DecodedText {
  text: string;
  encoding: 'UTF-8' | 'UTF-16LE' | 'UTF-16BE' | 'Latin-1';
}

/** Bytes looked at to tell text from binary, as git does. */
const PROBE = 8000;

/** The text of a file, or undefined when it is binary. */
export function decodeText(data: Buffer): DecodedText | undefined {
  if (data[0] === 0xff && data[1] === 0xfe) return utf16(data, 'UTF-16LE');
  if (data[0] === 0xfe && data[1] === 0xff) return utf16(data, 'UTF-16BE');
  if (data.subarray(0, PROBE).includes(0)) return undefined;
  const body = data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf ? data.subarray(3) : data;
  try {
    return {
      text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body),
      encoding: 'UTF-8',
    };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(body), encoding: 'Latin-1' };
  }
}

/** Whether the beginning of a file looks like text. */
export function looksLikeText(start: Buffer): boolean {
  const wide = (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff);
  return wide || !start.subarray(0, PROBE).includes(0);
}

function utf16(data: Buffer, encoding: 'UTF-16LE' | 'UTF-16BE'): DecodedText | undefined {
  if (data.length % 2 !== 0) return undefined;
  const text = new TextDecoder(encoding.toLowerCase()).decode(data);
  return text.includes('\0') ? undefined : { text, encoding };
}
