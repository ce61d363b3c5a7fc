// `opencodehub serve`: opens the application, serves it, and lives until a signal or a bug ends it.
import { AppError } from '../../base/errors.ts';
import { collectAll } from '../../base/spent-buffers.ts';
import type { App } from '../../platform/app.types.ts';
import type { FlagValue } from '../../platform/config/config-sources.ts';
import { type LoadedConfig, loadConfig } from '../../platform/config/load-config.ts';
import { type Log, openLog } from '../../platform/observability/log.ts';
import { openSystemdNotifier, type SystemdNotifier } from '../../platform/runtime/systemd-notify.ts';
import { VERSION } from '../../platform/runtime/version.ts';
import { reloadSettings } from '../http/lifecycle-reload.ts';
import type { RunningServer } from '../http/lifecycle-server.ts';
import type { CliHost, CommonOptions } from './cli.types.ts';
import { configSources, loadOrRefuse } from './cli-config.ts';
import { printLine } from './cli-output.ts';
import { listenForSignals } from './serve-signals.ts';

/** Milliseconds after which a start has settled down. */
const SETTLED = 1000;

interface ServeOptions extends CommonOptions {
  port?: string;
  sshPort?: string;
}

/** Serves until SIGTERM or SIGINT; throws when a bug ended it, so that whoever supervises it starts it again. */
export async function serve(host: CliHost, options: ServeOptions): Promise<void> {
  // Until it is ready there is nothing to reload; the signal's default would end the start.
  process.on('SIGHUP', () => undefined);
  const sources = configSources(host, options, serveFlags(options));
  const { config, origins } = loadOrRefuse(sources);
  const log = await openLog(config.log);
  const opened = await host.openApp(config, { log, exclusive: true, origins });
  // Rooms may only be loaded once the application is open, which settles the database's engine.
  const { startServer } = await import('../http/lifecycle-server.ts');
  const server = await startServer(opened);
  const systemd = openSystemdNotifier(host.environment, (err) => log.warn({ err }, 'systemd was not told'));
  const signals = listenForSignals(log, () => reload(opened.app, server, systemd, () => loadConfig(sources)));
  await announce(opened.app, options.json === true);
  await systemd.ready();
  const unwatch = systemd.watch();
  setTimeout(collectAll, SETTLED).unref();
  const end = await signals.ended;
  const seconds = config.server.drain_seconds;
  log.info({ reason: end.reason, running: server.web.requests.running(), seconds }, 'stopping');
  await Promise.all([systemd.stopping(seconds), server.stop(seconds * 1000)]);
  unwatch();
  log.info('stopped');
  if (end.failed) throw new AppError('unavailable', 'A bug ended the server: its log tells which.');
}

function serveFlags(options: ServeOptions): FlagValue[] {
  return [
    ...(options.port === undefined ? [] : [{ flag: '--port', key: 'server.port', value: options.port }]),
    ...(options.sshPort === undefined
      ? []
      : [{ flag: '--ssh-port', key: 'ssh.port', value: options.sshPort }]),
  ];
}

async function announce(app: App, asJson: boolean): Promise<void> {
  const { setupLinkToken } = await import('../../features/auth/setup.service.ts');
  const url = app.publicUrl();
  const ssh = app.sshCloneBase();
  const token = await setupLinkToken(app);
  const setup = token === undefined ? undefined : `${url}/setup?token=${token}`;
  if (asJson) {
    printLine(
      JSON.stringify({ version: VERSION, pid: process.pid, url, ssh: ssh ?? null, setup: setup ?? null }),
    );
    return;
  }
  const { unix_socket: socket } = app.config.server;
  const place = socket === '' ? url : `${url} on ${socket}`;
  const ready = `OpenCodeHub ${VERSION} is ready: ${place}${ssh ? ` (git over SSH: ${ssh})` : ''}`;
  const invitation = setup ? `\nNobody has an account yet. Create the administrator here: ${setup}` : '';
  printLine(ready + invitation);
}

async function reload(
  app: App,
  server: RunningServer,
  systemd: SystemdNotifier,
  load: () => LoadedConfig,
): Promise<void> {
  await systemd.reloading();
  try {
    const { changed, waiting } = reloadSettings(app, load());
    app.log.level = app.config.log.level;
    app.log.info({ changed }, 'configuration reloaded');
    if (waiting.length > 0) app.log.warn({ settings: waiting }, 'changed settings that need a restart');
  } catch (err) {
    app.log.error({ err }, 'the configuration was not reloaded; the one in force stays');
  }
  reloadCertificate(app, server, app.log);
  await systemd.ready();
}

function reloadCertificate(app: App, server: RunningServer, log: Log): void {
  if (app.config.server.tls_cert === '') return;
  try {
    server.web.reloadCertificate();
    log.info({ file: app.config.server.tls_cert }, 'certificate reloaded');
  } catch (err) {
    log.error({ err }, 'the certificate was not reloaded; the one in use stays');
  }
}
