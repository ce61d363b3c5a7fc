// Which files are made by programs: by their names, and by `linguist-generated` in the .gitattributes of the tree.
import type { App } from '../../platform/app.types.ts';
import type { BoundedCache } from '../../platform/cache/cache.ts';
import type { ChangeSide } from './changes.types.ts';
import { type Budget, type PathPattern, parsePattern } from './path-patterns.service.ts';
import { joinPath, parentPath } from './paths.service.ts';

const NAMES = new RegExp(
  [
    /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|deno\.lock|Cargo\.lock)$/,
    /(?:^|\/)(?:composer\.lock|poetry\.lock|Pipfile\.lock|uv\.lock|pdm\.lock|go\.sum|Gemfile\.lock|Podfile\.lock)$/,
    /(?:^|\/)(?:flake\.lock|mix\.lock|packages\.lock\.json|gradle\.lockfile|pubspec\.lock|Package\.resolved)$/,
    /[.-]min\.(?:js|css|mjs)$|\.(?:js|css|mjs)\.map$|\.pb\.(?:go|cc|h)$|_pb2(?:_grpc)?\.py$|\.g\.dart$|\.designer\.cs$/,
  ]
    .map((rule) => rule.source)
    .join('|'),
);

const FILE = Buffer.from('.gitattributes');
const MOST_BYTES = 128 * 1024;
const MOST_RULES = 500;
/** Directories of one page that are looked into. */
const MOST_DIRECTORIES = 24;
const CACHE_BYTES = 1024 * 1024;
/** Steps of matching for one page. */
const MOST_STEPS = 5_000_000;

interface Rule {
  pattern: PathPattern;
  isGenerated: boolean;
}

/** Tells, for paths of a tree, which are generated. */
export async function generatedAmong(
  app: App,
  side: ChangeSide,
  paths: readonly Buffer[],
): Promise<(path: Buffer) => boolean> {
  const directories = directoriesOf(paths);
  const rules = new Map<string, Rule[]>();
  await Promise.all(
    [...directories].map(async ([key, directory]) => {
      rules.set(key, await rememberedRules(app, side, key, directory));
    }),
  );
  const budget = { steps: MOST_STEPS };
  return (path) => isSaid(path, rules, budget) ?? NAMES.test(path.toString('latin1'));
}

/** The directories above some paths, the root first, by their bytes as latin1. */
function directoriesOf(paths: readonly Buffer[]): Map<string, Buffer> {
  const found = new Map<string, Buffer>([['', Buffer.alloc(0)]]);
  for (const path of paths) {
    for (let above = parentPath(path); above.length > 0; above = parentPath(above)) {
      if (found.size < MOST_DIRECTORIES) found.set(above.toString('latin1'), above);
    }
  }
  return found;
}

const ofApp = new WeakMap<App, BoundedCache<Rule[]>>();

async function rememberedRules(app: App, side: ChangeSide, key: string, directory: Buffer): Promise<Rule[]> {
  const cache = ofApp.get(app) ?? app.caches.create<Rule[]>('generated-files', CACHE_BYTES);
  ofApp.set(app, cache);
  const name = `${side.open.repository.id}:${side.commit.tree}:${key}`;
  const known = cache.get(name);
  if (known) return known;
  const rules = await rulesOf(app, side, directory);
  cache.set(name, rules, name.length * 2 + 100 + rules.length * 300);
  return rules;
}

async function rulesOf(app: App, { open, commit }: ChangeSide, directory: Buffer): Promise<Rule[]> {
  const objects = app.git.objects(open.dir);
  const entry = await objects.entry(commit.tree, joinPath(directory, FILE)).catch(() => undefined);
  if (entry?.type !== 'blob' || entry.mode === '120000') return [];
  const info = await objects.info(entry.oid);
  if (!info || info.size > MOST_BYTES) return [];
  const file = await objects.read(entry.oid, MOST_BYTES);
  return parseRules(file?.data.toString('latin1') ?? '');
}

/** The lines of .gitattributes (gitattributes(5)) that say of files whether they are generated. */
export function parseRules(text: string): Rule[] {
  const lines = text.split('\n').filter((line) => line.includes('linguist-generated'));
  return lines.slice(0, MOST_RULES).flatMap((line) => {
    const [pattern = '', ...attributes] = line.trim().split(/[ \t\r]+/);
    const parsed = pattern.startsWith('#') ? undefined : parsePattern(pattern);
    const said = attributes.findLast((attribute) => /^[-!]?linguist-generated(?:=|$)/.test(attribute));
    if (!parsed || said === undefined || said.startsWith('!')) return [];
    const isGenerated = !said.startsWith('-') && !said.endsWith('=false');
    return [{ pattern: parsed, isGenerated }];
  });
}

/** The nearest directory that says anything wins, and in it the last line. */
function isSaid(
  path: Buffer,
  rules: ReadonlyMap<string, readonly Rule[]>,
  budget: Budget,
): boolean | undefined {
  const text = path.toString('latin1');
  for (let end = text.lastIndexOf('/'); ; end = text.lastIndexOf('/', end - 1)) {
    const directory = end < 0 ? '' : text.slice(0, end);
    const rest = text.slice(end + 1);
    const rule = rules.get(directory)?.findLast(({ pattern }) => pattern.matches(rest, budget));
    if (rule) return rule.isGenerated;
    if (end <= 0) return undefined;
  }
}
