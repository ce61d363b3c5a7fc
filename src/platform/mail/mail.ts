// Mails: written into the queue within the transaction that causes them, sent by a job with retries.
// open-mail.ts opens it.
import type { Tx } from '../db/db.types.ts';

export interface MailMessage {
  /** One address. */
  to: string;
  subject: string;
  /** The plain part; every mail has both parts. */
  text: string;
  html: string;
  /** Unique in the world: mail programs show two copies with one id once. Made when the mail is queued unless given. */
  id?: string;
}

export interface Mail {
  /** Whether mails can be sent at all. Without it nothing that needs a mail is offered. */
  isConfigured(): boolean;
  /** Queues a mail in the caller's transaction; does nothing where mails cannot be sent. */
  sendLater(tx: Tx, message: MailMessage): Promise<void>;
  /** Sends one now, for the administrator's test. Throws AppError unavailable with what the mail server said. */
  send(message: MailMessage): Promise<void>;
}
