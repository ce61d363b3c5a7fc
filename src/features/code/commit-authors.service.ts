// Who commits on the web: the signed-in person, by an address of their own choice, and what their messages are.
import type { Actor } from '../../base/actor.ts';
import { AppError, invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Signature } from '../../platform/git/git.types.ts';
import { commitEmailOf, noReplyAddressOf, verifiedEmailsOf } from '../users/emails.service.ts';
import { findUserById } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';

const MAX_SUMMARY = 500;
const MAX_DESCRIPTION = 60_000;

/** The addresses somebody may commit with, the one they usually do first. */
export async function commitEmails(app: App, actor: Actor): Promise<string[]> {
  return emailsOf(app, await requirePerson(app, actor));
}

async function emailsOf(app: App, user: UserRow): Promise<string[]> {
  const verified = await verifiedEmailsOf(app, user.id);
  return [...new Set([commitEmailOf(app, user), ...verified, noReplyAddressOf(app, user)])];
}

/** The person as author, now. Throws AppError invalid, with the field `email`, for an address that is not theirs. */
export async function authorOf(app: App, actor: Actor, email?: string): Promise<Signature> {
  const user = await requirePerson(app, actor);
  const emails = await emailsOf(app, user);
  const chosen = email || emails[0] || noReplyAddressOf(app, user);
  if (!emails.includes(chosen)) throw invalid({ email: 'Choose one of your own verified addresses.' });
  return { name: user.displayName || user.name, email: chosen, time: app.clock.now(), offset: 0 };
}

/** Somebody as author by the address that their commits on the web carry, now; also of an account that may not sign in any more. */
export async function authorOfAccount(app: App, userId: number): Promise<Signature | undefined> {
  const user = await findUserById(app, userId);
  if (!user) return undefined;
  return {
    name: user.displayName || user.name,
    email: commitEmailOf(app, user),
    time: app.clock.now(),
    offset: 0,
  };
}

async function requirePerson(app: App, actor: Actor): Promise<UserRow> {
  if (actor.kind !== 'user') throw new AppError('unauthenticated', 'Sign in to do this.');
  const user = await findUserById(app, actor.userId);
  if (!user) throw new AppError('unauthenticated', 'Sign in to do this.');
  return user;
}

export interface TypedMessage {
  summary?: string | undefined;
  description?: string | undefined;
  signsOff?: boolean | undefined;
}

/** A commit's message; without a summary it says what `fallback` says. Throws AppError invalid with the field. */
export function messageOf(typed: TypedMessage, fallback: string, author: Signature): string {
  const summary = (typed.summary ?? '').replace(/\s+/g, ' ').trim();
  const description = (typed.description ?? '').replace(/\r\n?/g, '\n').trim();
  if (summary.length > MAX_SUMMARY)
    throw invalid({ summary: `A summary has at most ${MAX_SUMMARY} characters. Write the rest below it.` });
  if (description.length > MAX_DESCRIPTION)
    throw invalid({ description: `A description has at most ${MAX_DESCRIPTION} characters.` });
  const message = description === '' ? summary || fallback : `${summary || fallback}\n\n${description}`;
  return typed.signsOff ? withTrailer(message, `Signed-off-by: ${author.name} <${author.email}>`) : message;
}

const TRAILER = /^(?:[A-Za-z0-9-]+: .*|\(cherry picked from commit [0-9a-f]+\))$/;

/** A message with one more line at its end, which follows others of its kind directly. */
export function withTrailer(message: string, line: string): string {
  const text = message.trimEnd();
  const last = text.split('\n\n').slice(1).at(-1);
  const hasTrailers = last?.split('\n').every((one) => TRAILER.test(one)) === true;
  return `${text}${hasTrailers ? '\n' : '\n\n'}${line}`;
}
