// Reads off a signature who claims to have made it, without checking anything and without the OpenPGP library: most
// signatures of imported histories are by keys that nobody here has added.
// OpenPGP: RFC 9580, sections 4.2 (packets), 5.2.3 (signatures), 5.2.3.7 (subpackets), 6.2 (armor).

export type SignatureIssuer =
  /** Ids of 16 digits of upper-case hex; one of them made it. */
  | { kind: 'gpg'; keyIds: string[] }
  | { kind: 'ssh' }
  /** S/MIME, and what is no signature at all. */
  | { kind: 'other' };

const MAX_TEXT = 64 * 1024;
const SIGNATURE_PACKET = 2;
const ISSUER = 16;
const ISSUER_FINGERPRINT = 33;
const OTHER: SignatureIssuer = { kind: 'other' };

/** Who a signature block says it is by. */
export function issuerOf(armored: string): SignatureIssuer {
  if (armored.length > MAX_TEXT) return OTHER;
  if (armored.startsWith('-----BEGIN SSH SIGNATURE-----')) return { kind: 'ssh' };
  if (!/^-----BEGIN PGP (?:SIGNATURE|MESSAGE)-----/.test(armored)) return OTHER;
  const packet = firstPacket(bytesOf(armored));
  return packet ? { kind: 'gpg', keyIds: keyIdsOf(packet) } : OTHER;
}

function bytesOf(armored: string): Buffer {
  const lines = armored.split(/\r?\n/).map((line) => line.trim());
  const start = lines.indexOf('');
  const end = lines.findIndex((line) => line.startsWith('-----END'));
  const body = lines.slice(start + 1, end < 0 ? undefined : end).filter((line) => !line.startsWith('='));
  return Buffer.from(body.join(''), 'base64');
}

/** The body of the first packet, when it is a signature. */
function firstPacket(bytes: Buffer): Buffer | undefined {
  const head = bytes[0] ?? 0;
  const isNew = (head & 0x40) !== 0;
  if ((head & 0x80) === 0 || (isNew ? head & 0x3f : (head >> 2) & 0x0f) !== SIGNATURE_PACKET)
    return undefined;
  const length = isNew ? newLength(bytes, 1) : oldLength(bytes, head & 3);
  return length && bytes.subarray(length.end, length.end + length.value);
}

interface Length {
  value: number;
  /** Where what it counts begins. */
  end: number;
}

function oldLength(bytes: Buffer, type: number): Length | undefined {
  const size = 1 << type;
  if (type === 3 || bytes.length < 1 + size) return undefined;
  return { value: bytes.readUIntBE(1, size), end: 1 + size };
}

function newLength(bytes: Buffer, at: number): Length | undefined {
  const first = bytes[at] ?? 0;
  if (first < 192) return { value: first, end: at + 1 };
  if (first < 224) return { value: ((first - 192) << 8) + (bytes[at + 1] ?? 0) + 192, end: at + 2 };
  if (first < 255 || bytes.length < at + 5) return undefined;
  return { value: bytes.readUInt32BE(at + 1), end: at + 5 };
}

function keyIdsOf(packet: Buffer): string[] {
  if (packet[0] === 3) return packet.length >= 15 ? [hex(packet.subarray(7, 15))] : [];
  if (packet[0] !== 4) return [];
  const ids = new Set<string>();
  let at = 4;
  for (let area = 0; area < 2 && at + 2 <= packet.length; area++) {
    const end = at + 2 + packet.readUInt16BE(at);
    for (const id of idsOfArea(packet.subarray(at + 2, end))) ids.add(id);
    at = end;
  }
  return [...ids].slice(0, 4);
}

function idsOfArea(area: Buffer): string[] {
  const ids: string[] = [];
  for (let at = 0; at < area.length; ) {
    const length = subpacketLength(area, at);
    if (!length || length.value === 0) break;
    const body = area.subarray(length.end + 1, length.end + length.value);
    const type = (area[length.end] ?? 0) & 0x7f;
    if (type === ISSUER && body.length === 8) ids.push(hex(body));
    if (type === ISSUER_FINGERPRINT && body[0] === 4 && body.length === 21) ids.push(hex(body.subarray(13)));
    at = length.end + length.value;
  }
  return ids;
}

/** As of packets, except that lengths of two bytes go on to 254. */
function subpacketLength(bytes: Buffer, at: number): Length | undefined {
  const first = bytes[at] ?? 0;
  if (first < 192) return { value: first, end: at + 1 };
  if (first < 255) return { value: ((first - 192) << 8) + (bytes[at + 1] ?? 0) + 192, end: at + 2 };
  return bytes.length < at + 5 ? undefined : { value: bytes.readUInt32BE(at + 1), end: at + 5 };
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex').toUpperCase();
}
