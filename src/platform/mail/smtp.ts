// Hands one mail to the configured SMTP server. Loaded only when a mail is sent.
import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { createTransport } from 'nodemailer';
import { isEmailAddress, parseMailbox } from '../../base/email.ts';
import { AppError } from '../../base/errors.ts';
import { SECOND } from '../../base/time.ts';
import type { Config } from '../config/config.schema.ts';
import { PermanentFailure } from '../jobs/jobs.types.ts';
import type { MailMessage } from './mail.ts';

const PATIENCE = 20 * SECOND;

/**
 * Throws AppError unavailable with what the server said (never with the password), PermanentFailure where it refused the
 * recipient or the mail for good.
 */
export async function sendBySmtp(settings: Config['mail'], message: MailMessage): Promise<void> {
  const { host, port } = settings;
  const transport = createTransport(await optionsOf(settings));
  try {
    await transport.sendMail(envelopedMail(settings, message));
  } catch (cause) {
    const text = `The mail server ${host}:${port} did not take the mail: ${reasonOf(cause, settings.password)}`;
    throw isRefusedForGood(cause) ? new PermanentFailure(text) : new AppError('unavailable', text);
  } finally {
    transport.close();
  }
}

async function optionsOf(settings: Config['mail']) {
  const { host, port, security, username, password, ca_file: caFile } = settings;
  const ca = caFile === '' ? {} : { ca: [...rootCertificates, await readFile(caFile, 'utf8')] };
  return {
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { minVersion: 'TLSv1.2' as const, ...ca },
    ...(username === '' ? {} : { auth: { user: username, pass: password } }),
    connectionTimeout: PATIENCE,
    greetingTimeout: PATIENCE,
    socketTimeout: PATIENCE,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** Addresses are given apart from names, so that none is ever read as two; nothing may break a header's line. */
function envelopedMail(settings: Config['mail'], message: MailMessage) {
  const from = parseMailbox(settings.from);
  if (!from) throw new PermanentFailure('mail.from is not an e-mail address.');
  if (!isEmailAddress(message.to)) throw new PermanentFailure('The mail has no address to go to.');
  return {
    from: message.fromName === undefined ? from : { ...from, name: oneLine(message.fromName) },
    to: { name: '', address: message.to },
    subject: oneLine(message.subject),
    text: message.text,
    html: message.html,
    ...(message.id === undefined ? {} : { messageId: idOf(message.id, from.address) }),
    ...threadOf(message.references ?? []),
    headers: {
      ...Object.fromEntries(
        Object.entries(message.headers ?? {}).map(([name, value]) => [name, oneLine(value)]),
      ),
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
    },
  };
}

function idOf(id: string, sender: string): string {
  return `<${id.includes('@') ? id : `${id}@${sender.split('@')[1]}`}>`;
}

/** RFC 5322 section 3.6.4. */
function threadOf(references: readonly string[]): { references?: string[]; inReplyTo?: string } {
  const ids = references.map((id) => `<${id}>`);
  const last = ids.at(-1);
  return last === undefined ? {} : { references: ids, inReplyTo: last };
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

function reasonOf(cause: unknown, password: string): string {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return password === '' ? reason : reason.replaceAll(password, '***');
}

/** A reply of 5xx (RFC 5321 section 4.2.1) to the recipient or the mail; one to the sign-in is mended by the administrator. */
function isRefusedForGood(cause: unknown): boolean {
  if (cause instanceof PermanentFailure) return true;
  const { responseCode = 0, code = '' } = cause as { responseCode?: number; code?: string };
  return responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE');
}
