// SIGHUP: takes over what may change while running, and says what has to wait for a restart.
import type { Config } from '../../platform/config/config.schema.ts';
import {
  type ConfigKey,
  type ConfigValue,
  configSections,
  isLive,
} from '../../platform/config/config-keys.ts';
import type { LoadedConfig } from '../../platform/config/load-config.ts';

type Settings = Pick<LoadedConfig, 'config' | 'origins'>;

export interface ReloadOutcome {
  /** Settings in force from now on, by `section.key`. */
  changed: string[];
  /** Settings that differ from the running ones but need a restart. */
  waiting: string[];
}

/** Copies the live settings of `fresh` into the configuration in use, and where they came from. */
export function reloadSettings(
  { config: running, origins }: Settings,
  { config: fresh, origins: freshOrigins }: Settings,
): ReloadOutcome {
  const outcome: ReloadOutcome = { changed: [], waiting: [] };
  for (const key of configSections().flatMap((section) => section.keys)) {
    const origin = freshOrigins.get(key.name);
    if (isLive(key) && origin) origins.set(key.name, origin);
    if (JSON.stringify(settingOf(running, key)) === JSON.stringify(settingOf(fresh, key))) continue;
    if (isLive(key)) {
      sectionOf(running, key)[key.key] = settingOf(fresh, key);
      outcome.changed.push(key.name);
    } else {
      outcome.waiting.push(key.name);
    }
  }
  return outcome;
}

function sectionOf(config: Config, key: ConfigKey): Record<string, ConfigValue> {
  return (config as unknown as Record<string, Record<string, ConfigValue>>)[key.section] ?? {};
}

function settingOf(config: Config, key: ConfigKey): ConfigValue {
  return sectionOf(config, key)[key.key] ?? key.fallback;
}
