// The sample file and the reference are what the schema says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { expect, test } from 'vitest';
import { configSchema } from '../../../src/platform/config/config.schema.ts';
import { configReference, sampleConfig } from '../../../src/platform/config/config-documents.ts';
import { configSections } from '../../../src/platform/config/config-keys.ts';

test('docs/configuration.md is up to date: `opencodehub config docs > docs/configuration.md`', () => {
  const written = readFileSync(join(import.meta.dirname, '../../../docs/configuration.md'), 'utf8');
  expect(written).toBe(configReference());
});

test('the sample sets nothing, and with every key uncommented it sets the defaults', () => {
  const sample = sampleConfig();
  expect(configSchema.parse(parse(sample))).toEqual(configSchema.parse({}));
  const uncommented = sample.replace(/^# (?=[a-z_]+ = )/gm, '');
  const keys = configSections().flatMap((section) => section.keys);
  expect(configSchema.parse(parse(uncommented))).toEqual(configSchema.parse({}));
  for (const key of keys) expect(uncommented).toContain(`\n${key.key} = `);
});

test('every key is documented', () => {
  const keys = configSections().flatMap((section) => section.keys);
  expect(keys.length).toBeGreaterThan(40);
  expect(keys.filter((key) => !key.doc.endsWith('.')).map((key) => key.name)).toEqual([]);
});
