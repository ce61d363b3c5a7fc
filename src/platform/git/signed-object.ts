// Takes a commit or tag apart into its signature and what was signed, byte for byte (git's commit.c and gpg-interface.c:
// a commit's signature stands in a header, a tag's behind its message; headers of the other object format are left out).
import type { ObjectFormat } from './git.types.ts';

export interface SignedObject {
  /** The armored block. */
  signature: string;
  payload: Buffer;
}

const HEADERS: Readonly<Record<ObjectFormat, string>> = { sha1: 'gpgsig ', sha256: 'gpgsig-sha256 ' };
const MARKERS = [
  '-----BEGIN PGP SIGNATURE-----',
  '-----BEGIN PGP MESSAGE-----',
  '-----BEGIN SIGNED MESSAGE-----',
  '-----BEGIN SSH SIGNATURE-----',
];
const [LINE_FEED, SPACE] = [10, 32];

/** The signature in a commit's header for this object format, and the commit without any such header. */
export function splitSignedCommit(data: Buffer, format: ObjectFormat): SignedObject | undefined {
  const { kept, signatures } = withoutSignatures(data, HEADERS[format]);
  // Two would be two claims of which only one is looked at.
  const [signature] = signatures;
  if (signature === undefined || signatures.length > 1) return undefined;
  return { signature, payload: kept };
}

/** The signature behind a tag's message, and the tag without it. */
export function splitSignedTag(data: Buffer): SignedObject | undefined {
  const at = lastMarker(data);
  if (at === undefined) return undefined;
  const { kept } = withoutSignatures(data.subarray(0, at), undefined);
  return { signature: data.toString('latin1', at), payload: kept };
}

function withoutSignatures(data: Buffer, header: string | undefined): { kept: Buffer; signatures: string[] } {
  const kept: Buffer[] = [];
  const signatures: string[] = [];
  let at = 0;
  let from = 0;
  while (at < data.length && data[at] !== LINE_FEED) {
    const end = headerEnd(data, at);
    if (data.toString('latin1', at, at + 6) === 'gpgsig') {
      const text = data.toString('latin1', at, end);
      if (header !== undefined && text.startsWith(header))
        signatures.push(text.slice(header.length).replaceAll('\n ', '\n'));
      kept.push(data.subarray(from, at));
      from = end;
    }
    at = end;
  }
  kept.push(data.subarray(from));
  return { kept: Buffer.concat(kept), signatures };
}

/** Where the header that begins here ends, its continuation lines and last line feed included. */
function headerEnd(data: Buffer, from: number): number {
  let end = data.indexOf(LINE_FEED, from);
  while (end >= 0 && data[end + 1] === SPACE) end = data.indexOf(LINE_FEED, end + 1);
  return end < 0 ? data.length : end + 1;
}

/** Where the last line begins that begins a signature. */
function lastMarker(data: Buffer): number | undefined {
  const found = MARKERS.map((marker) => lastLine(data, marker)).filter((at) => at !== undefined);
  return found.length === 0 ? undefined : Math.max(...found);
}

function lastLine(data: Buffer, marker: string): number | undefined {
  let at = data.lastIndexOf(marker);
  while (at > 0 && data[at - 1] !== LINE_FEED) at = data.lastIndexOf(marker, at - 1);
  return at < 0 ? undefined : at;
}
