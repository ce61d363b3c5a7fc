// One build at a time: several tests and people may ask for one at once.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DIST } from './places.ts';

const LOCK = join(DIST, 'build.lock');

/** Waits until no other build runs, then holds the lock while `work` does. */
export async function withBuildLock<T>(work: () => Promise<T>): Promise<T> {
  mkdirSync(DIST, { recursive: true });
  while (!tryLock()) await sleep(200);
  try {
    return await work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

function tryLock(): boolean {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    removeDeadLock();
    return false;
  }
}

/** A build that was killed leaves its lock behind; its process id tells. */
function removeDeadLock(): void {
  try {
    const owner = Number(readFileSync(LOCK, 'utf8'));
    if (owner > 0) process.kill(owner, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') rmSync(LOCK, { force: true });
  }
}
