// Reads the command a git client asks to run: one of git's three services and one quoted path, or git-lfs' question for
// a pass, nothing else.
import type { LfsOperation } from '../../features/lfs/lfs-tokens.service.ts';
import type { GitService } from '../../features/repos/transport.service.ts';

export interface SshCommand {
  service: GitService;
  /** The path as sent, e.g. `/owner/name.git`. */
  path: string;
}

const COMMAND = /^git[- ](upload-pack|receive-pack|upload-archive) (.+)$/s;
const PLAIN = /^[A-Za-z0-9._/~-]+$/;

/** Parses `git-upload-pack '/owner/name.git'`; undefined for anything else. */
export function parseSshCommand(text: string): SshCommand | undefined {
  const match = COMMAND.exec(text.trim());
  if (!match?.[1] || !match[2]) return undefined;
  const path = pathOf(match[2]);
  return path === undefined ? undefined : { service: match[1] as GitService, path };
}

export interface LfsAuthentication {
  operation: LfsOperation;
  path: string;
}

const LFS = /^git-lfs-authenticate (.+) (download|upload)(?: \S+)?$/s;

/** Parses `git-lfs-authenticate owner/name.git upload`, behind which old clients name an object; undefined for the rest. */
export function parseLfsCommand(text: string): LfsAuthentication | undefined {
  const match = LFS.exec(text.trim());
  const path = match?.[1] === undefined ? undefined : pathOf(match[1]);
  return path === undefined ? undefined : { path, operation: match?.[2] as LfsOperation };
}

function pathOf(word: string): string | undefined {
  const path = unquoted(word);
  return path === undefined || path.length > 1024 || /[\x00-\x1f\x7f]/.test(path) ? undefined : path;
}

// git's sq_quote_buf: '…' around everything, with ' written '\'' and ! written '\!'. Plain words may go without.
function unquoted(word: string): string | undefined {
  if (PLAIN.test(word)) return word;
  if (!/^(?:'[^'!]*'|\\['!])+$/.test(word)) return undefined;
  return word.replace(
    /'([^'!]*)'|\\(['!])/g,
    (_all, inside?: string, escaped?: string) => inside ?? escaped ?? '',
  );
}
