// Wrong passwords in the audit log. What is written at the attempt itself is the same whether the account exists or not,
// so that the time it takes tells nobody which; a job looks closer afterwards.
import type { App } from '../../platform/app.types.ts';
import { findUserById } from '../users/users.service.ts';

const JOB = 'auth.note_failed_sign_in';

type Payload = { userId: number; address: string };

/** Defines the job. */
export function defineFailedSignIns(app: App): void {
  app.jobs.define<Payload>({ kind: JOB, queue: 'default', run: (payload) => record(app, payload) });
}

/** Has a wrong password noted; `userId` undefined where there is no such account. */
export async function noteFailedSignIn(app: App, userId: number | undefined, address: string): Promise<void> {
  const payload: Payload = { userId: userId ?? 0, address };
  await app.db.write((tx) => app.jobs.enqueue(tx, JOB, payload));
}

async function record(app: App, { userId, address }: Payload): Promise<void> {
  const user = await findUserById(app, userId);
  if (!user) return;
  const origin = { name: user.name, via: 'anonymous', address } as const;
  await app.db.write((tx) =>
    app.events.record(tx, { kind: 'user.sign_in_failed', userId, reason: 'password', origin }),
  );
}
