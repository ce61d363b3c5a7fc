// A real git behind the real spawn helper, and repositories made by the native program, for tests of reading.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCaches } from '../../../src/platform/cache/cache.ts';
import { configSchema } from '../../../src/platform/config/config.schema.ts';
import { createDataDirectory, dataPaths } from '../../../src/platform/config/data-directory.ts';
import type { Git, Oid, RepoDir } from '../../../src/platform/git/git.types.ts';
import { openGit } from '../../../src/platform/git/open-git.ts';
import { silentLog } from '../../../src/platform/observability/log.ts';
import { openMetrics } from '../../../src/platform/observability/metrics.ts';

const env = {
  PATH: process.env.PATH,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@x',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@x',
};

export interface Fixture {
  git: Git;
  work: string;
  /** A new bare repository. */
  bare(name: string, format?: 'sha1' | 'sha256'): RepoDir;
  close(): Promise<void>;
}

/** Opens git over a temporary directory. */
export async function openFixture(): Promise<Fixture> {
  const work = mkdtempSync(join(tmpdir(), 'och-read-'));
  const config = configSchema.parse({ data: { directory: join(work, 'data') } });
  const paths = dataPaths(config.data.directory);
  createDataDirectory(paths);
  const git = await openGit({
    config,
    paths,
    log: silentLog(),
    metrics: openMetrics(),
    caches: openCaches(),
  });
  return {
    git,
    work,
    bare: (name, format = 'sha1') => {
      const dir = join(work, name);
      execFileSync('git', ['init', '-q', '--bare', '-b', 'main', `--object-format=${format}`, dir], { env });
      return dir as RepoDir;
    },
    close: async () => {
      await git.close();
      rmSync(work, { recursive: true, force: true });
    },
  };
}

/** What the native program prints. */
export function native(dir: string, args: readonly string[], input?: string | Buffer): Buffer {
  return execFileSync('git', ['--git-dir', dir, ...args], { env, input, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** The same as text without the line feed at its end. */
export function nativeText(dir: string, args: readonly string[], input?: string | Buffer): string {
  return native(dir, args, input).toString('utf8').trimEnd();
}

export interface FixtureEntry {
  path: Buffer | string;
  content: string | Buffer;
  /** Default 100644; for 160000 the content is the commit's id. */
  mode?: string;
}

export interface FixtureCommit {
  /** Indices of earlier commits. */
  parents: number[];
  entries: FixtureEntry[];
  message?: string;
  time?: number;
}

/** Writes commits, each with its whole content, and returns their ids in order; the last becomes `main`. */
export function writeCommits(dir: RepoDir, commits: readonly FixtureCommit[]): Oid[] {
  const stream = commits.flatMap((commit, index) => commitStream(commit, index));
  const marks = join(dir, 'marks');
  const first = Buffer.from('reset refs/heads/main\n');
  const last = Buffer.from(`reset refs/heads/main\nfrom :${commits.length}\n\n`);
  const args = ['fast-import', '--quiet', '--force', '--date-format=raw', `--export-marks=${marks}`];
  native(dir, args, Buffer.concat([first, ...stream, last]));
  const lines = execFileSync('cat', [marks], { encoding: 'utf8' }).trim().split('\n');
  const oids = new Map(lines.map((line) => line.split(' ') as [string, string]));
  return commits.map((_, index) => oids.get(`:${index + 1}`) ?? '');
}

function commitStream({ parents, entries, message, time }: FixtureCommit, index: number): Buffer[] {
  const who = `A <a@x> ${time ?? 1_700_000_000 + index * 60} +0000`;
  const text = message ?? `commit ${index}\n`;
  const [from, ...merge] = parents;
  const head = `commit refs/fixture/${index}\nmark :${index + 1}\nauthor ${who}\ncommitter ${who}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
  const lines = [
    ...(from === undefined ? [] : [`from :${from + 1}\n`]),
    ...merge.map((parent) => `merge :${parent + 1}\n`),
    'deleteall\n',
  ];
  return [Buffer.from(head + lines.join('')), ...entries.map(entryStream), Buffer.from('\n')];
}

function entryStream({ path, content, mode = '100644' }: FixtureEntry): Buffer {
  const name = `"${[...Buffer.from(path)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}"`;
  if (mode === '160000') return Buffer.from(`M ${mode} ${content} ${name}\n`);
  const data = Buffer.from(content);
  return Buffer.concat([
    Buffer.from(`M ${mode} inline ${name}\ndata ${data.length}\n`),
    data,
    Buffer.from('\n'),
  ]);
}
