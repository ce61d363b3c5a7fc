// Readings of the process itself, added once by the server: memory, CPU, event-loop lag, caches.
import { collectDefaultMetrics, Gauge } from 'prom-client';
import type { App } from '../app.types.ts';
import { VERSION } from '../runtime/version.ts';

/** Adds the readings that only a running server has. */
export function addProcessReadings(app: App): void {
  const { registry } = app.metrics;
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'opencodehub_build_info',
    help: 'The version that runs; the value is always 1.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version: VERSION }, 1);
  addCacheReadings(app);
}

function addCacheReadings(app: App): void {
  const registers = [app.metrics.registry];
  const entries = new Gauge({
    name: 'opencodehub_cache_entries',
    help: 'Entries per in-memory cache.',
    labelNames: ['cache'],
    registers,
  });
  new Gauge({
    name: 'opencodehub_cache_bytes',
    help: 'Estimated bytes per in-memory cache.',
    labelNames: ['cache'],
    registers,
    collect() {
      for (const reading of app.caches.readings()) {
        this.set({ cache: reading.name }, reading.bytes);
        entries.set({ cache: reading.name }, reading.entries);
      }
    },
  });
}
