// How much room is left where the data lies.
import { statfs } from 'node:fs/promises';

export interface DiskSpace {
  totalBytes: number;
  /** What this user may still write. */
  freeBytes: number;
  /** Whether somebody should look after it soon. */
  isLow: boolean;
}

const GIBIBYTE = 1024 ** 3;
/** Of a small disk less. */
const RESERVE = GIBIBYTE;

/** Reads the file system that holds a path. */
export async function readDiskSpace(path: string): Promise<DiskSpace> {
  const { bsize, blocks, bavail } = await statfs(path);
  const [totalBytes, freeBytes] = [bsize * blocks, bsize * bavail];
  return { totalBytes, freeBytes, isLow: isLow(totalBytes, freeBytes) };
}

/** Less than 2 GiB, or less than a twentieth of a disk that is not so large that this is plenty. */
export function isLow(totalBytes: number, freeBytes: number): boolean {
  return freeBytes < 2 * GIBIBYTE || (freeBytes < totalBytes / 20 && freeBytes < 50 * GIBIBYTE);
}

/** Bytes that what people send may still take: the rest is for the database, without which nothing goes on. */
export function spareBytes({ totalBytes, freeBytes }: Pick<DiskSpace, 'totalBytes' | 'freeBytes'>): number {
  // Some network file systems do not tell.
  if (totalBytes === 0) return Number.MAX_SAFE_INTEGER;
  return Math.max(0, freeBytes - Math.min(RESERVE, totalBytes / 50));
}

/** As `spareBytes`, of the file system that holds a path. */
export async function readSpareBytes(path: string): Promise<number> {
  return spareBytes(await readDiskSpace(path));
}
