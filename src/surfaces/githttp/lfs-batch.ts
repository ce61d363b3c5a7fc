// What may be fetched or sent, object by object, and where (git-lfs, docs/api/batch.md).
import { AppError } from '../../base/errors.ts';
import { type FoundLfsObject, LFS_OID, type LfsPointer } from '../../features/lfs/lfs.types.ts';
import { findLfsObjects, requireAllowedSize } from '../../features/lfs/lfs-objects.service.ts';
import type { OpenRepository } from '../../features/repos/repos.types.ts';
import { type LfsCall, lfsStatus, openForLfs, readLfsJson, sendLfsJson } from './lfs-call.ts';

/** Clients ask for a hundred at once. */
const MOST_OBJECTS = 1000;

interface Action {
  href: string;
  header?: Record<string, string>;
}

interface Answered extends LfsPointer {
  authenticated?: true;
  actions?: Record<string, Action>;
  error?: { code: number; message: string };
}

/** Answers a batch request. */
export async function answerBatch(call: LfsCall): Promise<void> {
  const body = await readLfsJson(call);
  const { operation } = body;
  if (operation !== 'download' && operation !== 'upload')
    throw new AppError('invalid', 'The operation must be download or upload.');
  const open = await openForLfs(call, operation);
  requireBasic(body.transfers);
  if (body.hash_algo !== undefined && body.hash_algo !== 'sha256')
    throw new AppError('conflict', 'Objects are named by sha256 here.');
  const wanted = objectsOf(body.objects);
  const found = await findLfsObjects(
    call.app,
    open,
    wanted.map(({ oid }) => oid),
  );
  const answer = operation === 'download' ? downloadOf : uploadOf;
  const objects = await Promise.all(wanted.map((one) => answer(call, open, one, found.get(one.oid))));
  sendLfsJson(call.response, 200, { transfer: 'basic', objects, hash_algo: 'sha256' });
}

function requireBasic(transfers: unknown): void {
  const isOffered = transfers === undefined || (Array.isArray(transfers) && transfers.length === 0);
  if (isOffered || (Array.isArray(transfers) && transfers.includes('basic'))) return;
  throw new AppError('invalid', 'Only the transfer basic is served.');
}

function objectsOf(value: unknown): LfsPointer[] {
  if (!Array.isArray(value)) throw new AppError('invalid', 'Name the objects.');
  if (value.length > MOST_OBJECTS)
    throw new AppError('too_large', `At most ${MOST_OBJECTS} objects may be asked for at once.`);
  return value.map((one: unknown) => {
    const { oid, size } = (one ?? {}) as Partial<Record<string, unknown>>;
    return { oid: typeof oid === 'string' ? oid : '', size: typeof size === 'number' ? size : -1 };
  });
}

function isPointer({ oid, size }: LfsPointer): boolean {
  return LFS_OID.test(oid) && Number.isSafeInteger(size) && size >= 0;
}

const MALFORMED = { code: 422, message: 'This is not the id and the size of an object.' };

async function downloadOf(
  call: LfsCall,
  open: OpenRepository,
  wanted: LfsPointer,
  found: FoundLfsObject | undefined,
): Promise<Answered> {
  if (!isPointer(wanted)) return { ...wanted, error: MALFORMED };
  if (!found || (await call.app.storage.size(found.storageKey)) === undefined)
    return { ...wanted, error: { code: 404, message: 'This repository has no such object.' } };
  const isOpen = open.repository.visibility === 'public';
  return {
    oid: wanted.oid,
    size: found.size,
    authenticated: true,
    actions: { download: actionOf(call, open, `objects/${wanted.oid}`, !isOpen) },
  };
}

async function uploadOf(
  call: LfsCall,
  open: OpenRepository,
  wanted: LfsPointer,
  found: FoundLfsObject | undefined,
): Promise<Answered> {
  if (!isPointer(wanted)) return { ...wanted, error: MALFORMED };
  try {
    requireAllowedSize(call.app, wanted.size);
  } catch (error) {
    return { ...wanted, error: { code: lfsStatus(error), message: (error as Error).message } };
  }
  // Of a row whose content was lost the bytes are taken again.
  if (found && (await call.app.storage.size(found.storageKey)) === found.size)
    return { oid: wanted.oid, size: found.size };
  const upload = actionOf(call, open, `objects/${wanted.oid}/${wanted.size}`, true);
  const verify = actionOf(call, open, 'objects/verify', true);
  return { ...wanted, authenticated: true, actions: { upload, verify } };
}

/** The client's own credentials go back to it where the next request needs them: nothing else is made for that. */
function actionOf(
  { app, request }: LfsCall,
  open: OpenRepository,
  path: string,
  needsCredentials: boolean,
): Action {
  const href = `${app.publicUrl()}${open.path}.git/info/lfs/${path}`;
  const { authorization } = request.headers;
  return needsCredentials && authorization ? { href, header: { Authorization: authorization } } : { href };
}
