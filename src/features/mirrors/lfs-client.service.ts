// Large files of other servers (git-lfs, docs/api/batch.md): which they have or want, and the bytes, both ways.
import { Readable } from 'node:stream';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { type OutgoingAnswer, readJsonAnswer } from '../../platform/net/outgoing.ts';
import type { LfsPointer } from '../lfs/lfs.types.ts';
import { readLfsObject, storageKeyOf, storeLfsObject } from '../lfs/lfs-objects.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Remote } from './mirrors.types.ts';

/** One batch; servers allow a hundred at least. */
export const LFS_BATCH = 100;
const AT_ONCE = 4;
const MOST_ANSWER = 4 * 1024 * 1024;
const TYPE = 'application/vnd.git-lfs+json';
/** Headers that are ours to set, whatever an answer says. */
const OURS = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'expect',
  'accept-encoding',
]);

interface Action {
  href: string;
  header: Record<string, string>;
}

interface Offered extends LfsPointer {
  actions: Partial<Record<'download' | 'upload' | 'verify', Action>>;
  hasError: boolean;
}

/** Fetches objects into a repository; returns how many the other server could not give. At most a batch at once. */
export async function downloadObjects(
  app: App,
  open: OpenRepository,
  remote: Remote,
  pointers: readonly LfsPointer[],
  signal: AbortSignal,
): Promise<number> {
  const offered = await batch(app, remote, 'download', pointers, signal);
  let missing = pointers.length - offered.length;
  await eachAtOnce(offered, async ({ oid, size, actions, hasError }) => {
    if (hasError || !actions.download) missing += 1;
    else if (!(await download(app, open, remote, { oid, size }, actions.download, signal))) missing += 1;
  });
  return missing;
}

/** Sends what the other server lacks of some objects. At most a batch at once. */
export async function uploadObjects(
  app: App,
  remote: Remote,
  pointers: readonly LfsPointer[],
  signal: AbortSignal,
): Promise<void> {
  const offered = await batch(app, remote, 'upload', pointers, signal);
  await eachAtOnce(offered, async ({ oid, size, actions, hasError }) => {
    if (hasError) throw new AppError('unavailable', 'The server refuses some of the large files.');
    if (actions.upload) await upload(app, remote, { oid, size }, actions.upload, signal);
    if (actions.upload && actions.verify) await verify(app, remote, { oid, size }, actions.verify, signal);
  });
}

async function batch(
  app: App,
  remote: Remote,
  operation: 'download' | 'upload',
  pointers: readonly LfsPointer[],
  signal: AbortSignal,
): Promise<Offered[]> {
  const objects = pointers.map(({ oid, size }) => ({ oid, size }));
  const answer = await app.outgoing.fetch(`${endpointOf(remote.url)}/objects/batch`, {
    method: 'POST',
    headers: { accept: TYPE, 'content-type': TYPE },
    ...credentialsFor(remote),
    body: JSON.stringify({ operation, transfers: ['basic'], objects, hash_algo: 'sha256' }),
    signal,
  });
  if (answer.status !== 200) {
    answer.body.destroy();
    throw new AppError('unavailable', `The server gives no large files (status ${answer.status}).`);
  }
  return offeredIn(await readJsonAnswer(answer, MOST_ANSWER), pointers);
}

/** Where the objects of a repository are (git-lfs, docs/api/server-discovery.md). */
function endpointOf(url: string): string {
  const base = url.replace(/\/+$/, '');
  return `${base.endsWith('.git') ? base : `${base}.git`}/info/lfs`;
}

function credentialsFor({ authorization }: Remote) {
  return authorization === undefined ? {} : { secretHeaders: { authorization } };
}

/** Only what was asked for, with the sizes that were asked for. */
function offeredIn(value: unknown, asked: readonly LfsPointer[]): Offered[] {
  const { objects } = (value ?? {}) as { objects?: unknown };
  if (!Array.isArray(objects))
    throw new AppError('unavailable', 'The server does not speak the batch API of Git LFS.');
  const open = new Map(asked.map((pointer) => [pointer.oid, pointer]));
  return objects.flatMap((one: unknown) => {
    const { oid, actions, error } = (one ?? {}) as { oid?: unknown; actions?: unknown; error?: unknown };
    const pointer = open.get(String(oid));
    if (!pointer) return [];
    open.delete(pointer.oid);
    return [{ ...pointer, actions: actionsIn(actions), hasError: error !== undefined && error !== null }];
  });
}

function actionsIn(value: unknown): Offered['actions'] {
  const found: Offered['actions'] = {};
  for (const name of ['download', 'upload', 'verify'] as const) {
    const action = (value as Record<string, unknown> | null | undefined)?.[name];
    const { href, header } = (action ?? {}) as { href?: unknown; header?: unknown };
    if (typeof href === 'string') found[name] = { href, header: headersIn(header) };
  }
  return found;
}

function headersIn(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  const entries = Object.entries(value).filter(
    ([name, text]) => typeof text === 'string' && /^[\w-]+$/.test(name) && !OURS.has(name.toLowerCase()),
  );
  return Object.fromEntries(entries) as Record<string, string>;
}

/** What a server says to send goes where it says; our own credentials go to their own host only. */
function headersFor(remote: Remote, { href, header }: Action) {
  const isHome = URL.parse(href)?.origin === new URL(remote.url).origin;
  const hasOwn = Object.keys(header).some((name) => name.toLowerCase() === 'authorization');
  return {
    secretHeaders: {
      ...(isHome && !hasOwn && remote.authorization ? { authorization: remote.authorization } : {}),
      ...header,
    },
  };
}

async function download(
  app: App,
  open: OpenRepository,
  remote: Remote,
  pointer: LfsPointer,
  action: Action,
  signal: AbortSignal,
): Promise<boolean> {
  const answer = await app.outgoing.fetch(action.href, { ...headersFor(remote, action), signal });
  if (answer.status !== 200) {
    answer.body.destroy();
    return false;
  }
  try {
    await storeLfsObject(app, open, pointer, answer.body);
    return true;
  } catch (error) {
    answer.body.destroy();
    signal.throwIfAborted();
    // Other bytes than the pointer says, or more than is allowed here.
    if (error instanceof AppError && (error.code === 'invalid' || error.code === 'too_large')) return false;
    throw error;
  }
}

async function upload(
  app: App,
  remote: Remote,
  pointer: LfsPointer,
  action: Action,
  signal: AbortSignal,
): Promise<void> {
  const found = { size: pointer.size, storageKey: storageKeyOf(pointer.oid) };
  const { secretHeaders } = headersFor(remote, action);
  const hasType = Object.keys(action.header).some((name) => name.toLowerCase() === 'content-type');
  const type = hasType ? {} : { 'content-type': 'application/octet-stream' };
  const answer = await app.outgoing.fetch(action.href, {
    method: 'PUT',
    headers: { ...type, 'content-length': String(pointer.size) },
    secretHeaders,
    body: pointer.size === 0 ? '' : Readable.from(readLfsObject(app, found)),
    redirects: 0,
    signal,
  });
  requireTaken(answer);
}

async function verify(
  app: App,
  remote: Remote,
  pointer: LfsPointer,
  action: Action,
  signal: AbortSignal,
): Promise<void> {
  const answer = await app.outgoing.fetch(action.href, {
    method: 'POST',
    headers: { accept: TYPE, 'content-type': TYPE },
    ...headersFor(remote, action),
    body: JSON.stringify(pointer),
    signal,
  });
  requireTaken(answer);
}

function requireTaken(answer: OutgoingAnswer): void {
  answer.body.resume();
  if (answer.status >= 200 && answer.status < 300) return;
  throw new AppError('unavailable', `The server does not take the large files (status ${answer.status}).`);
}

async function eachAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
