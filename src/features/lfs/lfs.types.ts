// The values of the room of large files (Git LFS).
import type { lfsLocks, lfsObjects } from '../../platform/db/tables/code.ts';
import type { StorageKey } from '../../platform/storage/storage.ts';

export type LfsObjectRow = typeof lfsObjects.$inferSelect;
export type LfsLockRow = typeof lfsLocks.$inferSelect;

/** What a pointer file says: the content's SHA-256 in hex, and its bytes. */
export interface LfsPointer {
  oid: string;
  size: number;
}

/** An object that a repository has, and where `app.storage` holds it. */
export interface FoundLfsObject {
  /** Bytes. */
  size: number;
  storageKey: StorageKey;
}

/** A lock, and the name of whoever holds it. */
export interface LfsLock extends LfsLockRow {
  ownerName: string;
}

/** SHA-256 in lower-case hex. */
export const LFS_OID = /^[0-9a-f]{64}$/;
