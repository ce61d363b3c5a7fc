// Serves clones, fetches and archives by git's own programs.
import { ARCHIVE_CONFIG } from './archive.ts';
import { guardArguments } from './archive-arguments.ts';
import type { Git, GitProcess, RepoDir } from './git.types.ts';
import { UPLOAD_CONFIG, WITHOUT_PULLS } from './transport-config.ts';
import { withVisibleRefs } from './visible-refs.ts';

export interface TransportOptions {
  /** HTTP: one request, one answer. */
  statelessRpc?: boolean;
  /** HTTP: only say which refs there are. */
  advertise?: boolean;
  /** What the client asked for in Git-Protocol or GIT_PROTOCOL, checked by `protocolOf`. */
  protocol?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Where a bundle lies from which a clone may begin; told by git 2.40 and newer. */
  bundleUri?: string | undefined;
  /** Refs of pull requests and of queues are not for this client. */
  hidesPulls?: boolean | undefined;
}

/** Starts upload-pack on a repository (gitprotocol-pack(5), gitprotocol-v2(5)). */
export function runUploadPack(git: Git, dir: RepoDir, options: TransportOptions): Promise<GitProcess> {
  return git.spawn(['upload-pack', '--strict', ...modeOf(options), dir], {
    env: protocolEnvironment(options.protocol),
    config: [
      ...UPLOAD_CONFIG,
      ...(options.hidesPulls ? WITHOUT_PULLS : []),
      ...bundleConfig(git, options.bundleUri),
    ],
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

/**
 * Starts upload-archive, which serves `git archive --remote`: trees that branches and tags lead to, and nothing
 * unreachable. What the client asks for passes `guardArguments` first.
 */
export async function runUploadArchive(git: Git, dir: RepoDir, signal?: AbortSignal): Promise<GitProcess> {
  const child = await withVisibleRefs(git, dir, (view) =>
    git.spawn(['upload-archive', view], {
      config: [...UPLOAD_CONFIG, ...ARCHIVE_CONFIG, ['uploadarchive.allowUnreachable', 'false']],
      background: true,
      ...(signal ? { signal } : {}),
    }),
  );
  return { ...child, stdin: guardArguments(child) };
}

/** `uploadpack.advertiseBundleURIs` came with git 2.40; before, a client names the bundle itself. */
export function tellsOfBundles({ version: [major, minor] }: Git): boolean {
  return major > 2 || minor >= 40;
}

function bundleConfig(git: Git, uri: string | undefined): (readonly [string, string])[] {
  if (uri === undefined || !tellsOfBundles(git)) return [];
  return [
    ['uploadpack.advertiseBundleURIs', 'true'],
    ['bundle.version', '1'],
    ['bundle.mode', 'all'],
    ['bundle.clone.uri', uri],
  ];
}

/** The arguments that make a server program speak to HTTP clients. */
export function modeOf(options: TransportOptions): string[] {
  return [
    ...(options.statelessRpc ? ['--stateless-rpc'] : []),
    ...(options.advertise ? ['--http-backend-info-refs'] : []),
  ];
}

/** A client's wish for a protocol version, if it is well formed: `version=2`, keys and values joined by colons. */
export function protocolOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && /^[a-z0-9=:.-]{1,64}$/.test(value) ? value : undefined;
}

/** The environment that carries it to git. */
export function protocolEnvironment(protocol: string | undefined): Record<string, string> {
  return protocol === undefined ? {} : { GIT_PROTOCOL: protocol };
}
