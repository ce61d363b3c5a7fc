// `opencodehub admin sendmail`: the test mail, or one to somebody.
import { text } from 'node:stream/consumers';
import { COMMAND_LINE } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import { requireAccount } from './admin-user-commands.ts';
import type { CliHost, CommonOptions } from './cli.types.ts';
import { withApp } from './cli-config.ts';
import { printJson, printLine } from './cli-output.ts';
import { UsageError } from './usage-error.ts';

interface MailOptions extends CommonOptions {
  to?: string;
  username?: string;
  subject?: string;
}

/** Sends a mail now and says what the mail server said; without --subject the test mail. */
export async function sendMail(host: CliHost, options: MailOptions): Promise<void> {
  const { to, username, subject } = options;
  if ((to === undefined) === (username === undefined))
    throw new UsageError('Say to whom: either --to with an address, or --username.');
  const written = subject === undefined ? {} : { subject, text: await writtenText() };
  const address = await withApp(host, options, async ({ app }) => {
    const { sendMailNow } = await import('../../features/admin/settings.service.ts');
    const receiver = to ?? (await addressOf(app, username ?? ''));
    await sendMailNow(app, COMMAND_LINE, { to: receiver, ...written });
    return receiver;
  });
  if (options.json) printJson({ to: address, sent: true });
  else printLine(`The mail server took the mail for ${address}.`);
}

async function addressOf(app: App, username: string): Promise<string> {
  const { email } = await requireAccount(app, username);
  if (email === '') throw new UsageError(`${username} has no e-mail address.`);
  return email;
}

async function writtenText(): Promise<string> {
  const read = await text(process.stdin);
  if (read.trim() !== '') return read;
  throw new UsageError('The text of the mail is read from standard input, which was empty: pipe it in.');
}
