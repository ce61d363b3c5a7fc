// The mails that ask for consent to a transfer.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { mailMessage } from '../../platform/mail/mail-message.ts';
import { ownersOf } from '../orgs/memberships.service.ts';
import { primaryEmailOf } from '../users/emails.service.ts';
import { findUserById } from '../users/users.service.ts';
import type { RepositoryOwner } from './owners.service.ts';
import { TRANSFER_DAYS } from './transfers.types.ts';

/** Writes to the new owner, or to the owners of the organization that is to be it, in the transaction that asks them. */
export async function mailTransfer(
  app: App,
  tx: Tx,
  actor: Actor,
  path: string,
  recipient: RepositoryOwner,
): Promise<void> {
  const isPerson = recipient.kind === 'user';
  const told = isPerson ? [recipient.id] : await ownersOf(app, recipient.id, tx);
  for (const userId of told) await mailTo(app, tx, actor, path, userId, isPerson ? 'you' : recipient.name);
}

async function mailTo(
  app: App,
  tx: Tx,
  actor: Actor,
  path: string,
  userId: number,
  newOwner: string,
): Promise<void> {
  const account = await findUserById(app, userId, tx);
  const address = account && (await primaryEmailOf(app, account, tx));
  if (!account || !address?.isVerified) return;
  const by = actor.kind === 'user' ? actor.name : 'The administrator';
  const message = mailMessage(app, {
    to: address.email,
    subject: `${by} wants to transfer ${path} to ${newOwner}`,
    name: account.displayName || account.name,
    paragraphs: [
      `${by} wants to make ${newOwner} the owner of the repository ${path}.`,
      `Nothing changes until ${newOwner === 'you' ? 'you accept' : 'it is accepted'}. The request ends by itself after ${TRANSFER_DAYS} days.`,
    ],
    action: { label: 'Accept or decline', path: '/settings/transfers' },
  });
  await app.mail.sendLater(tx, message);
}
