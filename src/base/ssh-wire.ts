// SSH's encoding of strings (RFC 4251, section 5): four bytes of length, then so many bytes.

/** The first strings of some data; undefined when it ends early. */
export function readStrings(data: Buffer, count: number): Buffer[] | undefined {
  const strings: Buffer[] = [];
  for (let at = 0; strings.length < count; ) {
    if (at + 4 > data.length) return undefined;
    const end = at + 4 + data.readUInt32BE(at);
    if (end > data.length) return undefined;
    strings.push(data.subarray(at + 4, end));
    at = end;
  }
  return strings;
}

/** How many bytes strings take up with their lengths. */
export function sizeOfStrings(strings: readonly Buffer[]): number {
  return strings.reduce((size, string) => size + 4 + string.length, 0);
}

/** Some bytes behind their length. */
export function wireString(bytes: Buffer | string): Buffer {
  const body = Buffer.from(bytes);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}
