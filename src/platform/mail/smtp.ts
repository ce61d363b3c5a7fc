// Hands one mail to the configured SMTP server. Loaded only when a mail is sent.
import { createTransport } from 'nodemailer';
import { AppError } from '../../base/errors.ts';
import { SECOND } from '../../base/time.ts';
import type { Config } from '../config/config.schema.ts';
import type { MailMessage } from './mail.ts';

const PATIENCE = 20 * SECOND;

/** Throws AppError unavailable with what the server said; never with the password. */
export async function sendBySmtp(settings: Config['mail'], message: MailMessage): Promise<void> {
  const { host, port, security, username, password, from } = settings;
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(username === '' ? {} : { auth: { user: username, pass: password } }),
    connectionTimeout: PATIENCE,
    greetingTimeout: PATIENCE,
    socketTimeout: PATIENCE,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({
      from,
      ...message,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('unavailable', `The mail server ${host}:${port} did not take the mail: ${reason}`, {
      cause,
    });
  } finally {
    transport.close();
  }
}
