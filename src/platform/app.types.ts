// The handles every feature works with. Holds platform parts only; features are functions that take it.
import type { Clock } from '../base/time.ts';
import type { Caches } from './cache/cache.ts';
import type { FileCache } from './cache/file-cache.ts';
import type { RateLimiter } from './cache/rate-limiter.ts';
import type { Config } from './config/config.schema.ts';
import type { ConfigOrigins } from './config/config-sources.ts';
import type { DataPaths } from './config/data-directory.ts';
import type { Db } from './db/db.types.ts';
import type { Events } from './events/events.ts';
import type { Git } from './git/git.types.ts';
import type { Jobs } from './jobs/jobs.types.ts';
import type { Mail } from './mail/mail.ts';
import type { GitGateway } from './net/git-gateway.ts';
import type { Outgoing } from './net/outgoing.ts';
import type { Log } from './observability/log.ts';
import type { Metrics } from './observability/metrics.ts';
import type { Highlighter } from './render/highlight.types.ts';
import type { Render } from './render/render.ts';
import type { Secrets } from './secrets/secrets.ts';
import type { Storage } from './storage/storage.ts';
import type { SymbolParser } from './symbols/symbols.types.ts';

export interface App {
  readonly config: Config;
  /** Where each setting in force came from, by `section.key`. */
  readonly origins: ConfigOrigins;
  readonly paths: DataPaths;
  readonly db: Db;
  readonly git: Git;
  readonly caches: Caches;
  /** What is kept on disk to be quick and can be made again. */
  readonly files: FileCache;
  /** Files that belong to rows. */
  readonly storage: Storage;
  /** Connections to other servers on behalf of people, each judged. */
  readonly outgoing: Outgoing;
  /** How git reaches other servers. */
  readonly gateway: GitGateway;
  readonly limits: RateLimiter;
  readonly jobs: Jobs;
  readonly events: Events;
  readonly secrets: Secrets;
  readonly mail: Mail;
  readonly render: Render;
  /** Colours code and renders Markdown in worker threads. */
  readonly highlighter: Highlighter;
  /** Finds definitions in source code, in a worker thread. */
  readonly symbols: SymbolParser;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** The address people use, without a trailing slash, e.g. https://code.example.org. Known once listening. */
  publicUrl(): string;
  /** What stands before `owner/name.git` in SSH clone addresses, e.g. ssh://git@host:2222/. Undefined when SSH is off. */
  sshCloneBase(): string | undefined;
}
