// The log: JSON lines that never hold a secret.
import { expect, test } from 'vitest';
import { createLog } from '../../../src/platform/observability/log.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void, level = 'info'): string[] {
  const lines: string[] = [];
  write(createLog(level, { write: (line) => lines.push(line) }));
  return lines;
}

test('secrets are hidden wherever they stand, the rest is kept, and what was logged is not changed', () => {
  const headers = { Authorization: 'Basic hunter2', COOKIE: 'session=hunter2', accept: 'text/html' };
  const fields = {
    token: 'hunter2',
    password: 'hunter2',
    user: 'ada',
    form: { csrf: 'hunter2', name: 'Ada' },
    req: { headers, url: '/' },
    deep: { deeper: { secret: 'hunter2', kept: 1 } },
  };
  const [line = ''] = logged((log) => log.info(fields, 'request'));
  expect(line).not.toContain('hunter2');
  expect(JSON.parse(line)).toMatchObject({
    level: 'info',
    msg: 'request',
    user: 'ada',
    form: { csrf: '[hidden]', name: 'Ada' },
    req: { headers: { accept: 'text/html', Authorization: '[hidden]' }, url: '/' },
    deep: { deeper: { kept: 1 } },
  });
  expect(headers.Authorization).toBe('Basic hunter2');
});

test('errors carry their stack and cause, and lines below the level are dropped', () => {
  const error = new Error('outer', { cause: new Error('inner') });
  const [line = '', ...others] = logged((log) => {
    log.error({ err: error }, 'failed');
    log.debug('not shown');
  });
  const { err } = JSON.parse(line);
  expect(err.stack).toContain('log.test.ts');
  expect(err.stack).toContain('inner');
  expect(others).toEqual([]);
});

test('fields in a circle are logged', () => {
  const circle: Record<string, unknown> = { password: 'hunter2' };
  circle.self = circle;
  const [line = ''] = logged((log) => log.info(circle, 'round'));
  expect(line).toContain('round');
});
