// What stacks do when one of them is merged.
import { z } from 'zod';
import type { App } from '../../platform/app.types.ts';
import { followMerge, RESTACK_JOB, restack } from './stack-upkeep.service.ts';

const payload = z.object({ pullId: z.number().int(), height: z.number().int() });

/** Subscribes stacks to merges and defines their job. */
export function registerStacks(app: App): void {
  app.jobs.define({
    kind: RESTACK_JOB,
    queue: 'default',
    run: async (raw) => {
      const { pullId, height } = payload.parse(raw);
      await restack(app, pullId, height);
    },
  });
  app.events.subscribe({
    name: 'stacks',
    kinds: ['pull.merged'],
    onEvent: async (event) => {
      if (event.kind === 'pull.merged') await followMerge(app, event.issueId);
    },
  });
}
