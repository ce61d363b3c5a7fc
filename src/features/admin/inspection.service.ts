// What `doctor check` asks of the database: rows that contradict each other, the audit log, jobs that failed for good.
import type { Actor } from '../../base/actor.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { type AuditCheck, checkAudit } from '../../platform/events/audit.ts';
import { fitsProbe } from '../../platform/secrets/probe.store.ts';
import {
  countAdministrators,
  faultsOfFile,
  ownerlessOrganizations,
  recount,
  setFactorMark,
  wrongCounters,
  wrongFactorMarks,
} from './inspection.store.ts';

export interface RowFault {
  text: string;
  /** What was done about it. */
  mended?: string;
}

/** Rows that contradict each other; with `fix` marks and counters are set to what they stand for. */
export async function checkRows(app: App, actor: Actor, fix: boolean): Promise<RowFault[]> {
  requireSiteAbility(actor, 'site:administer');
  const file = app.db.dialect === 'sqlite' ? await faultsOfFile(app.db.read) : [];
  return [
    ...file.map((text) => ({ text: `The database file: ${text}. Restore a backup.` })),
    ...(await checkOwners(app)),
    ...(await checkFactorMarks(app, fix)),
    ...(await checkCounters(app, fix)),
  ];
}

async function checkOwners(app: App): Promise<RowFault[]> {
  const faults = (await ownerlessOrganizations(app.db.read)).map((name) => ({
    text: `The organization ${name} has no owner: an administrator can add one.`,
  }));
  const { people, administrators } = await countAdministrators(app.db.read);
  if (people > 0 && administrators === 0)
    faults.push({ text: 'No administrator can sign in: make one with `admin user create --admin`.' });
  return faults;
}

async function checkFactorMarks(app: App, fix: boolean): Promise<RowFault[]> {
  const wrong = await wrongFactorMarks(app.db.read);
  if (fix && wrong.length > 0)
    await app.db.write(async (tx) => {
      for (const { id, has } of wrong) await setFactorMark(tx, id, has);
    });
  return wrong.map(({ name, has }) => ({
    text: `${name} is marked as having ${has ? 'no second factor but has' : 'a second factor but has none'}`,
    ...(fix ? { mended: 'set the mark' } : {}),
  }));
}

async function checkCounters(app: App, fix: boolean): Promise<RowFault[]> {
  const wrong = await wrongCounters(app.db.read);
  if (wrong === 0) return [];
  if (fix) await app.db.write((tx) => recount(tx));
  const text = `Counters of stars and followers that are not what they count: ${wrong}`;
  return [{ text, ...(fix ? { mended: 'counted anew' } : {}) }];
}

/** Whether the key file is the one that the database was kept with. */
export async function isKeyOfDatabase(app: App, actor: Actor): Promise<boolean> {
  requireSiteAbility(actor, 'site:administer');
  return fitsProbe(app.db.read, app.secrets);
}

/** Walks the chain of the audit log. */
export async function verifyAudit(app: App, actor: Actor): Promise<AuditCheck> {
  requireSiteAbility(actor, 'audit:read');
  return checkAudit(app.db.read, app.secrets);
}

/** How many jobs failed for good. */
export async function countDeadJobs(app: App, actor: Actor): Promise<number> {
  requireSiteAbility(actor, 'site:administer');
  const counts = await app.jobs.counts();
  return counts.filter(({ state }) => state === 'dead').reduce((sum, row) => sum + row.count, 0);
}
