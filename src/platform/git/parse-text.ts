// Turns bytes that git keeps (messages, names, file content) into text, whatever their encoding.

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text in a declared encoding; else UTF-8 where it is valid, else Latin-1, which is what such history mostly is. */
export function decodeText(bytes: Uint8Array, encoding?: string): string {
  const declared = encoding === undefined ? undefined : decodeDeclared(bytes, encoding);
  if (declared !== undefined) return declared;
  try {
    return utf8.decode(bytes);
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  }
}

/** Bytes of a message that are kept. */
const LONGEST_MESSAGE = 64 * 1024;
const CUT = '\n\n[The rest of this message is not shown.]';

/** Whether a decoded message is not whole. */
export function isCutMessage(message: string): boolean {
  return message.endsWith(CUT);
}

/** A commit's or tag's message; of one that is too long the beginning, and a sentence that says so. */
export function decodeMessage(bytes: Buffer, encoding?: string): string {
  if (bytes.length <= LONGEST_MESSAGE) return decodeText(bytes, encoding);
  return decodeText(bytes.subarray(0, endOfText(bytes, LONGEST_MESSAGE)), encoding) + CUT;
}

/** The end of the last whole line before `most`, or else of the last whole character of UTF-8. */
function endOfText(bytes: Buffer, most: number): number {
  const line = bytes.lastIndexOf(10, most);
  if (line > most / 2) return line;
  let end = most;
  while (end > most - 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return end;
}

function decodeDeclared(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    // An unknown label, or bytes that are not of this encoding.
    return undefined;
  }
}
