// ARCHITECTURE: the floors, the rooms, the layers inside a room and the fences around libraries, as data and as checks.
import type { Import, SourceFile } from './source-file.ts';

/** Each floor may import those before it. */
export const FLOORS = ['base', 'platform', 'features', 'surfaces', 'app'] as const;

/** The rooms, in order: a room may import the rooms to its left. Nothing imports search, notifications and webhooks. */
export const ROOMS = [
  'users',
  'orgs',
  'auth',
  'repos',
  'lfs',
  'mirrors',
  'code',
  'releases',
  'rules',
  'issues',
  'wiki',
  'packages',
  'pulls',
  'pages',
  'actions',
  'profiles',
  'search',
  'notifications',
  'webhooks',
  'admin',
];

/** What other rooms may see of a room; `.json` is what the API and webhooks show of a thing. */
const OPEN_LAYERS = ['service', 'policy', 'types', 'json'];

/** Rooms whose pages are made of those of others, of which `.present` and `.web` are open to them besides. */
const SHOWN_BY: Readonly<Record<string, readonly string[]>> = { pulls: ['code', 'issues', 'rules'] };

/** Each layer may import layers of the same or a lower rank in its own room. `.data` holds constant tables. */
const LAYERS: Readonly<Record<string, number>> = {
  data: 0,
  types: 0,
  input: 0,
  store: 1,
  policy: 2,
  service: 3,
  json: 4,
  present: 4,
  web: 5,
  api: 5,
  react: 5,
  jobs: 5,
};

interface Fence {
  packages: RegExp;
  inside: RegExp;
  place: string;
}

const FENCES: readonly Fence[] = [
  {
    packages: /^(hono|@hono\/.+)$/,
    inside: /\.(web|api)\.ts$|^src\/surfaces\/|^src\/platform\/web\//,
    place: '.web and .api files, platform/web and surfaces',
  },
  {
    packages: /^drizzle-orm$/,
    inside: /\.store\.ts$|^src\/platform\/db\//,
    place: '.store files and platform/db',
  },
  { packages: /^ssh2$/, inside: /^src\/surfaces\/ssh\//, place: 'surfaces/ssh' },
  { packages: /^commander$/, inside: /^src\/surfaces\/cli\//, place: 'surfaces/cli' },
  {
    packages: /^node:child_process$/,
    inside: /^src\/platform\/(git|runtime)\/|^src\/features\/actions\/runner/,
    place: 'platform/git, platform/runtime (systemd) and the actions runner',
  },
  {
    packages: /^(better-sqlite3|pg|mysql2)$/,
    inside: /^src\/platform\/db\//,
    place: 'platform/db',
  },
  {
    packages: /^(ioredis|bullmq)$/,
    inside: /^src\/platform\/(cache|jobs)\//,
    place: 'platform/cache and platform/jobs',
  },
  {
    packages: /^(@aws-sdk\/.+|minio|aws4fetch)$/,
    inside: /^src\/platform\/storage\//,
    place: 'platform/storage',
  },
  { packages: /^eta$/, inside: /^src\/platform\/render\//, place: 'platform/render' },
  {
    packages: /^node:sea$/,
    inside: /^src\/platform\/runtime\/|^src\/boot\.ts$/,
    place: 'platform/runtime and the boot part',
  },
];

/** Checks one import of one file; returns what is wrong and how to mend it, or undefined. */
export function judgeImport(from: SourceFile, imported: Import): string | undefined {
  if (imported.file === undefined) return judgeFences(from.path, packageOf(imported.specifier));
  if (!imported.file.startsWith('src/')) return `src may not import ${imported.file}, which does not ship.`;
  return judgeFloors(from.path, imported.file) ?? judgeRooms(from.path, imported.file);
}

/** Checks the name of a file in a room. */
export function judgeName(path: string): string | undefined {
  const room = roomOf(path);
  if (room === undefined) return undefined;
  if (!ROOMS.includes(room))
    return `The room ${room} is not in the list; add it to ROOMS in scripts/imports/rules.ts.`;
  if (layerOf(path) in LAYERS) return undefined;
  return `Name it noun.layer.ts with one of the layers ${Object.keys(LAYERS).join(', ')}.`;
}

/** The package of a specifier: `mysql2/promise` belongs to `mysql2`. */
export function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function judgeFences(path: string, name: string): string | undefined {
  const fence = FENCES.find(({ packages, inside }) => packages.test(name) && !inside.test(path));
  return fence && `${name} is used in ${fence.place} only; move this code there, or call what is there.`;
}

function judgeFloors(from: string, to: string): string | undefined {
  const [here, there] = [floorOf(from), floorOf(to)];
  if (there <= here) return undefined;
  return `${FLOORS[here]} may not know ${FLOORS[there]} (${to}); move what both need down, or pass it as an argument.`;
}

function judgeRooms(from: string, to: string): string | undefined {
  const [here, there] = [roomOf(from), roomOf(to)];
  if (here === undefined || there === undefined) return undefined;
  if (here === there) return judgeLayers(from, to);
  if (ROOMS.indexOf(there) > ROOMS.indexOf(here)) {
    return `${here} stands left of ${there} and may not know it; let ${there} react to an event, or move the code.`;
  }
  if (OPEN_LAYERS.includes(layerOf(to))) return undefined;
  if (SHOWN_BY[here]?.includes(there)) return judgeShown(from, to);
  return `Of other rooms only .service, .policy and .types are open, not ${to}; add a function to a service there.`;
}

function judgeShown(from: string, to: string): string | undefined {
  if (['present', 'web', 'input'].includes(layerOf(to))) return judgeLayers(from, to);
  return `Of rooms that a page is made of .present, .web and .input are open besides services, not ${to}.`;
}

function judgeLayers(from: string, to: string): string | undefined {
  const [here, there] = [layerOf(from), layerOf(to)];
  const [rankHere, rankThere] = [LAYERS[here], LAYERS[there]];
  if (rankHere === undefined || rankThere === undefined) return undefined;
  if (rankThere > rankHere) return `.${here} may not know .${there} (${to}); turn the dependency round.`;
  if (there === 'store' && (here === 'web' || here === 'api')) {
    return `.${here} asks services, not stores (${to}); add a function to the service that judges access.`;
  }
  return undefined;
}

function floorOf(path: string): number {
  const floor = FLOORS.indexOf(path.split('/')[1] as (typeof FLOORS)[number]);
  return floor === -1 ? FLOORS.indexOf('app') : floor;
}

function roomOf(path: string): string | undefined {
  return /^src\/features\/([^/]+)\//.exec(path)?.[1];
}

function layerOf(path: string): string {
  return /\.([a-z]+)\.ts$/.exec(path)?.[1] ?? '';
}
