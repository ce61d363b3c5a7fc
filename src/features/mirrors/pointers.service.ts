// Which large files a history names: every small blob among what is new is looked at once.
import type { App } from '../../platform/app.types.ts';
import type { Oid, RepoDir } from '../../platform/git/git.types.ts';
import type { LfsPointer } from '../lfs/lfs.types.ts';
import { MOST_POINTER_BYTES, parsePointer } from '../lfs/lfs-objects.service.ts';

/** More are left for the next run. */
const MOST_POINTERS = 200_000;
const AT_ONCE = 64;
const LIMITS = { dataBytes: 1024 ** 3, cpuSeconds: 3600 };

/** The pointers below some tips that are not below others. */
export async function pointersIn(
  app: App,
  dir: RepoDir,
  tips: readonly Oid[],
  known: readonly Oid[],
  signal: AbortSignal,
): Promise<LfsPointer[]> {
  if (tips.length === 0) return [];
  const filter = `combine:blob:limit=${MOST_POINTER_BYTES}+object:type=blob`;
  const child = await app.git.spawn(
    ['rev-list', '--objects', '--no-object-names', `--filter=${filter}`, '--ignore-missing', '--stdin'],
    { dir, signal, background: true, limits: LIMITS },
  );
  child.stdin.on('error', () => {});
  child.stdin.end([...tips, ...known.map((oid) => `^${oid}`)].map((line) => `${line}\n`).join(''));
  const found = new Map<string, LfsPointer>();
  for await (const oids of inGroups(child.stdout)) {
    for (const pointer of await Promise.all(oids.map((oid) => pointerOf(app, dir, oid))))
      if (pointer && found.size < MOST_POINTERS) found.set(pointer.oid, pointer);
  }
  const { code, stderr } = await child.exited;
  signal.throwIfAborted();
  if (code !== 0) throw new Error(`git rev-list ended with ${code}: ${stderr}`);
  return [...found.values()];
}

async function pointerOf(app: App, dir: RepoDir, oid: Oid): Promise<LfsPointer | undefined> {
  const info = await app.git.objects(dir).info(oid);
  if (info?.type !== 'blob' || info.size > MOST_POINTER_BYTES || info.size < 100) return undefined;
  const object = await app.git.objects(dir).read(oid, MOST_POINTER_BYTES);
  return object && parsePointer(object.data);
}

async function* inGroups(output: AsyncIterable<Buffer>): AsyncGenerator<Oid[]> {
  let rest = '';
  let group: Oid[] = [];
  for await (const chunk of output) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      group.push(line);
      if (group.length < AT_ONCE) continue;
      yield group;
      group = [];
    }
  }
  yield group;
}
