// Enqueues the jobs that run on a schedule. What was missed while stopped runs once, not once per missed time.
import { type Clock, HOUR } from '../../base/time.ts';
import type { Db, Tx } from '../db/db.types.ts';
import { type Cron, nextTime, parseCron } from './cron.ts';
import { findLastRun, noteScheduleRun, startSchedule } from './jobs.store.ts';
import type { EnqueueOptions, Schedule } from './jobs.types.ts';

type Enqueue = (
  tx: Tx,
  kind: string,
  payload: Record<string, unknown>,
  options: EnqueueOptions,
) => Promise<void>;

interface Planned {
  schedule: Schedule;
  cron: Cron;
  /** Undefined until the table was asked. */
  lastRun: number | undefined;
}

export interface Schedules {
  add(schedule: Schedule): void;
  /** Enqueues what is due; several processes may call it at once. */
  enqueueDue(): Promise<void>;
}

/** Opens the schedules of this process. */
export function openSchedules(db: Db, clock: Clock, enqueue: Enqueue): Schedules {
  const planned = new Map<string, Planned>();

  async function lastRunOf(plan: Planned): Promise<number> {
    if (plan.lastRun !== undefined) return plan.lastRun;
    const { name } = plan.schedule;
    const known = await findLastRun(db.read, name);
    if (known === undefined) await db.write((tx) => startSchedule(tx, name, clock.now()));
    plan.lastRun = known ?? (await findLastRun(db.read, name)) ?? clock.now();
    return plan.lastRun;
  }

  async function enqueueWhenDue(plan: Planned): Promise<void> {
    const lastRun = await lastRunOf(plan);
    const now = clock.now();
    if (lastRun > now + HOUR) return startAgain(plan, lastRun, now);
    const next = nextTime(plan.cron, lastRun);
    if (next === undefined || next > now) return;
    const { name, kind, payload = {} } = plan.schedule;
    const noted = await db.write(async (tx) => {
      if (!(await noteScheduleRun(tx, name, lastRun, now))) return false;
      await enqueue(tx, kind, payload, { uniqueKey: `schedule:${name}` });
      return true;
    });
    plan.lastRun = noted ? now : undefined;
  }

  /** A run noted in the future, by a clock that was wrong, would hold the schedule up until then. */
  async function startAgain(plan: Planned, lastRun: number, now: number): Promise<void> {
    await db.write((tx) => noteScheduleRun(tx, plan.schedule.name, lastRun, now));
    plan.lastRun = undefined;
  }

  return {
    add(schedule) {
      if (planned.has(schedule.name)) throw new Error(`The schedule ${schedule.name} exists already.`);
      planned.set(schedule.name, { schedule, cron: parseCron(schedule.cron), lastRun: undefined });
    },
    async enqueueDue() {
      for (const plan of planned.values()) await enqueueWhenDue(plan);
    },
  };
}
