// How fast waiting deliveries are sent: 100,000 to webhooks that answer, while a fifth of all webhooks are dead, from the
// executable. Alone: node scripts/bench/webhooks.ts
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { openSecrets } from '../../src/platform/secrets/secrets.ts';
import { openReport, type Report } from './report.ts';
import { admin, cpuMs, residentMiB, startServer } from './server.ts';

const HOOKS = 100;
const DEAD = 20;
const BODY = 6000;
const LIMIT = 900_000;

interface Sink {
  process: ChildProcess;
  /** Of the one that answers, and of the one that never does. */
  ports: [number, number];
  got: number;
  disordered: number;
  /** Sent again under its id, since its answer came too late or was not written. */
  repeated: number;
}

/** Fills a data directory of its own with waiting deliveries, and watches them go. */
export async function measureWebhooks(report: Report, quick: boolean): Promise<void> {
  const total = quick ? 8000 : 100_000;
  const each = total / (HOOKS - DEAD);
  const first = await drain(total, each, 0);
  const rate = Math.round(total / first.seconds);
  report.judge(
    `deliveries to ${HOOKS - DEAD} webhooks, ${total} in all`,
    `${rate}/s (${first.cpu.toFixed(2)} ms of CPU each)`,
    '>= 500/s',
    rate >= 500,
  );
  const second = await drain(total, each, DEAD);
  const beside = Math.round(total / second.seconds);
  report.judge(
    `the same while ${DEAD} more are dead`,
    `${beside}/s, ${Math.round((100 * beside) / rate)} % of that`,
    '>= 500/s, >= 80 %',
    beside >= 500 && beside >= 0.8 * rate,
  );
  const order = first.disordered + second.disordered;
  report.judge('deliveries that came out of order', String(order), '0', order === 0);
  report.tell('deliveries that came twice', String(first.repeated + second.repeated));
  const grown = Math.max(first.grown, second.grown);
  report.judge(
    'memory gained from the first tenth to the last',
    `${grown.toFixed(0)} MiB (peak ${Math.max(first.peak, second.peak).toFixed(0)} MiB)`,
    '<= 40 MiB',
    grown <= 40,
  );
}

interface Drained {
  seconds: number;
  cpu: number;
  disordered: number;
  repeated: number;
  grown: number;
  peak: number;
}

async function drain(total: number, each: number, dead: number): Promise<Drained> {
  const data = mkdtempSync(join(tmpdir(), 'och-webhooks-'));
  const sink = await startSink();
  try {
    const person = ['--username', 'first', '--email', 'first@example.org', '--random-password'];
    admin(data, 'admin', 'user', 'create', ...person);
    fill(data, sink.ports, each, dead);
    return await watch(data, sink, total);
  } finally {
    sink.process.disconnect();
    rmSync(data, { recursive: true, force: true });
  }
}

async function watch(data: string, sink: Sink, total: number): Promise<Drained> {
  const server = await startServer(data, { OPENCODEHUB_NETWORK_ALLOW_PRIVATE: '127.0.0.1' });
  const [began, cpu] = [performance.now(), cpuMs(server.pid)];
  const memory: number[] = [];
  try {
    while (sink.got - sink.repeated < total) {
      await new Promise((done) => setTimeout(done, 250));
      if (sink.got > total / 10) memory.push(residentMiB(server.pid).own);
      if (performance.now() - began > LIMIT) throw new Error(`only ${sink.got} deliveries came`);
    }
    const seconds = (performance.now() - began) / 1000;
    const part = Math.max(1, Math.floor(memory.length / 9));
    const mean = (values: number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
    return {
      seconds,
      cpu: (cpuMs(server.pid) - cpu) / total,
      disordered: sink.disordered,
      repeated: sink.repeated,
      grown: mean(memory.slice(-part)) - mean(memory.slice(0, part)),
      peak: Math.max(...memory),
    };
  } finally {
    await server.stop();
  }
}

async function startSink(): Promise<Sink> {
  const script = join(import.meta.dirname, 'webhook-sink.ts');
  const child = fork(script, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const sink: Sink = { process: child, ports: [0, 0], got: 0, disordered: 0, repeated: 0 };
  if (!child.stdout) throw new Error('the sink says nothing');
  const lines = createInterface({ input: child.stdout });
  await new Promise<void>((ready) => {
    lines.on('line', (line) => {
      Object.assign(sink, JSON.parse(line) as Partial<Sink>);
      ready();
    });
  });
  return sink;
}

/** What waits for each webhook, as changes would have left it, with a job for each. */
function fill(data: string, [lively, silent]: [number, number], each: number, dead: number): void {
  const secrets = openSecrets(join(data, 'keys'));
  const db = new Database(join(data, 'opencodehub.db'));
  const now = Date.now();
  const body = Buffer.from(JSON.stringify({ text: 'x'.repeat(BODY) }));
  const insert = (table: string, row: Record<string, unknown>) => {
    const names = Object.keys(row);
    const marks = names.map(() => '?').join(', ');
    return db.prepare(`insert into ${table} (${names.join(', ')}) values (${marks})`).run(Object.values(row))
      .lastInsertRowid;
  };
  const hook = (url: string) =>
    insert('webhooks', {
      ...{ scope: 'site', format: 'gitea', content_type: 'json', options: '{}', events: '[]', sends_all: 1 },
      ...{ branch_filter: '', verifies_tls: 1, is_active: 1, created_at: now, updated_at: now, failures: 0 },
      sealed: secrets.seal('webhooks', JSON.stringify({ url, secret: 'signed', authorization: '' })),
    });
  const deliver = (webhookId: number | bigint, number: number) => {
    const deliveryId = insert('webhook_deliveries', {
      ...{ webhook_id: webhookId, uuid: randomUUID(), cause: `0:${number}`, event: 'push', action: '' },
      ...{ state: 'waiting', attempts: 0, is_test: 0, created_at: now },
    });
    const headers = { 'Content-Type': 'application/json', 'X-Number': String(number) };
    insert('webhook_messages', {
      ...{ delivery_id: deliveryId, request_headers: JSON.stringify(headers), request_body: body },
    });
  };
  const job = (webhookId: number | bigint) =>
    insert('jobs', {
      ...{
        queue: 'webhooks',
        kind: 'webhooks.deliver',
        payload: JSON.stringify({ webhookId: Number(webhookId) }),
      },
      ...{ state: 'waiting', priority: 100, run_at: now, attempts: 0, max_attempts: 8, created_at: now },
      fairness_key: `webhook:${webhookId}`,
    });
  db.transaction(() => {
    const urls = Array.from({ length: HOOKS - DEAD }, (_, at) => `http://127.0.0.1:${lively}/${at}`);
    // Half of the dead ones refuse connections, half take them and never answer.
    const deadUrls = Array.from({ length: dead }, (_, at) =>
      at % 2 === 0 ? `http://127.0.0.1:${at + 1}/` : `http://127.0.0.1:${silent}/${at}`,
    );
    const ids = [...deadUrls, ...urls].map((url) => hook(url));
    for (let number = 0; number < each; number++) for (const id of ids) deliver(id, number);
    for (const id of ids) job(id);
  })();
  db.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await measureWebhooks(openReport(), process.argv.includes('--quick'));
}
