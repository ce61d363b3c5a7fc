// What the room of large files does later: content that no repository has any more is removed, with what uploads left.
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { LFS_OID } from './lfs.types.ts';
import { inTurn, storageKeyOf } from './lfs-objects.service.ts';
import { oidsInUse } from './lfs-objects.store.ts';

const SWEEP_JOB = 'lfs.sweep';
/** Ids asked about in one query. */
const AT_ONCE = 500;

/** Defines the room's jobs and schedules. */
export function registerLfsJobs(app: App): void {
  app.jobs.define({
    kind: SWEEP_JOB,
    queue: 'maintenance',
    run: (_payload, { signal }) => sweep(app, signal),
  });
  app.jobs.schedule({ name: SWEEP_JOB, cron: '41 3 * * *', kind: SWEEP_JOB });
}

/** Only what has lain there for a day: an upload of the same content may be on its way. */
async function sweep(app: App, signal: AbortSignal): Promise<void> {
  const aged = await app.storage.list('lfs', app.clock.now() - DAY);
  const oids: string[] = [];
  for (const key of aged) {
    const name = key.split('/').at(-1) ?? '';
    if (/^lfs\/incoming\/[0-9a-f]+$/.test(key)) await app.storage.remove(key);
    else if (LFS_OID.test(name) && key === storageKeyOf(name)) oids.push(name);
  }
  for (let from = 0; from < oids.length && !signal.aborted; from += AT_ONCE)
    await removeUnused(app, oids.slice(from, from + AT_ONCE));
}

async function removeUnused(app: App, oids: string[]): Promise<void> {
  const used = await oidsInUse(app.db.read, oids);
  for (const oid of oids.filter((candidate) => !used.has(candidate)))
    await inTurn(oid, async () => {
      if ((await oidsInUse(app.db.read, [oid])).size === 0) await app.storage.remove(storageKeyOf(oid));
    });
}
