// Once per vitest project `db-<dialect>`: starts the engine it needs, and on PostgreSQL migrates a template to copy.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/platform/db/migrate.ts';
import { openEngine } from '../../src/platform/db/open-db.ts';
import { silentLog } from '../../src/platform/observability/log.ts';
import { type Engine, startMariadb, startPostgres } from './engines.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A database on the engine of this run; empty for SQLite. */
    engineUrl: string;
    /** A migrated SQLite file to copy; empty for the other engines. */
    sqliteTemplate: string;
  }
}

export const TEMPLATE = 'och_template';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const engine = await startEngine(project.name);
  project.provide('engineUrl', engine.url);
  project.provide('sqliteTemplate', engine.template ?? '');
  return engine.stop;
}

async function startEngine(projectName: string): Promise<Engine & { template?: string }> {
  if (projectName.endsWith('-mysql')) return startMariadb();
  if (!projectName.endsWith('-postgres')) return makeSqliteTemplate();
  const engine = await startPostgres();
  await makeTemplate(engine.url);
  return engine;
}

/** Closing the last connection leaves a single file to copy. */
async function makeSqliteTemplate(): Promise<Engine & { template: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'och-db-'));
  const template = join(folder, 'template.db');
  const engine = await openEngine({ url: '', pool_size: 1 }, { database: template });
  await migrate(engine, silentLog());
  await engine.close();
  return { url: '', template, stop: async () => rmSync(folder, { recursive: true, force: true }) };
}

async function makeTemplate(url: string): Promise<void> {
  const server = await openEngine({ url, pool_size: 1 }, { database: '' });
  await server.execute(`create database ${TEMPLATE}`, []);
  await server.close();
  const template = new URL(url);
  template.pathname = `/${TEMPLATE}`;
  const engine = await openEngine({ url: template.href, pool_size: 2 }, { database: '' });
  await migrate(engine, silentLog());
  await engine.close();
}
