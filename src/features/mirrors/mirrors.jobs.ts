// What the room of mirrors does later and on a schedule: imports, runs of mirrors, and looking which are due.
import { z } from 'zod';
import type { App } from '../../platform/app.types.ts';
import { runImport } from './import-run.service.ts';
import { IMPORT_JOB } from './imports.service.ts';
import { enqueueDueMirrors, runMirror } from './mirror-run.service.ts';
import { MIRROR_JOB } from './mirrors.service.ts';

const DUE_JOB = 'mirrors.due';

const importPayload = z.object({ repositoryId: z.number().int() });
const mirrorPayload = z.object({ mirrorId: z.number().int() });

/** Defines the room's jobs and schedules. */
export function registerMirrorJobs(app: App): void {
  app.jobs.define({
    kind: IMPORT_JOB,
    queue: 'transfers',
    // Somebody waits for it.
    priority: 50,
    run: (payload, context) => runImport(app, importPayload.parse(payload).repositoryId, context),
  });
  app.jobs.define({
    kind: MIRROR_JOB,
    queue: 'transfers',
    run: (payload, { signal }) => runMirror(app, mirrorPayload.parse(payload).mirrorId, signal),
  });
  app.jobs.define({ kind: DUE_JOB, queue: 'default', run: () => enqueueDueMirrors(app) });
  app.jobs.schedule({ name: DUE_JOB, cron: '* * * * *', kind: DUE_JOB });
}
