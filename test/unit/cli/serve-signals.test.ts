// What ends a server: a bug nobody caught ends it in order and is logged; signals are proved in test/e2e/lifecycle.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SOURCES = join(import.meta.dirname, '..', '..', '..', 'src');

const SCRIPT = (bug: string) => `
  import { createLog } from '${SOURCES}/platform/observability/log.ts';
  import { listenForSignals } from '${SOURCES}/surfaces/cli/serve-signals.ts';
  const { ended } = listenForSignals(createLog('info', process.stderr), async () => undefined);
  const alive = setInterval(() => undefined, 1000);
  setTimeout(() => { ${bug} });
  const end = await ended;
  setTimeout(() => { throw new Error('while draining') });
  await new Promise((resolve) => setTimeout(resolve, 50));
  console.log(JSON.stringify(end));
  clearInterval(alive);
`;

test.each([
  ["throw new Error('a bug')", 'uncaughtException'],
  ["Promise.reject(new Error('a bug'))", 'unhandledRejection'],
])('%s ends the server in order, even when another follows', async (bug, origin) => {
  const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve) => {
    const args = ['--input-type=module', '-e', SCRIPT(bug)];
    execFile(process.execPath, args, (_error, stdout, stderr) => resolve({ stdout, stderr }));
  });
  expect(JSON.parse(stdout)).toEqual({ reason: origin, failed: true });
  const [first, second] = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(first).toMatchObject({ level: 'fatal', origin, err: { message: 'a bug' } });
  expect(first.err.stack).toContain('at ');
  expect(second.err.message).toBe('while draining');
});
