// systemd's notify protocol, sent by the real systemd-notify to a real datagram socket.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSystemdNotifier } from '../../../src/platform/runtime/systemd-notify.ts';
import { type NotifySocket, startNotifySocket } from '../../support/notify-socket.ts';

let systemd: NotifySocket;
const failures: Error[] = [];

beforeEach(async () => {
  systemd = await startNotifySocket();
  failures.length = 0;
});

afterEach(() => systemd.close());

function notifier(environment: Record<string, string>) {
  const all = { PATH: process.env.PATH, ...environment };
  return openSystemdNotifier(all, (error) => failures.push(error));
}

test('start, reload and stop are told', async () => {
  const notify = notifier({ NOTIFY_SOCKET: systemd.path });
  await notify.ready();
  expect(await systemd.next('READY=1')).toContain('READY=1');
  await notify.reloading();
  expect((await systemd.next('RELOADING=1')).join()).toMatch(/MONOTONIC_USEC=\d+/);
  await notify.stopping(30);
  expect(await systemd.next('STOPPING=1')).toContain('EXTEND_TIMEOUT_USEC=35000000');
  expect(failures).toEqual([]);
});

test('signs of life are sent at half the time systemd waits, until ended', async () => {
  const watch = notifier({ NOTIFY_SOCKET: systemd.path, WATCHDOG_USEC: '200000' }).watch();
  await systemd.next('WATCHDOG=1');
  await systemd.next('WATCHDOG=1');
  watch();
});

test('signs of life meant for another process are not sent', async () => {
  const notify = notifier({ NOTIFY_SOCKET: systemd.path, WATCHDOG_USEC: '2000', WATCHDOG_PID: '1' });
  const unwatch = notify.watch();
  await notify.ready();
  await notify.stopping(1);
  unwatch();
  expect(await systemd.next('=1')).toContain('READY=1');
  expect(await systemd.next('=1')).toContain('STOPPING=1');
});

test('nothing is sent where systemd did not start it; what cannot be sent is told, not thrown', async () => {
  await notifier({}).ready();
  await notifier({ NOTIFY_SOCKET: systemd.path, PATH: '/nowhere' }).ready();
  expect(failures.map((failure) => (failure as NodeJS.ErrnoException).code)).toEqual(['ENOENT']);
  await notifier({ NOTIFY_SOCKET: `${systemd.path}.gone` }).ready();
  expect(failures).toHaveLength(2);
});
