// database.url: what it may hold, and that its mistakes never repeat the password.
import { expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { dialectOfUrl, parseDatabaseUrl } from '../../../src/platform/db/database-url.ts';

test('servers by host, by socket, and with encoded passwords', () => {
  expect(parseDatabaseUrl('postgres://ann:p%40ss@db.example.org/forge')).toStrictEqual({
    dialect: 'postgres',
    host: 'db.example.org',
    port: 5432,
    socket: undefined,
    user: 'ann',
    password: 'p@ss',
    database: 'forge',
    tls: 'off',
  });
  expect(
    parseDatabaseUrl('mariadb://root@localhost:33060/forge?socket=%2Frun%2Fsock&tls=verified'),
  ).toMatchObject({
    dialect: 'mysql',
    port: 33060,
    socket: '/run/sock',
    tls: 'verified',
  });
  expect(parseDatabaseUrl('postgresql://u@[::1]/x').host).toBe('::1');
});

test('the dialect follows from the scheme, SQLite from nothing', () => {
  expect(
    ['', 'postgres://h/d', 'postgresql://h/d', 'mysql://h/d', 'mariadb://h/d'].map(dialectOfUrl),
  ).toStrictEqual(['sqlite', 'postgres', 'postgres', 'mysql', 'mysql']);
});

test.each([
  'hunter2',
  'oracle://ann:hunter2@h/d',
  'postgres://ann:hunter2@h',
  'postgres://ann:hunter2@h/',
  'postgres://ann:hunter2@h/a/b',
  'postgres://ann:hunter2@h/d?sslmode=require',
  'postgres://ann:hunter2@h/d?tls=maybe',
  'postgres://ann:hunter2%zz@h/d',
  'postgres://ann:hunter2@h:99999/d',
  'postgres:///d',
])('%s is refused without repeating its password', (url) => {
  const refuse = () => parseDatabaseUrl(url);
  expect(refuse).toThrow(AppError);
  expect(refuse).toThrow(/^database\.url/);
  expect(refuse).not.toThrow(/hunter2/);
});
