// One byte range of a file (RFC 9110, section 14): `Range: bytes=<first>-<last>`, `<first>-` or `-<length>`.

/** From `from` up to and without `to`. */
export interface ByteRange {
  from: number;
  to: number;
}

/**
 * The range asked for, or undefined for the whole: no header, several ranges, nonsense, or an If-Range that names
 * another version.
 */
export function parseRange(
  header: string | undefined,
  size: number,
  ifRange: string | undefined,
  tag: string,
): ByteRange | 'unsatisfiable' | undefined {
  if (ifRange !== undefined && ifRange.trim() !== tag) return undefined;
  const match = /^bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/.exec(header ?? '');
  if (!match) return undefined;
  const [first = '', last = ''] = [match[1], match[2]];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { from: size - length, to: size };
  }
  const from = Number(first);
  if (last !== '' && Number(last) < from) return undefined;
  if (from >= size) return 'unsatisfiable';
  return { from, to: last === '' ? size : Math.min(Number(last) + 1, size) };
}
