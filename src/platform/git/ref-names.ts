// Which names git accepts for refs: the rules of git-check-ref-format(1).

/** Whether a full name such as `refs/heads/main` is one that git could have written, and safe to look up as a file. */
export function isValidRefName(name: string): boolean {
  if (name.length > 1024 || !name.includes('/') || name.endsWith('/') || name.endsWith('.')) return false;
  if (/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\//.test(name)) return false;
  return name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}
