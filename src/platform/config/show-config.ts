// What `config show` prints: every value with where it came from, secrets hidden.
import type { ConfigKey, ConfigValue } from './config-keys.ts';
import { configSections } from './config-keys.ts';
import { describeOrigin } from './config-sources.ts';
import type { LoadedConfig } from './load-config.ts';

export interface ShownSetting {
  key: string;
  value: ConfigValue;
  origin: string;
}

const HIDDEN = '********';

/** Every setting in the schema's order; secrets are replaced by asterisks. */
export function showConfig(loaded: Pick<LoadedConfig, 'config' | 'origins'>): ShownSetting[] {
  const config = loaded.config as unknown as Record<string, Record<string, ConfigValue>>;
  return configSections().flatMap((section) =>
    section.keys.map((key) => ({
      key: key.name,
      value: mask(key, config[key.section]?.[key.key] ?? key.fallback),
      origin: describeOrigin(loaded.origins.get(key.name) ?? { kind: 'default' }),
    })),
  );
}

function mask(key: ConfigKey, value: ConfigValue): ConfigValue {
  if (!key.secret || value === '') return value;
  return key.secret === 'whole' ? HIDDEN : maskPassword(String(value));
}

// Also passwords given as a parameter, as some drivers take them.
function maskPassword(text: string): string {
  const url = URL.parse(text);
  if (!url) return HIDDEN;
  if (url.password) url.password = HIDDEN;
  for (const name of [...url.searchParams.keys()]) {
    if (/pass|secret|key/i.test(name)) url.searchParams.set(name, HIDDEN);
  }
  return url.href;
}
