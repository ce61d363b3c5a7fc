// Lets one process at a time serve a data directory. The lock is SQLite's own on a small file of its own, which the
// kernel frees when the process ends in whatever way: nothing is left to clean up after kill -9.
import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { AppError } from '../../base/errors.ts';

export interface ProcessLock {
  release(): void;
}

interface Holder {
  pid: number;
  /** ISO 8601. */
  since: string;
}

/** Takes the lock at `file`; throws AppError conflict that names the process holding it. */
export function takeProcessLock(file: string): ProcessLock {
  const database = new Database(file, { timeout: 0 });
  try {
    // No journal file: nothing is ever written, and a read-only remainder must not matter.
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) throw heldBy(readHolder(file), error);
    throw error;
  }
  writeHolder(file);
  return { release: () => database.close() };
}

function heldBy(holder: Holder | undefined, cause: unknown): AppError {
  const who = holder ? `process ${holder.pid}, since ${holder.since}` : 'another process';
  return new AppError(
    'conflict',
    `This data directory is in use by ${who}: stop that one first, or choose another directory with --data.`,
    { cause },
  );
}

// Beside the lock, since the locked file itself cannot be read by others. Only a hint for people.
function holderFile(file: string): string {
  return `${file}.holder`;
}

function writeHolder(file: string): void {
  const holder: Holder = { pid: process.pid, since: new Date().toISOString() };
  writeFileSync(holderFile(file), JSON.stringify(holder), { mode: 0o600 });
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(holderFile(file), 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}
