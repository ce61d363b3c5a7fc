// Which names git accepts for refs: the rules of git-check-ref-format(1). Also keeps names from the outside from
// leaving `refs/` when they are looked up as files.

const LONGEST = 1024;
/** A file name longer than this cannot be on a disk. */
const LONGEST_PART = 255;

/** Whether a full name such as `refs/heads/main` is one that git could have written, and safe to look up as a file. */
export function isValidRefName(name: string): boolean {
  if (name.length > LONGEST || !name.includes('/') || name.endsWith('.')) return false;
  if (/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{/.test(name)) return false;
  return name.split('/').every(isValidPart);
}

function isValidPart(part: string): boolean {
  return (
    part !== '' && !part.startsWith('.') && !part.endsWith('.lock') && Buffer.byteLength(part) <= LONGEST_PART
  );
}
