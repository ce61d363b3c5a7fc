// Starts everything that serves people, in order, and ends it so that what runs may finish.
import type { RequestListener } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { SECOND } from '../../base/time.ts';
import { fillKeyIdsLater } from '../../features/auth/signing-keys.service.ts';
import { warmIssuesLater } from '../../features/issues/issue-index.service.ts';
import { advanceAll } from '../../features/pulls/queue-engine.service.ts';
import { reconcilePushes } from '../../features/repos/transport.service.ts';
import type { App } from '../../platform/app.types.ts';
import { addProcessReadings } from '../../platform/observability/process-readings.ts';
import type { OpenedApp } from '../cli/cli.types.ts';
import { gitHttpHandler } from '../githttp/git-http.ts';
import { openSshServer, type SshServer } from '../ssh/ssh-server.ts';
import { beginStopping } from './lifecycle-state.ts';
import { doubtsAbout } from './lifecycle-warnings.ts';
import { describeListenFailure, listenWeb, type WebListener } from './listen.ts';
import { limitSlowness } from './listen-limits.ts';
import { createWeb } from './web.ts';

export interface RunningServer {
  readonly web: WebListener;
  /** Takes nothing new, lets requests, pushes and jobs finish for at most `graceMs`, then closes everything. */
  stop(graceMs: number): Promise<void>;
}

/** Serves an opened application; closes it again when something cannot be started. */
export async function startServer(opened: OpenedApp): Promise<RunningServer> {
  const { app, addresses } = opened;
  let web: WebListener | undefined;
  try {
    for (const doubt of doubtsAbout(app.config)) app.log.warn(doubt);
    addProcessReadings(app);
    const recovered = await reconcilePushes(app);
    if (recovered > 0) app.log.warn({ pushes: recovered }, 'recorded pushes that a crash had interrupted');
    await fillKeyIdsLater(app);
    await advanceAll(app);
    web = await listenWeb(app.config, webHandler(app), app.log);
    addresses.webListens(web.port);
    const ssh = app.config.ssh.enabled ? await openSsh(app) : undefined;
    if (ssh) addresses.sshListens(ssh.port);
    app.jobs.start();
    warmIssuesLater(app);
    const { requests } = web;
    return {
      web,
      stop: (graceMs) => stopServer(opened, graceMs, [(ms) => requests.drain(ms), ...sshDrain(ssh)]),
    };
  } catch (error) {
    await web?.requests.drain(0);
    await closeInTime(opened);
    throw error;
  }
}

function webHandler(app: App): RequestListener {
  const git = gitHttpHandler(app);
  const pages = getRequestListener(createWeb(app).fetch);
  return (request, response) => {
    if (git(request, response)) return;
    limitSlowness(request, app.config.server);
    if (request.headers.expect !== undefined) response.writeContinue();
    void pages(request, response);
  };
}

async function openSsh(app: App): Promise<SshServer> {
  const { listen: host, port } = app.config.ssh;
  return openSshServer(app).catch((error: unknown) => {
    throw describeListenFailure(error, { host, port, flag: '--ssh-port' });
  });
}

type Drain = (graceMs: number) => Promise<unknown>;

function sshDrain(ssh: SshServer | undefined): Drain[] {
  return ssh ? [(graceMs) => ssh.close(graceMs)] : [];
}

// All at once, within one time limit: a push may wait for nothing that a job holds, and the other way round.
async function stopServer(opened: OpenedApp, graceMs: number, drains: Drain[]): Promise<void> {
  const { app } = opened;
  beginStopping(app);
  const parts = [...drains.map((drain) => drain(graceMs)), app.jobs.stop(graceMs)];
  const stopped = parts.map((part) =>
    part.catch((err: unknown) => app.log.error({ err }, 'a part did not stop cleanly')),
  );
  // A database that no longer answers must not hold this up.
  await within(graceMs + 5 * SECOND, Promise.all(stopped));
  await closeInTime(opened);
}

// Whatever does not close by then is left to the kernel: nothing acknowledged depends on it.
async function closeInTime(opened: OpenedApp): Promise<void> {
  await within(10 * SECOND, opened.close());
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
