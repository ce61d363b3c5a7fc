// E-mail addresses of accounts, as others need to know them. Adding, proving and changing them is the auth room's.
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { findAddress, listAddressesOf, listHolders, listPictured, listVerifiedOf } from './emails.store.ts';
import type { UserRow } from './users.types.ts';

type Db = Reader | Tx;

export interface PrimaryEmail {
  email: string;
  /** Whether somebody proved to read it, or an administrator vouched for it. */
  isVerified: boolean;
}

/** The address that mails to an account go to; undefined where it has none. `db` may be a running transaction. */
export async function primaryEmailOf(
  app: App,
  user: Pick<UserRow, 'id' | 'email' | 'emailKey'>,
  db: Db = app.db.read,
): Promise<PrimaryEmail | undefined> {
  if (user.email === '') return undefined;
  const row = await findAddress(db, user.emailKey);
  return { email: user.email, isVerified: row?.userId === user.id && row.verifiedAt !== null };
}

/** The addresses an account has proved to own: what commits and signatures are recognised by. */
export async function verifiedEmailsOf(app: App, userId: number): Promise<string[]> {
  const rows = await listAddressesOf(app.db.read, userId);
  return rows.filter((row) => row.verifiedAt !== null).map((row) => row.email);
}

/** An address that names an account and receives nothing: `<id>+<name>@users.noreply.<host>`. */
export function noReplyAddressOf(app: Pick<App, 'publicUrl'>, user: Pick<UserRow, 'id' | 'name'>): string {
  return `${user.id}+${user.name}@${noReplyHost(app)}`;
}

/** What commits made on the web carry: the primary address, or the no-reply one of those who keep theirs private. */
export function commitEmailOf(
  app: Pick<App, 'publicUrl'>,
  user: Pick<UserRow, 'id' | 'name' | 'email' | 'hidesEmail'>,
): string {
  return user.hidesEmail || user.email === '' ? noReplyAddressOf(app, user) : user.email;
}

/** Whether an address is one of ours that receive nothing, and so cannot be anybody's. */
export function isNoReplyAddress(app: Pick<App, 'publicUrl'>, email: string): boolean {
  return email.toLowerCase().endsWith(`@${noReplyHost(app)}`.toLowerCase());
}

/** The account that a commit's address belongs to: by a proved address, or by the id in a no-reply one. */
export async function userIdOfCommitEmail(app: App, email: string): Promise<number | undefined> {
  if (isNoReplyAddress(app, email)) {
    const id = /^([1-9]\d{0,14})\+/.exec(email)?.[1];
    return id === undefined ? undefined : Number(id);
  }
  const row = await findAddress(app.db.read, email.toLowerCase());
  return row && row.verifiedAt !== null ? row.userId : undefined;
}

/** An account that a commit is shown as. */
export interface CommitAccount {
  id: number;
  name: string;
  avatarHash: string | null;
}

/**
 * The accounts that commits' addresses belong to, by address in lower case: what `userIdOfCommitEmail` tells of one, for
 * a whole page in two queries.
 */
export async function accountsOfCommitEmails(
  app: App,
  emails: readonly string[],
): Promise<Map<string, CommitAccount>> {
  const keys = [...new Set(emails.map((email) => email.toLowerCase()))].filter(isShortAddress);
  const idOf = (email: string) => Number(/^([1-9]\d{0,14})\+/.exec(email)?.[1] ?? 0);
  const ownIds = new Map(
    keys.filter((email) => isNoReplyAddress(app, email)).map((email) => [email, idOf(email)]),
  );
  const [held, named] = await Promise.all([
    listHolders(
      app.db.read,
      keys.filter((email) => !ownIds.has(email)),
    ),
    listPictured(app.db.read, [...new Set(ownIds.values())]),
  ]);
  const accounts = new Map<string, CommitAccount>();
  for (const { emailKey, ...account } of held) accounts.set(emailKey, account);
  for (const [email, id] of ownIds) {
    const account = named.find((one) => one.id === id);
    if (account) accounts.set(email, account);
  }
  return accounts;
}

function isShortAddress(email: string): boolean {
  return email.length <= 254 && email.includes('@') && !email.includes('\0');
}

/** Whether an account may commit under an address: one it proved to own, or its own no-reply address. */
export async function ownersOfAddresses(
  app: App,
  userIds: readonly number[],
): Promise<(userId: number, email: string) => boolean> {
  const rows = await listVerifiedOf(app.db.read, [...new Set(userIds)]);
  const held = new Set(rows.map(({ userId, emailKey }) => `${userId} ${emailKey}`));
  return (userId, email) => {
    if (isNoReplyAddress(app, email)) return email.startsWith(`${userId}+`);
    return held.has(`${userId} ${email.toLowerCase()}`);
  };
}

function noReplyHost(app: Pick<App, 'publicUrl'>): string {
  return `users.noreply.${new URL(app.publicUrl()).hostname.replace(/^\[|\]$/g, '')}`;
}
