// Once per vitest project `db-<dialect>`: starts the engine it needs, and on PostgreSQL migrates a template to copy.
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/platform/db/migrate.ts';
import { openEngine } from '../../src/platform/db/open-db.ts';
import { silentLog } from '../../src/platform/observability/log.ts';
import { type Engine, startMariadb, startPostgres } from './engines.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A database on the engine of this run; empty for SQLite. */
    engineUrl: string;
  }
}

export const TEMPLATE = 'och_template';

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const engine = await startEngine(project.name);
  project.provide('engineUrl', engine?.url ?? '');
  return engine?.stop;
}

async function startEngine(projectName: string): Promise<Engine | undefined> {
  if (projectName.endsWith('-mysql')) return startMariadb();
  if (!projectName.endsWith('-postgres')) return undefined;
  const engine = await startPostgres();
  await makeTemplate(engine.url);
  return engine;
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
