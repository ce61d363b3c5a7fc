// Security mails: a new browser, a new key or token, another address, another password, second factors.
import type { App } from '../../platform/app.types.ts';
import type { EventKind, RecordedEvent } from '../../platform/events/events.types.ts';
import { findUserById } from '../users/users.service.ts';
import { mailNotice, mailNoticeTo, type Notice } from './notices.service.ts';
import { describeDevice } from './sessions.present.ts';

const KINDS: readonly EventKind[] = [
  'user.signed_in',
  'user.password_changed',
  'email.verified',
  'email.primary_changed',
  'ssh_key.added',
  'signing_key.added',
  'access_token.created',
  'totp.enabled',
  'totp.disabled',
  'passkey.added',
  'passkey.removed',
  'recovery_code.used',
  'second_factors.reset',
];

type Of<K extends EventKind> = Extract<RecordedEvent, { kind: K }>;

/** Subscribes the room to events. */
export function subscribeAuth(app: App): void {
  app.events.subscribe({
    name: 'auth',
    kinds: KINDS,
    async onEvent(event) {
      if (app.mail.isConfigured()) await tell(app, event);
    },
  });
}

async function tell(app: App, event: RecordedEvent): Promise<void> {
  if (event.kind === 'email.primary_changed') return tellBoth(app, event);
  const notice = noticeOf(event);
  if (!notice || !('userId' in event) || event.userId === undefined) return;
  if (event.kind === 'email.verified' && (await isPrimary(app, event))) return;
  await mailNotice(app, event.userId, event, notice);
}

/** The address a new account was made with is no news to its owner, who has just confirmed it. */
async function isPrimary(app: App, event: { userId: number; email: string }): Promise<boolean> {
  const user = await findUserById(app, event.userId);
  return user?.emailKey === event.email.toLowerCase();
}

async function tellBoth(app: App, event: Of<'email.primary_changed'>): Promise<void> {
  const { from, to, userId } = event;
  const user = await findUserById(app, userId);
  if (!user) return;
  const notice: Notice = {
    subject: 'Your primary e-mail address was changed',
    text: `The account ${user.name} has another primary e-mail address now.`,
    facts: [
      ['Until now', from === '' ? 'none' : from],
      ['From now on', to],
    ],
  };
  for (const address of new Set([from, to].filter(Boolean))) {
    await mailNoticeTo(app, address, user.name, event, notice);
  }
}

const SECURITY = { label: 'Look at your second factors', path: '/settings/two-factor' };

/** Undefined where there is nothing to tell. */
function noticeOf(event: RecordedEvent): Notice | undefined {
  switch (event.kind) {
    case 'user.signed_in':
      return event.isNewDevice ? signInNotice(event) : undefined;
    case 'user.password_changed':
      return {
        subject: 'Your password was changed',
        text: 'The password of your account was changed. Elsewhere you are signed out.',
      };
    case 'email.verified':
      return {
        subject: 'An e-mail address was added to your account',
        text: 'An address was confirmed and belongs to your account now.',
        facts: [['Address', event.email]],
        action: { label: 'Look at your addresses', path: '/settings/emails' },
      };
    case 'ssh_key.added':
      return keyNotice('An SSH key', event.fingerprint, '/settings/keys');
    case 'signing_key.added':
      return keyNotice('A signing key', event.fingerprint, '/settings/signing-keys');
    case 'access_token.created':
      return {
        subject: 'An access token was made for your account',
        text: 'Whoever holds the new access token can act as you, within its scopes.',
        facts: [['Token', event.name]],
        action: { label: 'Look at your access tokens', path: '/settings/tokens' },
      };
    case 'totp.enabled':
      return secondFactor('An authenticator app was set up', 'It is asked for when you sign in.');
    case 'totp.disabled':
      return secondFactor(
        'Your authenticator app was removed',
        'It is no longer asked for when you sign in.',
      );
    case 'passkey.added':
      return secondFactor('A passkey was added', 'It can sign in to your account.', event.name);
    case 'passkey.removed':
      return secondFactor('A passkey was removed', 'It no longer signs in to your account.', event.name);
    case 'recovery_code.used':
      return secondFactor('A recovery code was used', 'Somebody signed in with it; it works no more.');
    case 'second_factors.reset':
      return secondFactor('Your second factors were removed', 'An administrator removed all of them.');
    default:
      return undefined;
  }
}

function signInNotice(event: Of<'user.signed_in'>): Notice {
  return {
    subject: 'A sign-in from a new device',
    text: 'Somebody signed in to your account with a browser that it does not know.',
    facts: [
      ['Browser', describeDevice(event.device ?? '')],
      ['Network address', event.address],
    ],
    action: { label: 'Look at your sessions', path: '/settings/sessions' },
  };
}

function keyNotice(what: string, fingerprint: string, path: string): Notice {
  return {
    subject: `${what} was added to your account`,
    text: `${what} was added to your account.`,
    facts: [['Fingerprint', fingerprint]],
    action: { label: 'Look at your keys', path },
  };
}

function secondFactor(subject: string, text: string, name?: string): Notice {
  return { subject, text, ...(name === undefined ? {} : { facts: [['Name', name]] }), action: SECURITY };
}
