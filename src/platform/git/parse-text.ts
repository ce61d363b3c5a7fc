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

function decodeDeclared(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    // An unknown label, or bytes that are not of this encoding.
    return undefined;
  }
}
