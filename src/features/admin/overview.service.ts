// How the site is doing, from readings taken at this moment and nothing else.
import type { Actor } from '../../base/actor.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { type DatabaseReadings, readDatabase } from '../../platform/db/readings.ts';
import type { JobCount } from '../../platform/jobs/jobs.types.ts';
import { type DiskSpace, readDiskSpace } from '../../platform/observability/disk.ts';
import { VERSION } from '../../platform/runtime/version.ts';
import { MAINTAIN_JOB, REPACK_JOB } from '../repos/maintenance.service.ts';
import { countAdministratorsWithoutSecondFactor, countSite, type SiteCounts } from './overview.store.ts';

export interface Health {
  version: string;
  node: string;
  /** Seconds. */
  uptime: number;
  /** Resident memory of the server in bytes; git's own processes are not in it. */
  memoryBytes: number;
  database: DatabaseReadings;
  gitVersion: string;
  directory: string;
  disk: DiskSpace;
  jobs: { waiting: number; running: number; dead: number };
  /** When the last job of this kind ended well; finished jobs are remembered for three days. */
  lastMaintenance: number | undefined;
  lastRepack: number | undefined;
  counts: SiteCounts;
  /** What somebody should look after, with where. */
  concerns: { text: string; href?: string }[];
}

/** Takes the readings, for administrators. */
export async function readHealth(app: App, actor: Actor): Promise<Health> {
  requireSiteAbility(actor, 'site:administer');
  const jobs = totals(await app.jobs.counts());
  const disk = await readDiskSpace(app.paths.root);
  const withoutFactor = await countAdministratorsWithoutSecondFactor(app.db.read);
  return {
    version: VERSION,
    node: process.versions.node,
    uptime: process.uptime(),
    memoryBytes: process.memoryUsage.rss(),
    database: await readDatabase(app.db),
    gitVersion: app.git.version.join('.'),
    directory: app.paths.root,
    disk,
    jobs,
    lastMaintenance: await lastDone(app, MAINTAIN_JOB),
    lastRepack: await lastDone(app, REPACK_JOB),
    counts: await countSite(app.db.read, app.clock.now()),
    concerns: concernsAbout(app, { jobs, disk, withoutFactor }),
  };
}

function totals(counts: JobCount[]): Health['jobs'] {
  const of = (state: JobCount['state']) =>
    counts.filter((row) => row.state === state).reduce((sum, row) => sum + row.count, 0);
  return { waiting: of('waiting'), running: of('running'), dead: of('dead') };
}

async function lastDone(app: App, kind: string): Promise<number | undefined> {
  const [job] = await app.jobs.list({ kind, state: 'done', limit: 1 });
  return job?.finishedAt ?? undefined;
}

function concernsAbout(
  app: App,
  { jobs, disk, withoutFactor }: { jobs: Health['jobs']; disk: DiskSpace; withoutFactor: number },
): Health['concerns'] {
  const concerns: Health['concerns'] = [];
  if (disk.isLow) concerns.push({ text: 'The disk of the data directory is nearly full.' });
  if (!app.mail.isConfigured()) {
    concerns.push({
      text:
        'Mails cannot be sent, so e-mail addresses are not verified and nobody can reset a password: ' +
        'set mail.host and mail.from.',
      href: '/admin/mail',
    });
  }
  if (jobs.dead > 0)
    concerns.push({
      text: `Jobs that failed for good: ${jobs.dead}.`,
      href: '/admin/jobs?state=dead',
    });
  if (withoutFactor > 0)
    concerns.push({
      text: `Administrators without a second factor: ${withoutFactor}.`,
      href: '/admin/users?show=administrators',
    });
  return concerns;
}
