// Writes `packed-refs` for repositories that have no refs yet; git itself rewrites it from then on.
import type { Ref } from './git.types.ts';

/** The file's content, without what tags peel to: git finds that out itself where the file does not say. */
export function packedRefsText(refs: readonly Ref[]): Buffer {
  const sorted = refs
    // A name that is not UTF-8 cannot be told from its decoded form any more.
    .filter((ref) => !ref.name.includes('\ufffd'))
    .map((ref) => ({ name: Buffer.from(ref.name), oid: ref.oid }))
    .sort((one, other) => one.name.compare(other.name));
  const lines = sorted.map(({ name, oid }) => Buffer.concat([Buffer.from(`${oid} `), name, LINE_FEED]));
  return Buffer.concat([Buffer.from('# pack-refs with: sorted \n'), ...lines]);
}

const LINE_FEED = Buffer.from('\n');
