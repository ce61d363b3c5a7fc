// Tells systemd how the service is doing (sd_notify(3)). Node cannot write to unix datagram sockets, so each message is
// sent by systemd's own small program `systemd-notify`; the unit therefore needs NotifyAccess=all.
import { execFile } from 'node:child_process';

export interface SystemdNotifier {
  ready(): Promise<void>;
  reloading(): Promise<void>;
  /** `seconds`: how long stopping may take, so that systemd waits. */
  stopping(seconds: number): Promise<void>;
  /** Starts sending signs of life, if systemd asked for them; returns the function that ends that. */
  watch(): () => void;
}

type Environment = Record<string, string | undefined>;

const NOTIFY_TIMEOUT = 10_000;

/** A notifier for this process; does nothing where systemd did not start it. `onFailure` hears why a message was lost. */
export function openSystemdNotifier(
  environment: Environment,
  onFailure: (error: Error) => void,
): SystemdNotifier {
  const socket = environment.NOTIFY_SOCKET;
  const send = socket
    ? (...lines: string[]) => notify(socket, environment, lines, onFailure)
    : async () => undefined;
  const interval = socket ? watchdogInterval(environment) : undefined;
  return {
    ready: () => send('READY=1', 'STATUS=Ready'),
    reloading: () => send('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`),
    stopping: (seconds) =>
      send('STOPPING=1', 'STATUS=Finishing what runs', `EXTEND_TIMEOUT_USEC=${(seconds + 5) * 1_000_000}`),
    watch() {
      if (interval === undefined) return () => undefined;
      const timer = setInterval(() => void send('WATCHDOG=1'), interval);
      return () => clearInterval(timer);
    },
  };
}

/** Milliseconds between two signs of life: half of what systemd waits, as sd_watchdog_enabled(3) recommends. */
function watchdogInterval(environment: Environment): number | undefined {
  const microseconds = Number(environment.WATCHDOG_USEC);
  const forUs = !environment.WATCHDOG_PID || environment.WATCHDOG_PID === String(process.pid);
  if (!forUs || !Number.isFinite(microseconds) || microseconds <= 0) return undefined;
  return Math.max(1, Math.floor(microseconds / 2000));
}

function notify(
  socket: string,
  environment: Environment,
  lines: string[],
  onFailure: (error: Error) => void,
): Promise<void> {
  const env = { NOTIFY_SOCKET: socket, PATH: environment.PATH || '/usr/local/bin:/usr/bin:/bin' };
  const args = [`--pid=${process.pid}`, ...lines];
  return new Promise((resolve) => {
    execFile('systemd-notify', args, { env, timeout: NOTIFY_TIMEOUT }, (error) => {
      if (error) onFailure(error);
      resolve();
    });
  });
}
