// The settings as a flat list, read off the schema: what the loader, `config show` and the documents walk.
import { z } from 'zod';
import { configSchema } from './config.schema.ts';

export type ConfigValue = string | number | boolean | string[];

export interface ConfigKey {
  /** `section.key`, e.g. `server.port`. */
  name: string;
  section: string;
  key: string;
  /** The environment variable, e.g. OPENCODEHUB_SERVER_PORT. */
  variable: string;
  kind: 'text' | 'number' | 'flag' | 'list' | 'choice';
  fallback: ConfigValue;
  doc: string;
  /** The values of a choice. */
  choices: string[];
  /** Bounds of a number, where it has any. */
  min: number | undefined;
  max: number | undefined;
  /** What is hidden when it is shown: the password inside a URL, or everything. */
  secret: 'password' | 'whole' | undefined;
}

export interface ConfigSection {
  name: string;
  doc: string;
  keys: ConfigKey[];
}

interface LeafSchema {
  type: string;
  description?: string;
  default: ConfigValue;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  secret?: 'password' | 'whole';
}

interface RootSchema {
  properties: Record<string, { description?: string; properties: Record<string, LeafSchema> }>;
}

/** Every section with its keys, in the schema's order. */
export function configSections(): ConfigSection[] {
  const root = z.toJSONSchema(configSchema, { io: 'input' }) as unknown as RootSchema;
  return Object.entries(root.properties).map(([name, section]) => ({
    name,
    doc: section.description ?? '',
    keys: Object.entries(section.properties).map(([key, leaf]) => configKey(name, key, leaf)),
  }));
}

/** What a value of this key looks like, e.g. "a whole number from 0 to 65535". */
export function expectationOf(key: ConfigKey): string {
  if (key.kind === 'flag') return 'true or false';
  if (key.kind === 'choice') return `one of ${key.choices.join(', ')}`;
  if (key.kind === 'list') return 'a list of texts';
  if (key.kind === 'text') return 'a text';
  const upper = key.max === undefined ? ' or more' : ` to ${key.max}`;
  const lower = key.max === undefined ? `, ${key.min ?? 0}` : ` from ${key.min ?? 0}`;
  return `a whole number${lower}${upper}`;
}

// Read wherever they are used, never copied at start.
const LIVE_SECTIONS = ['accounts', 'limits', 'mail', 'maintenance', 'metrics', 'network', 'repositories'];
const LIVE_KEYS = [
  'server.public_url',
  'server.trusted_proxies',
  'server.max_body_bytes',
  'server.max_connections_per_address',
  'server.drain_seconds',
  'ssh.public_host',
  'ssh.public_port',
  'ssh.max_connections_per_address',
  'log.level',
];

/** Whether SIGHUP puts a new value in force; others need a restart. */
export function isLive(key: ConfigKey): boolean {
  return LIVE_SECTIONS.includes(key.section) || LIVE_KEYS.includes(key.name);
}

function configKey(section: string, key: string, leaf: LeafSchema): ConfigKey {
  return {
    name: `${section}.${key}`,
    section,
    key,
    variable: `OPENCODEHUB_${section}_${key}`.toUpperCase(),
    kind: kindOf(leaf),
    fallback: leaf.default,
    doc: leaf.description ?? '',
    choices: leaf.enum ?? [],
    min: leaf.minimum,
    // JavaScript's largest whole number is zod's own bound of `int`, not one of ours.
    max: leaf.maximum === Number.MAX_SAFE_INTEGER ? undefined : leaf.maximum,
    secret: leaf.secret,
  };
}

function kindOf(leaf: LeafSchema): ConfigKey['kind'] {
  if (leaf.enum) return 'choice';
  if (leaf.type === 'boolean') return 'flag';
  if (leaf.type === 'array') return 'list';
  return leaf.type === 'integer' || leaf.type === 'number' ? 'number' : 'text';
}
