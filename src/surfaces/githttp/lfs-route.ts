// Which URLs belong to git-lfs: everything below `/owner/name.git/info/lfs/`.

export interface LfsRoute {
  owner: string;
  name: string;
  method: string;
  /** What is asked for, in the words of the specification. */
  kind:
    | 'batch'
    | 'download'
    | 'upload'
    | 'verify'
    | 'list-locks'
    | 'create-lock'
    | 'verify-locks'
    | 'unlock'
    | 'unknown';
  /** Of downloads and uploads. */
  oid: string;
  /** Of uploads: the bytes that were announced. */
  size: number;
  /** Of unlocking. */
  lockId: number;
  query: URLSearchParams;
}

const PATH = /^\/([A-Za-z0-9_][A-Za-z0-9._-]*)\/([A-Za-z0-9._-]+)\.git\/info\/lfs\/([^?#]*)(?:\?(.*))?$/;

const ROUTES: readonly (readonly [method: string, path: RegExp, kind: LfsRoute['kind']])[] = [
  ['POST', /^objects\/batch$/, 'batch'],
  ['GET', /^objects\/(?<oid>[0-9a-f]{64})$/, 'download'],
  ['HEAD', /^objects\/(?<oid>[0-9a-f]{64})$/, 'download'],
  ['PUT', /^objects\/(?<oid>[0-9a-f]{64})\/(?<size>\d{1,15})$/, 'upload'],
  ['POST', /^objects\/verify$/, 'verify'],
  ['GET', /^locks$/, 'list-locks'],
  ['POST', /^locks$/, 'create-lock'],
  ['POST', /^locks\/verify$/, 'verify-locks'],
  ['POST', /^locks\/(?<lock>[1-9]\d{0,14})\/unlock$/, 'unlock'],
];

/** Recognises a URL of git-lfs; undefined for everybody else's. */
export function lfsRouteOf(method: string, url: string): LfsRoute | undefined {
  const match = PATH.exec(url);
  if (!match) return undefined;
  const [, owner = '', name = '', rest = '', query = ''] = match;
  for (const [allowed, path, kind] of ROUTES) {
    const found = allowed === method ? path.exec(rest) : null;
    if (!found) continue;
    const { oid = '', size = '0', lock = '0' } = found.groups ?? {};
    return routeOf({ kind, oid, size: Number(size), lockId: Number(lock) });
  }
  return routeOf({ kind: 'unknown', oid: '', size: 0, lockId: 0 });

  function routeOf(what: Pick<LfsRoute, 'kind' | 'oid' | 'size' | 'lockId'>): LfsRoute {
    return { owner, name, method, query: new URLSearchParams(query), ...what };
  }
}
