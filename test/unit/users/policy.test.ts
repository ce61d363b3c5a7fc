// Who may do what with accounts: every kind of actor against every ability.
import { describe, expect, it } from 'vitest';
import { type AbilityName, type AbilityOn, ABILITIES as ALL, ruleOf } from '../../../src/base/abilities.ts';
import { type AccessScope, type Actor, ANONYMOUS, SYSTEM, type UserActor } from '../../../src/base/actor.ts';
import { isAppError } from '../../../src/base/errors.ts';
import {
  requireAccountAbility,
  requireMayCreateUser,
  requireMayListUsers,
} from '../../../src/features/users/users.policy.ts';
import { configSchema } from '../../../src/platform/config/config.schema.ts';

const ME = 7;

function user(userId: number, via: UserActor['via'], scopes?: AccessScope[], isAdmin = false): UserActor {
  return { kind: 'user', userId, name: 'x', isAdmin, via, ...(scopes ? { scopes } : {}) };
}

function outcome(work: () => void): string {
  try {
    work();
    return 'granted';
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
}

/** What is one's own: not what everybody may do towards others. */
const ABILITIES = (Object.keys(ALL) as AbilityName[]).filter(
  (name) =>
    ruleOf(name).on === 'account' &&
    ['self', 'admin'].includes(ruleOf(name).needs) &&
    name !== 'account:suspend',
) as AbilityOn<'account'>[];
const onOwn = (actor: Actor) =>
  Object.fromEntries(ABILITIES.map((one) => [one, outcome(() => requireAccountAbility(actor, ME, one))]));
const all = (code: string) => Object.fromEntries(ABILITIES.map((one) => [one, code]));

describe('abilities on an account', () => {
  it('are all held by its own person and by the system', () => {
    expect(onOwn(user(ME, 'session'))).toEqual(all('granted'));
    expect(onOwn(user(ME, 'password'))).toEqual(all('granted'));
    expect(onOwn(SYSTEM)).toEqual(all('granted'));
  });

  it('are kept from strangers as if there were no such account, and from anonymous people', () => {
    expect(onOwn(user(8, 'session'))).toEqual(all('not_found'));
    expect(onOwn(ANONYMOUS)).toEqual(all('unauthenticated'));
  });

  it('give administrators the profile but never keys, tokens, sessions or passwords', () => {
    expect(onOwn(user(8, 'session', undefined, true))).toEqual({
      ...all('not_found'),
      'account:read': 'granted',
      'profile:write': 'granted',
    });
  });

  it('never let a token widen its own power', () => {
    for (const scopes of [['all'], ['write:user'], ['write:admin', 'write:user']] as AccessScope[][]) {
      const granted = onOwn(user(ME, 'token', scopes));
      expect(granted).toMatchObject({
        'tokens:manage': 'forbidden',
        'sessions:manage': 'forbidden',
        'password:change': 'forbidden',
        'keys:write': 'granted',
      });
    }
    expect(onOwn(user(ME, 'token', ['read:user']))).toEqual({
      ...all('forbidden'),
      'account:read': 'granted',
      'blocks:read': 'granted',
      'keys:read': 'granted',
      'emails:read': 'granted',
      'own-webhooks:read': 'granted',
    });
    expect(onOwn(user(ME, 'token', ['write:repository']))).toEqual(all('forbidden'));
    expect(onOwn(user(ME, 'token'))).toEqual(all('forbidden'));
    expect(onOwn(user(ME, 'ssh'))).toEqual(all('forbidden'));
  });
});

describe('making and listing accounts', () => {
  const accounts = (registration: 'open' | 'closed') =>
    configSchema.parse({ accounts: { registration } }).accounts;
  const make = (actor: Actor, registration: 'open' | 'closed', isAdmin = false) =>
    outcome(() => requireMayCreateUser(accounts(registration), actor, { isAdmin }));

  it('is open to anybody while registration is, for plain accounts', () => {
    expect(make(ANONYMOUS, 'open')).toBe('granted');
    expect(make(ANONYMOUS, 'closed')).toBe('forbidden');
    expect(make(ANONYMOUS, 'open', true)).toBe('forbidden');
    expect(make(user(ME, 'session'), 'open', true)).toBe('forbidden');
  });

  it('is for administrators in person, or by a token made for administration', () => {
    const admin = (via: UserActor['via'], scopes?: AccessScope[]) => user(ME, via, scopes, true);
    expect(make(SYSTEM, 'closed', true)).toBe('granted');
    expect(make(admin('session'), 'closed', true)).toBe('granted');
    expect(make(admin('token', ['write:admin']), 'closed')).toBe('granted');
    expect(make(admin('token', ['write:user', 'read:admin']), 'closed')).toBe('forbidden');
    expect(make(admin('ssh'), 'closed')).toBe('forbidden');
    expect(outcome(() => requireMayListUsers(admin('session')))).toBe('granted');
    for (const actor of [ANONYMOUS, user(ME, 'session'), admin('ssh'), admin('token', ['write:user'])]) {
      expect(outcome(() => requireMayListUsers(actor))).toBe('not_found');
    }
  });
});
