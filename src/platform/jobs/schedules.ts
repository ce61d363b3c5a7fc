// Enqueues the jobs that run on a schedule. What was missed while stopped runs once, not once per missed time.
import { type Clock, HOUR } from '../../base/time.ts';
import type { Db, Tx } from '../db/db.types.ts';
import { type Cron, nextTime, parseCron } from './cron.ts';
import { findLastRun, listLastRuns, noteScheduleRun, startSchedule } from './jobs.store.ts';
import type { EnqueueOptions, Schedule, ScheduleState } from './jobs.types.ts';

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
  runs: number;
}

export interface Schedules {
  add(schedule: Schedule): void;
  /** Enqueues what is due; several processes may call it at once. */
  enqueueDue(): Promise<void>;
  /** Every schedule by name, with when it ran. */
  states(): Promise<ScheduleState[]>;
  /** Enqueues what a schedule does in the caller's transaction; says false when there is no such schedule. */
  enqueueNow(tx: Tx, name: string): Promise<boolean>;
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
    if (noted) plan.runs += 1;
  }

  async function states(): Promise<ScheduleState[]> {
    const runs = await listLastRuns(db.read);
    return [...planned.values()]
      .map(({ schedule: { name, cron: text }, cron, runs: count }) => {
        const lastRunAt = runs.get(name);
        const nextRunAt = nextTime(cron, lastRunAt ?? clock.now());
        return { name, cron: text, lastRunAt, nextRunAt, runs: count };
      })
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  async function enqueueNow(tx: Tx, wanted: string): Promise<boolean> {
    const plan = planned.get(wanted);
    if (!plan) return false;
    const { name, kind, payload = {} } = plan.schedule;
    await enqueue(tx, kind, payload, { uniqueKey: `schedule:${name}` });
    db.afterCommit(tx, () => {
      plan.runs += 1;
    });
    return true;
  }

  /** A run noted in the future, by a clock that was wrong, would hold the schedule up until then. */
  async function startAgain(plan: Planned, lastRun: number, now: number): Promise<void> {
    await db.write((tx) => noteScheduleRun(tx, plan.schedule.name, lastRun, now));
    plan.lastRun = undefined;
  }

  return {
    add(schedule) {
      if (planned.has(schedule.name)) throw new Error(`The schedule ${schedule.name} exists already.`);
      planned.set(schedule.name, { schedule, cron: parseCron(schedule.cron), lastRun: undefined, runs: 0 });
    },
    async enqueueDue() {
      for (const plan of planned.values()) await enqueueWhenDue(plan);
    },
    states,
    enqueueNow,
  };
}
