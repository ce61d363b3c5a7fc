// What the command line is given by the floor above, and what its commands have in common.
import type { Clock } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Config } from '../../platform/config/config.schema.ts';
import type { ConfigOrigins } from '../../platform/config/config-sources.ts';
import type { Log } from '../../platform/observability/log.ts';
import type { Addresses } from '../http/lifecycle-addresses.ts';

export interface OpenedApp {
  app: App;
  addresses: Addresses;
  close(): Promise<void>;
}

export type OpenApp = (
  config: Config,
  options?: {
    log?: Log;
    clock?: Clock;
    exclusive?: boolean;
    withoutGit?: boolean;
    origins?: ConfigOrigins;
  },
) => Promise<OpenedApp>;

export interface CliHost {
  openApp: OpenApp;
  environment: Record<string, string | undefined>;
}

/** The options every subcommand takes. */
export interface CommonOptions {
  data?: string;
  config?: string;
  set?: string[];
  json?: boolean;
}
