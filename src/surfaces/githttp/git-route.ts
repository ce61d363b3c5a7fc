// Which URLs belong to git clients (gitprotocol-http(5)), and what is refused before anything is looked up.

export type RpcService = 'upload-pack' | 'receive-pack';

export interface GitRoute {
  /** `/owner/name`, decoded; undefined when no repository can have such a name. */
  repository: string | undefined;
  /** `dumb` stands for the files of the old protocol, which is not served. */
  kind: 'advertisement' | 'rpc' | 'bundle' | 'dumb' | 'unknown-service';
  service: RpcService;
}

const PATH =
  /^\/([^/?#]+)\/([^/?#]+?)(\.git)?\/(info\/refs|clone\.bundle|git-[a-z-]+|HEAD|objects\/.*|info\/.*)$/;
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** Recognises a git client's URL; undefined for everybody else's. */
export function gitRouteOf(url: string): GitRoute | undefined {
  const [path = '', query = ''] = split(url, '?');
  const match = PATH.exec(path);
  if (!match) return undefined;
  const [, owner = '', name = '', suffix, rest = ''] = match;
  const repository = repositoryOf(owner, name);
  if (rest === 'info/refs') return advertisement(repository, query);
  if (rest === 'git-upload-pack') return { repository, kind: 'rpc', service: 'upload-pack' };
  if (rest === 'git-receive-pack') return { repository, kind: 'rpc', service: 'receive-pack' };
  if (rest === 'clone.bundle')
    return suffix === undefined ? undefined : { repository, kind: 'bundle', service: 'upload-pack' };
  if (rest.startsWith('git-')) return { repository, kind: 'unknown-service', service: 'upload-pack' };
  // Without `.git` these may be pages; LFS lives below info/lfs.
  if (suffix === undefined || rest.startsWith('info/lfs')) return undefined;
  return { repository, kind: 'dumb', service: 'upload-pack' };
}

function advertisement(repository: string | undefined, query: string): GitRoute {
  const service = new URLSearchParams(query).get('service');
  if (service === 'git-upload-pack') return { repository, kind: 'advertisement', service: 'upload-pack' };
  if (service === 'git-receive-pack') return { repository, kind: 'advertisement', service: 'receive-pack' };
  return { repository, kind: service === null ? 'dumb' : 'unknown-service', service: 'upload-pack' };
}

/** A path in the form the repositories room takes; names that cannot exist never get there. */
function repositoryOf(owner: string, name: string): string | undefined {
  return NAME.test(owner) && /^[A-Za-z0-9._-]+$/.test(name) ? `/${owner}/${name}` : undefined;
}

function split(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
