// Mails that somebody not signed in asks for by naming an address. The request only queues a job, whatever the address, so
// neither the answer nor the time it takes tells whether an account has it.
import type { App } from '../../platform/app.types.ts';
import type { UserRow } from '../users/users.types.ts';
import { mailVerificationTo } from './email-verification.service.ts';
import { mailPasswordResetTo } from './password-reset.service.ts';
import { limitMailRequests } from './sign-in-limits.service.ts';

const JOB = 'auth.requested_mail';

export type RequestedMail = 'verification' | 'password-reset';

interface Payload extends Record<string, unknown> {
  mail: RequestedMail;
  /** Sealed: what strangers type is nobody's business. */
  sealed: string;
}

/** Queues the search for the account, and its mail. Throws AppError rate_limited. */
export async function requestMail(
  app: App,
  mail: RequestedMail,
  email: string,
  address: string,
): Promise<void> {
  limitMailRequests(app, address);
  await queueMail(app, mail, email, address);
}

/** Queues another link for a new account whose person signed in before proving its address. */
export async function requestVerification(app: App, user: UserRow, address: string): Promise<void> {
  await queueMail(app, 'verification', user.email, address);
}

async function queueMail(app: App, mail: RequestedMail, email: string, address: string): Promise<void> {
  const sealed = app.secrets.seal(JOB, JSON.stringify({ email, address })).toString('base64');
  await app.db.write((tx) => app.jobs.enqueue(tx, JOB, { mail, sealed } satisfies Payload));
}

/** Defines the job that finds the account and sends the mail. */
export function defineRequestedMails(app: App): void {
  app.jobs.define<Payload>({
    kind: JOB,
    queue: 'default',
    maxAttempts: 5,
    async run({ mail, sealed }) {
      const asked = JSON.parse(app.secrets.open(JOB, Buffer.from(sealed, 'base64'))) as {
        email: string;
        address: string;
      };
      if (mail === 'verification') await mailVerificationTo(app, asked.email);
      else await mailPasswordResetTo(app, asked.email, asked.address);
    },
  });
}
