// Other servers' repositories: what they have, fetching from them, pushing to them. Only by the gateway (platform/net).
import { AppError, isAppError } from '../../base/errors.ts';
import type { GatewaySession } from '../net/git-gateway.ts';
import type { Git, ObjectFormat, Oid, RepoDir } from './git.types.ts';
import { isValidRefName } from './ref-names.ts';
import { FETCH_CONFIG } from './transport-config.ts';

/** What another repository has: branches, tags and notes by full name, and where its HEAD points. */
export interface RemoteRefs {
  head: string | undefined;
  refs: Map<string, Oid>;
  format: ObjectFormat;
}

export interface RemoteOptions {
  session: GatewaySession;
  signal: AbortSignal;
  /** Milliseconds. */
  timeout: number;
}

const FOLLOWED = /^refs\/(?:heads|tags|notes)\//;
/** 200,000 annotated tags take 30 MB; what is listed takes several times that of our memory. */
const MOST_LISTED = 48 * 1024 * 1024;
/** What a fetch may take: a bomb in a pack ends with an error and not with the machine's memory. */
const LIMITS = { dataBytes: 3 * 1024 ** 3, cpuSeconds: 4 * 3600 };

/** Asks another repository what it has. Throws AppError with the reason in words. */
export async function listRemote(git: Git, options: RemoteOptions): Promise<RemoteRefs> {
  const { session, signal, timeout } = options;
  const args = ['ls-remote', '--quiet', '--symref', session.url];
  try {
    const listed = await git.run(args, { config: session.config, signal, timeout, maxBytes: MOST_LISTED });
    return parseListing(listed.stdout.toString('utf8'));
  } catch (error) {
    if (isAppError(error, 'too_large') && !session.failure())
      throw new AppError('too_large', 'The repository has more branches and tags than can be taken here.');
    throw failureOf(error, options);
  }
}

function parseListing(text: string): RemoteRefs {
  const refs = new Map<string, Oid>();
  let head: string | undefined;
  let format: ObjectFormat = 'sha1';
  for (const [line] of text.matchAll(/[^\n]+/g)) {
    const [value = '', name = ''] = line.split('\t');
    if (name === 'HEAD' && value.startsWith('ref: ')) head ??= value.slice('ref: '.length);
    if (value.length === 64) format = 'sha256';
    // Names that are not UTF-8 cannot be told apart here.
    // A server may say anything: a colon would make two names of one, and so write where nobody asked.
    if (!FOLLOWED.test(name) || !isValidRefName(name) || name.includes('\ufffd')) continue;
    if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value)) continue;
    refs.set(name, value);
  }
  return { head, refs, format };
}

export interface Progress {
  /** In git's words, e.g. `Receiving objects`. */
  stage: string;
  percent: number;
}

/**
 * Fetches refs into other names of ours, whatever these were before. Objects are checked as those of pushes are. Tells of
 * progress as git does. Throws AppError with the reason in words.
 */
export async function fetchRemote(
  git: Git,
  dir: RepoDir,
  pairs: readonly (readonly [theirs: string, ours: string])[],
  options: RemoteOptions & { onProgress(progress: Progress): void },
): Promise<void> {
  const { session, signal, timeout, onProgress } = options;
  const args = ['fetch', '--progress', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
  const limited = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
  const child = await git.spawn([...args, '--no-auto-maintenance', '--refmap=', '--stdin', session.url], {
    dir,
    config: [...FETCH_CONFIG, ...session.config],
    signal: limited,
    merged: true,
    background: true,
    limits: LIMITS,
  });
  child.stdin.on('error', () => {});
  child.stdin.end(pairs.map(([theirs, ours]) => `+${theirs}:${ours}\n`).join(''));
  const said = await follow(child.stdout, onProgress).catch(() => '');
  const { code } = await child.exited;
  if (code === 0 && !limited.aborted) return;
  if (limited.aborted && !signal.aborted) throw tookTooLong();
  throw failureOf(new Error(said), options);
}

/** Passes progress on, and keeps the last of what was said. */
async function follow(
  output: AsyncIterable<Buffer>,
  onProgress: (progress: Progress) => void,
): Promise<string> {
  let rest = '';
  let kept = '';
  for await (const chunk of output) {
    const lines = (rest + chunk.toString('utf8')).split(/[\r\n]/);
    rest = (lines.pop() ?? '').slice(-4096);
    for (const line of lines) {
      const match = /^(?:remote: )?([A-Z][A-Za-z ]{2,40}): +(\d{1,3})% /.exec(line);
      if (match?.[1]) onProgress({ stage: match[1], percent: Number(match[2]) });
      else if (line !== '') kept = `${kept}${line}\n`.slice(-8192);
    }
  }
  return kept + rest;
}

/**
 * Makes another repository's branches and tags what ours are; what is not ours there is removed. Returns the refs it
 * refused. Throws AppError with the reason in words.
 */
export async function pushRemote(git: Git, dir: RepoDir, options: RemoteOptions): Promise<string[]> {
  const { session, signal, timeout } = options;
  const specs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
  const args = ['push', '--porcelain', '--prune', '--no-verify', '--no-signed', session.url, ...specs];
  const config = [['push.recurseSubmodules', 'no'], ...session.config] as const;
  try {
    const { code, stdout, stderr } = await git.run(args, {
      ...{ dir, config, signal, timeout, background: true, limits: LIMITS },
      okCodes: [0, 1],
    });
    const refused = [...stdout.toString('utf8').matchAll(/^!\t[^\t]*:([^\t]+)\t\[?([^\n]*)/gm)];
    if (code === 0) return [];
    if (refused.length === 0) throw new Error(stderr);
    return refused.map(([, name = '', reason = '']) => `${name}: ${reason.replace(/\]/, '')}`);
  } catch (error) {
    throw failureOf(error, options);
  }
}

/** Why it did not work: what the gateway saw comes first, then what git says of the objects, then nothing of ours. */
function failureOf(error: unknown, { session, signal }: RemoteOptions): unknown {
  if (signal.aborted) return signal.reason;
  const seen = session.failure();
  if (seen) return seen;
  if (error instanceof AppError && /took too long/.test(error.message)) return tookTooLong();
  if (error instanceof AppError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const broken = /(?:object|error in object) ([0-9a-f]{40,64}): ([a-zA-Z]+)/.exec(text);
  if (broken) {
    const message = `The repository holds a damaged object, ${broken[1]?.slice(0, 12)} (${broken[2]}).`;
    return new AppError('invalid', message, { cause: error });
  }
  return new AppError('unavailable', 'The transfer broke off: the other server or the connection failed.', {
    cause: error,
  });
}

/** What whoever waits is told when a run was ended for its length. */
export function tookTooLong(): AppError {
  return new AppError('unavailable', 'It took longer than is allowed here, and was ended.');
}
