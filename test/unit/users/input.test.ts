// Names, addresses, passwords and profiles: what is accepted, what is refused and why.
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import {
  isEmail,
  isName,
  parseNewUser,
  parseProfile,
  weaknessOf,
} from '../../../src/features/users/users.input.ts';

function fieldsOf(work: () => unknown): Record<string, string> {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error.fields ?? {};
    throw error;
  }
  return {};
}

const check = (more: Record<string, unknown>) =>
  fieldsOf(() => parseNewUser({ name: 'ada', email: 'ada@example.org', ...more }, 8));

describe('usernames', () => {
  it.each(['a', 'A1', '0', 'ada-lovelace', 'ada.b_c-d', 'x'.repeat(39), 'Zoë'.slice(0, 2), '123456'])(
    'accepts %s',
    (name) => expect(check({ name })).toEqual({}),
  );

  it.each([
    '',
    ' ',
    '-ada',
    'ada-',
    '.ada',
    'ada.',
    '_a',
    'a--b',
    'a..b',
    'a-.b',
    'a b',
    'a/b',
    'a\\b',
    'a\0b',
    'a\nb',
    'ada\n',
    'x'.repeat(40),
    'zoë',
    'ad\u0430',
    '\u212Aelvin',
    'ﬁ',
    'ada%2fx',
    '..',
    '<b>',
  ])('refuses %j', (name) => {
    // Space around a name is cut off before it is judged; a line break inside never passes.
    if (name === 'ada\n') expect(parseNewUser({ name, email: 'a@b.c' }, 8).name).toBe('ada');
    else expect(Object.keys(check({ name }))).toEqual(['name']);
  });

  it.each([
    'api',
    'API',
    'Admin',
    'login',
    'logout',
    'register',
    'settings',
    'setup',
    'new',
    'explore',
    'issues',
    'pulls',
    'notifications',
    'orgs',
    'search',
    'metrics',
    'healthz',
    'readyz',
    'assets',
    'about',
    'help',
    'security',
    'x-access-token',
    'git',
    'robots.txt',
    'repo.git',
    'ada.KEYS',
    'ada.atom',
    'favicon.ico',
  ])('reserves %s', (name) => expect(check({ name }).name).toContain('reserved'));

  it('looks up nothing that cannot be a name', () => {
    expect(isName('\u212A')).toBe(false);
    expect(isName('a'.repeat(40))).toBe(false);
  });

  it('judges a long hostile name quickly enough to answer', () => {
    expect(isName(`${'a-'.repeat(19)}!`)).toBe(false);
    expect(check({ name: `${'a'.repeat(100_000)}!` }).name).toContain('at most');
  });
});

describe('e-mail addresses', () => {
  it.each(['a@b.c', "o'neil+tag@mail.example.org", 'root@localhost', 'A@B.C'])('accepts %s', (email) =>
    expect(isEmail(email)).toBe(true),
  );
  it.each([
    '',
    'a',
    '@b.c',
    'a@',
    'a@b..c',
    'a@-b.c',
    'a b@c.d',
    'a@b.c\nBcc: x@y.z',
    '"a b"@c.d',
    'ä@b.c',
    `${'a'.repeat(65)}@b.c`,
    `a@${'b.'.repeat(130)}c`,
  ])('refuses %j', (email) => expect(isEmail(email)).toBe(false));
});

describe('passwords', () => {
  const weakness = (password: string) => weaknessOf(password, ['ada-lovelace', 'countess@example.org'], 8);

  it.each(['correct horse', 'tr0ub4dor&3', 'пароль-длинный', '🦊🐻🐼🦁🐮🐷🐸🐵'])('accepts %s', (password) =>
    expect(weakness(password)).toBeUndefined(),
  );
  it.each([
    ['short', 'at least 8'],
    ['🦊🐻🐼🦁', 'at least 8'],
    ['x'.repeat(257), 'at most 256'],
    ['ada-lovelace', 'must not be your username'],
    ['ADA-Lovelace', 'must not be your username'],
    ['countess', 'must not be your username'],
    ['countess@example.org', 'must not be your username'],
    ['countesscountess', 'must not be your username'],
    ['aaaaaaaa', 'first that are guessed'],
    ['abababab', 'first that are guessed'],
    ['12345678', 'first that are guessed'],
    ['1234567890123', 'first that are guessed'],
    ['87654321', 'first that are guessed'],
    ['qwertyui', 'first that are guessed'],
    ['password', 'first that are guessed'],
    ['Password1!', 'first that are guessed'],
    ['passwordpassword', 'first that are guessed'],
    ['changeme123', 'first that are guessed'],
    ['sunshine', 'first that are guessed'],
    ['StarWars', 'first that are guessed'],
    ['Q1W2E3R4T5', 'first that are guessed'],
    ['１ｑａｚ２ｗｓｘ', 'first that are guessed'],
  ])('refuses %s', (password, why) => expect(weakness(password)).toContain(why));

  it('are checked with the rest of a new account, all mistakes at once', () => {
    expect(Object.keys(check({ name: '-', email: 'x', password: 'short' })).sort()).toEqual([
      'email',
      'name',
      'password',
    ]);
    expect(check({ password: 'ada' }).password).toContain('at least');
    expect(check({})).toEqual({});
  });
});

describe('profiles', () => {
  it('keeps a name in any script and refuses what could mislead', () => {
    expect(parseProfile({ displayName: '  Ада Лавлейс 🦊 ' }).displayName).toBe('Ада Лавлейс 🦊');
    for (const displayName of ['a\u202Eb', 'a\0b', 'Ada <ada@example.org>', 'x'.repeat(101)]) {
      expect(Object.keys(fieldsOf(() => parseProfile({ displayName })))).toEqual(['displayName']);
    }
    expect(() => parseProfile(null)).toThrow(AppError);
  });
});
