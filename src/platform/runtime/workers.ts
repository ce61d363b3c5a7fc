// Starts worker threads, whose code lies in the executable or in `<name>.worker.ts` anywhere below src.
import { Worker } from 'node:worker_threads';
import { entryFile } from './entry-files.ts';
import { resourceText } from './resources.ts';
import { isExecutable } from './version.ts';

export interface WorkerLimits {
  /** Megabytes of JavaScript heap; a worker that needs more ends with ERR_WORKER_OUT_OF_MEMORY. */
  heapMegabytes?: number;
}

/** Starts the worker `<name>.worker.ts`; `workerData` is cloned into it. */
export function startWorker(name: string, workerData?: unknown, limits: WorkerLimits = {}): Worker {
  const options = {
    name,
    workerData,
    ...(limits.heapMegabytes === undefined
      ? {}
      : { resourceLimits: { maxOldGenerationSizeMb: limits.heapMegabytes } }),
  };
  if (isExecutable()) return new Worker(resourceText(`workers/${name}.js`), { ...options, eval: true });
  return new Worker(entryFile(`${name}.worker.ts`), { ...options, execArgv: [] });
}
