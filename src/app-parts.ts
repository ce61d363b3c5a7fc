// The parts of the application in their order of opening. Imported by app.ts once the database's engine is chosen.
import { join } from 'node:path';
import type { OpenAppOptions } from './app.ts';
import { systemClock } from './base/time.ts';
import { registerAuth } from './features/auth/auth.jobs.ts';
import { registerCode } from './features/code/code.react.ts';
import { registerIssues } from './features/issues/issues.react.ts';
import { registerLfs } from './features/lfs/lfs.react.ts';
import { registerMirrors } from './features/mirrors/mirrors.react.ts';
import { registerNotifications } from './features/notifications/notifications.react.ts';
import { registerOrgs } from './features/orgs/orgs.jobs.ts';
import { registerProfiles } from './features/profiles/profiles.react.ts';
import { registerPulls } from './features/pulls/pulls.react.ts';
import { registerReleases } from './features/releases/releases.jobs.ts';
import { registerRepos } from './features/repos/repos.react.ts';
import { registerRules } from './features/rules/rules.react.ts';
import { registerWebhooks } from './features/webhooks/webhooks.react.ts';
import type { App } from './platform/app.types.ts';
import { openCaches } from './platform/cache/cache.ts';
import { openFileCache } from './platform/cache/file-cache.ts';
import { openRateLimiter } from './platform/cache/rate-limiter.ts';
import type { Config } from './platform/config/config.schema.ts';
import type { DataPaths } from './platform/config/data-directory.ts';
import { tieToDirectory } from './platform/db/instance-id.ts';
import { openDb } from './platform/db/open-db.ts';
import { openEvents } from './platform/events/open-events.ts';
import type { Git } from './platform/git/git.types.ts';
import { openGit } from './platform/git/open-git.ts';
import { openJobs } from './platform/jobs/open-jobs.ts';
import { openMail } from './platform/mail/open-mail.ts';
import { openGitGateway } from './platform/net/git-gateway.ts';
import { openOutgoing } from './platform/net/outgoing.ts';
import { openLog } from './platform/observability/log.ts';
import { openMetrics } from './platform/observability/metrics.ts';
import { openHighlighter } from './platform/render/highlight.ts';
import { openRender } from './platform/render/render.ts';
import { keepProbe } from './platform/secrets/probe.store.ts';
import { openSecrets } from './platform/secrets/secrets.ts';
import { openStorage } from './platform/storage/storage.ts';
import { openSymbolParser } from './platform/symbols/symbols.ts';
import type { OpenedApp } from './surfaces/cli/cli.types.ts';
import { openAddresses } from './surfaces/http/lifecycle-addresses.ts';

/** Opens every part and wires the rooms; what was opened is closed again when a later part fails. */
export async function openParts(
  config: Config,
  paths: DataPaths,
  options: OpenAppOptions,
): Promise<OpenedApp> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const log = options.log ?? (await openLog(config.log));
    const clock = options.clock ?? systemClock;
    const metrics = openMetrics();
    const caches = openCaches();
    const db = await openDb(config.database, paths, log, metrics);
    closers.push(() => db.close());
    await tieToDirectory(db, paths);
    const jobs = openJobs({ db, clock, log, metrics, workers: config.jobs.workers });
    closers.push(() => jobs.stop(0));
    const secrets = openSecrets(paths.keys);
    await keepProbe(db, secrets);
    const events = openEvents({ db, jobs, clock, secrets });
    const mail = openMail({ config, db, jobs, secrets, clock });
    const git = options.withoutGit ? closedGit() : await openGit({ config, paths, log, metrics, caches });
    if (!options.withoutGit) closers.push(() => git.close());
    const highlighter = openHighlighter({ caches, onTrouble: (message) => log.warn(message) });
    closers.push(() => highlighter.close());
    const outgoing = openOutgoing(() => config.network.allow_private);
    const gateway = openGitGateway(outgoing);
    closers.push(() => gateway.close());
    const symbols = openSymbolParser({ onTrouble: (message) => log.warn(message) });
    closers.push(() => symbols.close());
    const addresses = openAddresses(config);
    const app: App = {
      config,
      origins: options.origins ?? new Map(),
      paths,
      db,
      git,
      caches,
      files: openFileCache(join(paths.cache, 'files'), config.cache.max_bytes),
      storage: openStorage(paths.storage),
      outgoing,
      gateway,
      limits: openRateLimiter(clock),
      jobs,
      events,
      secrets,
      mail,
      render: openRender({ reload: process.env.OPENCODEHUB_DEV === '1' }),
      highlighter,
      symbols,
      log,
      metrics,
      clock,
      publicUrl: addresses.publicUrl,
      sshCloneBase: addresses.sshCloneBase,
    };
    registerRooms(app);
    return { app, addresses, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Each room's jobs, schedules and reactions to events. */
function registerRooms(app: App): void {
  registerAuth(app);
  registerOrgs(app);
  registerRepos(app);
  registerLfs(app);
  registerMirrors(app);
  registerCode(app);
  registerReleases(app);
  registerRules(app);
  registerIssues(app);
  registerPulls(app);
  registerProfiles(app);
  registerNotifications(app);
  registerWebhooks(app);
}

/** Commands beside a server leave git to it. There is nothing to forget where no repository was opened. */
function closedGit(): Git {
  const known: Pick<Git, 'forget'> = { forget: async () => undefined };
  return new Proxy(known as Git, {
    get: (target, name) => {
      if (name in target) return target.forget;
      throw new Error(`git is closed here, and ${String(name)} was asked of it`);
    },
  });
}
