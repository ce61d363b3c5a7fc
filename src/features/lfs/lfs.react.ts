// What the room of large files does when something happened: a fork has the objects that its parent had.
import type { App } from '../../platform/app.types.ts';
import { registerLfsJobs } from './lfs.jobs.ts';
import { insertObject, listObjectsUntil } from './lfs-objects.store.ts';

/** Subscribes the room to events and defines its jobs. */
export function registerLfs(app: App): void {
  registerLfsJobs(app);
  app.events.subscribe({
    name: 'lfs',
    kinds: ['repository.forked'],
    onEvent: async (event) => {
      if (event.kind !== 'repository.forked') return;
      await copyObjects(app, event.parentId, event.repositoryId, event.createdAt);
    },
  });
}

/** Whoever forked could read all of them by then. */
async function copyObjects(app: App, from: number, to: number, until: number): Promise<void> {
  for (let after = ''; ; ) {
    const rows = await listObjectsUntil(app.db.read, from, { after, until, limit: 200 });
    if (rows.length === 0) return;
    await app.db.write(async (tx) => {
      for (const row of rows) await insertObject(tx, { ...row, repositoryId: to });
    });
    after = rows.at(-1)?.oid ?? '';
  }
}
