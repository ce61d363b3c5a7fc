// Prometheus readings of this process.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  readonly requests: Histogram<'route' | 'method' | 'status'>;
  readonly gitProcesses: Gauge;
  readonly gitSeconds: Histogram<'command'>;
  readonly databaseSeconds: Histogram<'kind'>;
  readonly jobs: Counter<'kind' | 'outcome'>;
  readonly webhooks: Histogram<'outcome'>;
}

const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

/** Opens the readings; process-wide defaults (memory, event-loop lag) are added by the server. */
export function openMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  return {
    registry,
    requests: new Histogram({
      name: 'opencodehub_http_request_seconds',
      help: 'Time to answer, by route pattern.',
      labelNames: ['route', 'method', 'status'],
      buckets: SECONDS,
      registers,
    }),
    gitProcesses: new Gauge({
      name: 'opencodehub_git_processes',
      help: 'Git processes running now.',
      registers,
    }),
    gitSeconds: new Histogram({
      name: 'opencodehub_git_process_seconds',
      help: 'Life of git processes, by subcommand.',
      labelNames: ['command'],
      buckets: SECONDS,
      registers,
    }),
    databaseSeconds: new Histogram({
      name: 'opencodehub_database_seconds',
      help: 'Time of database transactions, by kind (write).',
      labelNames: ['kind'],
      buckets: SECONDS,
      registers,
    }),
    jobs: new Counter({
      name: 'opencodehub_jobs_total',
      help: 'Background jobs finished, by outcome.',
      labelNames: ['kind', 'outcome'],
      registers,
    }),
    webhooks: new Histogram({
      name: 'opencodehub_webhook_seconds',
      help: 'Time of requests to webhooks, by what came of them.',
      labelNames: ['outcome'],
      buckets: SECONDS,
      registers,
    }),
  };
}
