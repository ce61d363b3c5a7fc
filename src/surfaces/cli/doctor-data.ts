// The part of `doctor check` that works on the open application. Rooms are loaded here, once the engine is settled.

import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { COMMAND_LINE } from '../../base/actor.ts';
import * as inspection from '../../features/admin/inspection.service.ts';
import { checkStorage, type StorageFault } from '../../features/repos/storage-check.service.ts';
import type { App } from '../../platform/app.types.ts';
import { hooksAreSound, installHooks } from '../../platform/git/hook-scripts.ts';
import { inspectHostKeys, openHostKeys } from '../ssh/host-keys.ts';
import type { Finding } from './doctor.types.ts';

/** Every check in its order. */
export async function checkData(app: App, fix: boolean): Promise<Finding[]> {
  return [
    ...(await checkKey(app)),
    ...(app.config.ssh.enabled ? await checkHostKeys(app, fix) : []),
    ...(await checkHooks(app, fix)),
    ...(await checkRepositories(app, fix)),
    ...findingsOf('rows', await inspection.checkRows(app, COMMAND_LINE, fix), 'No row contradicts another.'),
    ...(await checkAuditLog(app)),
    ...(await checkJobs(app)),
  ];
}

async function checkKey(app: App): Promise<Finding[]> {
  const check = 'secrets key';
  if (await inspection.isKeyOfDatabase(app, COMMAND_LINE))
    return [{ check, state: 'fine', text: 'The key opens what the database keeps.' }];
  const text = `${join(app.paths.keys, 'secrets.key')} is another key than the database was kept with: restore the right one from a backup.`;
  return [{ check, state: 'wrong', text }];
}

/** A damaged key is kept beside the new one; whoever connects is warned that the server's key changed. */
async function checkHostKeys(app: App, fix: boolean): Promise<Finding[]> {
  const check = 'SSH host keys';
  const states = await inspectHostKeys(app.paths.keys);
  const faults = states.filter(({ state }) => state !== 'sound');
  // Before the first start there are none.
  if (faults.length === states.length && faults.every(({ state }) => state === 'missing'))
    return [{ check, state: 'fine', text: 'There are none yet: the next start makes them.' }];
  if (faults.length === 0) return [{ check, state: 'fine', text: 'All of them can be read and sign.' }];
  if (fix) {
    for (const { path } of faults.filter(({ state }) => state === 'unreadable'))
      await rename(path, `${path}.unreadable-${Date.now()}`);
    await openHostKeys(app.paths.keys);
  }
  return faults.map(({ path, state }) => ({
    check,
    state: fix ? 'mended' : 'wrong',
    text: fix
      ? `${path} was ${state}: made a new one, which takes effect at the next start. Clients will be warned.`
      : `${path} is ${state}: restore it from a backup, or have --fix make another one.`,
  }));
}

async function checkHooks(app: App, fix: boolean): Promise<Finding[]> {
  const check = 'hooks';
  const directory = join(app.paths.cache, 'hooks');
  if (!existsSync(directory))
    return [{ check, state: 'fine', text: 'There are none yet: the next start writes them.' }];
  if (await hooksAreSound(directory))
    return [{ check, state: 'fine', text: 'They are as this version writes them, and may run.' }];
  if (!fix)
    return [
      {
        check,
        state: 'wrong',
        text: `${directory} was changed: a start writes the hooks anew, and so does --fix.`,
      },
    ];
  await installHooks(directory);
  return [{ check, state: 'mended', text: `${directory} was changed: wrote the hooks anew.` }];
}

async function checkRepositories(app: App, fix: boolean): Promise<Finding[]> {
  const report = await checkStorage(app, COMMAND_LINE, fix);
  const { unrecordedPushes: pushes } = report;
  const all = `${report.repositories} in the database`;
  return [
    ...findingsOf('data on disk', report.places, `${all}, each with its data, and no data besides.`),
    ...findingsOf(
      'repositories',
      report.contents,
      `${all}, each with sound settings and its default branch.`,
    ),
    pushes === 0
      ? { check: 'pushes', state: 'fine', text: 'Every accepted push is recorded.' }
      : {
          check: 'pushes',
          state: 'wrong',
          text: `Pushes that were interrupted: ${pushes}. The next start records them.`,
        },
  ];
}

async function checkAuditLog(app: App): Promise<Finding[]> {
  const { entries, fault } = await inspection.verifyAudit(app, COMMAND_LINE);
  const check = 'audit log';
  if (fault === undefined)
    return [{ check, state: 'fine', text: `${entries} entries, none changed or missing.` }];
  return [
    {
      check,
      state: 'wrong',
      text: `${fault} Compare with a backup or an export: somebody wrote into the database.`,
    },
  ];
}

async function checkJobs(app: App): Promise<Finding[]> {
  const dead = await inspection.countDeadJobs(app, COMMAND_LINE);
  const check = 'jobs';
  if (dead === 0) return [{ check, state: 'fine', text: 'No job failed for good.' }];
  const text = `Jobs that failed for good: ${dead}. \`opencodehub admin jobs list --state dead\` tells why.`;
  return [{ check, state: 'wrong', text }];
}

function findingsOf(check: string, faults: StorageFault[], fine: string): Finding[] {
  if (faults.length === 0) return [{ check, state: 'fine', text: fine }];
  return faults.map(({ text, mended }) => ({
    check,
    state: mended === undefined ? 'wrong' : 'mended',
    text: mended === undefined ? `${text}.`.replace(/\.\.$/, '.') : `${text}: ${mended}.`,
  }));
}
