// Sends mails by SMTP through the job queue. What a mail says is sealed until it is sent, and gone afterwards.
import { randomToken } from '../../base/crypto.ts';
import { AppError } from '../../base/errors.ts';
import type { Clock } from '../../base/time.ts';
import { DAY } from '../../base/time.ts';
import type { Config } from '../config/config.schema.ts';
import type { Db } from '../db/db.types.ts';
import type { Jobs } from '../jobs/jobs.types.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { findMail, insertMail, removeMail, removeMailsBefore } from './mail.store.ts';
import type { Mail, MailMessage } from './mail.ts';

const SEND_JOB = 'mail.send';
const PURGE_JOB = 'mail.purge';
const KEPT = 7 * DAY;
const PURPOSE = 'mail';

interface Parts {
  config: Config;
  db: Db;
  jobs: Jobs;
  secrets: Secrets;
  clock: Clock;
}

/** Opens the queue of mails and defines its jobs. */
export function openMail({ config, db, jobs, secrets, clock }: Parts): Mail {
  const isConfigured = () => config.mail.host !== '' && config.mail.from !== '';

  async function send(message: MailMessage): Promise<void> {
    if (!isConfigured())
      throw new AppError('unavailable', 'Mails cannot be sent: set mail.host and mail.from.');
    const { sendBySmtp } = await import('./smtp.ts');
    await sendBySmtp(config.mail, message);
  }

  jobs.define<{ mailId: number }>({
    kind: SEND_JOB,
    queue: 'default',
    // With delays up to six hours: about a day and a half.
    maxAttempts: 18,
    async run({ mailId }) {
      const sealed = await findMail(db.read, mailId);
      if (!sealed) return;
      await send(JSON.parse(secrets.open(PURPOSE, sealed)) as MailMessage);
      await db.write((tx) => removeMail(tx, mailId));
    },
  });
  jobs.define({
    kind: PURGE_JOB,
    queue: 'maintenance',
    run: () => db.write((tx) => removeMailsBefore(tx, clock.now() - KEPT)),
  });
  jobs.schedule({ name: PURGE_JOB, cron: '23 4 * * *', kind: PURGE_JOB });

  return {
    isConfigured,
    send,
    async sendLater(tx, message) {
      if (!isConfigured()) return;
      // A mail whose job dies between sending and noting so is sent again: the same id marks it as the same mail.
      const sealed = secrets.seal(PURPOSE, JSON.stringify({ id: randomToken(16), ...message }));
      const mailId = await insertMail(tx, sealed, clock.now());
      await jobs.enqueue(tx, SEND_JOB, { mailId });
    },
  };
}
