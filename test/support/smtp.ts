// A real SMTP server on loopback that keeps the mails it takes.
import { mkdtempSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { makeCertificate } from './certificates.ts';

export interface ReceivedMail {
  from: string;
  /** The recipient of the envelope. */
  to: string;
  subject: string;
  text: string;
  html: string;
  /** By their names in lower case. */
  headers: Record<string, string>;
  /** Whether it came over an encrypted connection, and as whom. */
  isEncrypted: boolean;
  user: string | undefined;
  raw: string;
}

export interface SmtpOptions {
  /** `starttls` is offered, `tls` begins with it; both with a certificate of the server's own making. */
  tls?: 'starttls' | 'tls';
  auth?: { user: string; password: string };
}

export interface TestSmtp {
  port: number;
  /** PEM file of the certificate, for mail.ca_file. */
  caFile: string | undefined;
  mails(): ReceivedMail[];
  /** The next recipients are refused with these codes, e.g. 451 for "try again". */
  refuse(...codes: number[]): void;
  /** The first mail that fits, once it has come. */
  waitFor(fits: (mail: ReceivedMail) => boolean, patience?: number): Promise<ReceivedMail>;
  close(): Promise<void>;
}

/** Opens the server on a free port. */
export async function openSmtp(options: SmtpOptions = {}): Promise<TestSmtp> {
  const received: ReceivedMail[] = [];
  const refusals: number[] = [];
  const certificate =
    options.tls && makeCertificate(mkdtempSync(join(tmpdir(), 'och-smtp-')), 'mail.example.org');
  const server = new SMTPServer({
    secure: options.tls === 'tls',
    ...(certificate ? { cert: readFileSync(certificate.cert), key: readFileSync(certificate.key) } : {}),
    authOptional: options.auth === undefined,
    disabledCommands: [
      ...(options.auth ? [] : ['AUTH']),
      ...(options.tls === 'starttls' ? [] : ['STARTTLS']),
    ],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    onAuth(auth, _session, answer) {
      const isRight = auth.username === options.auth?.user && auth.password === options.auth?.password;
      if (isRight) answer(null, { user: auth.username ?? '' });
      else answer(Object.assign(new Error('Authentication failed'), { responseCode: 535 }));
    },
    onRcptTo(_address, _session, answer) {
      const code = refusals.shift();
      answer(code === undefined ? null : Object.assign(new Error('Not now'), { responseCode: code }));
    },
    onData(stream, session, answer) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const from = session.envelope.mailFrom;
        received.push({
          ...parseMail(Buffer.concat(chunks).toString('latin1')),
          from: from === false ? '' : from.address,
          to: session.envelope.rcptTo.map((one) => one.address).join(', '),
          isEncrypted: session.secure,
          user: session.user,
        });
        answer(null);
      });
    },
  });
  // A client that turns its back, e.g. on a certificate it does not trust.
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    caFile: certificate?.cert,
    mails: () => [...received],
    refuse: (...codes) => void refusals.push(...codes),
    async waitFor(fits, patience = 20_000) {
      for (const end = Date.now() + patience; ; ) {
        const found = received.find(fits);
        if (found) return found;
        if (Date.now() > end) {
          throw new Error(`No such mail among: ${received.map((mail) => mail.subject).join(' | ')}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** The settings of the section `mail` that send to a test server. */
export function mailSettings(smtp: TestSmtp, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    host: '127.0.0.1',
    port: smtp.port,
    security: 'none',
    from: 'OpenCodeHub <code@example.org>',
    ...more,
  };
}

/** The first link to this site in a mail's text. */
export function linkIn(mail: ReceivedMail): URL {
  const found = /^https?:\/\/\S+$/m.exec(mail.text);
  if (!found) throw new Error(`No link in: ${mail.text}`);
  return new URL(found[0]);
}

type Parsed = Pick<ReceivedMail, 'subject' | 'text' | 'html' | 'headers' | 'raw'>;

function parseMail(raw: string): Parsed {
  const { headers, body } = splitPart(raw);
  const boundary = /boundary="([^"]+)"/.exec(headers['content-type'] ?? '')?.[1];
  const parts = boundary === undefined ? [] : body.split(`--${boundary}`).slice(1, -1).map(splitPart);
  const textOf = (type: string) => {
    const part = parts.find((one) => one.headers['content-type']?.startsWith(type));
    return part ? decodeBody(part).replaceAll('\r\n', '\n').trim() : '';
  };
  return {
    subject: decodeWords(headers.subject ?? ''),
    text: textOf('text/plain'),
    html: textOf('text/html'),
    headers,
    raw,
  };
}

interface Part {
  headers: Record<string, string>;
  body: string;
}

function splitPart(text: string): Part {
  const [head = '', ...rest] = text.replace(/^\r\n/, '').split('\r\n\r\n');
  const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  const pairs = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { headers: Object.fromEntries(pairs), body: rest.join('\r\n\r\n') };
}

function decodeBody({ headers, body }: Part): string {
  const encoding = headers['content-transfer-encoding'];
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding === 'quoted-printable') return decodeQuoted(body.replaceAll('=\r\n', ''));
  return Buffer.from(body, 'latin1').toString('utf8');
}

/** RFC 2047. */
function decodeWords(text: string): string {
  return text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString('utf8')
        : decodeQuoted(word.replaceAll('_', ' ')),
    );
}

function decodeQuoted(text: string): string {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
