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
  /**
   * Unique in the world: mail programs show two copies with one id once. Made when the mail is queued unless given. The
   * sender's host is added where it names none.
   */
  id?: string;
  /** Ids, hosts included, of what it answers, the first mail of the thread first. */
  references?: string[];
  /** Who writes, as mail programs show it; the address stays that of the site. */
  fromName?: string;
  /** Besides those that every mail has. What is in them is made one line. */
  headers?: Record<string, string>;
}

export interface Mail {
  /** Whether mails can be sent at all. Without it nothing that needs a mail is offered. */
  isConfigured(): boolean;
  /** Queues a mail in the caller's transaction; does nothing where mails cannot be sent. */
  sendLater(tx: Tx, message: MailMessage): Promise<void>;
  /** Sends one now, for the administrator's test. Throws AppError unavailable with what the mail server said. */
  send(message: MailMessage): Promise<void>;
}
