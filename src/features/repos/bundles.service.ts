// Bundles of large repositories: a file from which a clone begins (`git clone --bundle-uri`), and which costs the server
// nothing but sending it. It holds the default branch as it is now; what was taken back is in no bundle that is served.
import type { App } from '../../platform/app.types.ts';
import type { CachedFile } from '../../platform/cache/file-cache.ts';
import type { GitProcess, RepoDir } from '../../platform/git/git.types.ts';
import { sizeOnDisk } from '../../platform/git/maintenance.ts';

/** From so many bytes on maintenance makes a bundle. */
const LARGE = 256 * 1024 * 1024;
const KIND = 'bundles';

interface Bundled {
  dir: RepoDir;
  defaultBranch: string;
}

/** The bundle of a repository, made as it is read if there is none; undefined where bundles are off or nothing is in it. */
export async function bundleOf(app: App, repository: Bundled): Promise<CachedFile | undefined> {
  const key = await keyOf(app, repository);
  if (key === undefined) return undefined;
  return app.files.get(KIND, key, (signal) => contentOf(app, repository, signal));
}

/** Whether the bundle of a repository lies ready. */
export async function hasBundle(app: App, repository: Bundled): Promise<boolean> {
  const key = await keyOf(app, repository);
  const found = key === undefined ? undefined : await app.files.find(KIND, key);
  await found?.chunks.return(undefined);
  return found !== undefined;
}

/** Makes the bundle of a large repository ahead of its readers. */
export async function prepareBundle(app: App, repository: Bundled): Promise<void> {
  if (!app.config.git.bundles || (await sizeOnDisk(repository.dir)) < LARGE) return;
  const bundle = await bundleOf(app, repository);
  for await (const _ of bundle?.chunks ?? []);
}

async function keyOf(app: App, { dir, defaultBranch }: Bundled): Promise<string | undefined> {
  if (!app.config.git.bundles) return undefined;
  const tip = await app.git.ref(dir, `refs/heads/${defaultBranch}`);
  return tip && `${dir} ${defaultBranch} ${tip}`;
}

async function* contentOf(
  app: App,
  { dir, defaultBranch }: Bundled,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const args = ['bundle', 'create', '--quiet', '-', `refs/heads/${defaultBranch}`];
  const child: GitProcess = await app.git.spawn(args, { dir, signal, background: true });
  try {
    child.stdin.end();
    yield* child.stdout as AsyncIterable<Buffer>;
    const { code, stderr } = await child.exited;
    if (code !== 0) throw new Error(`git bundle ended with ${code}: ${stderr.trim()}`);
  } finally {
    child.kill();
  }
}
