// Makes the repository that benchmarks and walk tests read: the same for the same options, whatever the machine.
// node scripts/make-corpus.ts --out dist/corpus.git [--commits 50000] [--files 20000] [--seed 1]
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { type CorpusSize, historyStream } from './corpus/history.ts';

const env = { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };

/** Writes a bare repository of about `commits` commits and `files` files, packed. */
export async function makeCorpus(out: string, size: CorpusSize): Promise<void> {
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', out], { env });
  const quietly = ['--quiet', '--done', '--date-format=raw', '--depth=20'];
  const importing = spawn('git', ['-C', out, 'fast-import', ...quietly], {
    env,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = once(importing, 'exit');
  await pipeline(Readable.from(historyStream(size)), importing.stdin);
  const [code] = await ended;
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
  execFileSync('git', ['-C', out, 'update-ref', '-d', 'refs/heads/topic'], { env });
  execFileSync('git', ['-C', out, 'pack-refs', '--all'], { env });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: 'dist/corpus.git' },
      commits: { type: 'string', default: '50000' },
      files: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
    },
  });
  const out = resolve(values.out);
  if (existsSync(out)) throw new Error(`${out} exists already.`);
  try {
    await makeCorpus(out, {
      commits: Number(values.commits),
      files: Number(values.files),
      seed: Number(values.seed),
    });
  } catch (error) {
    rmSync(out, { recursive: true, force: true });
    throw error;
  }
}

if (process.argv[1] && resolve(process.argv[1]) === import.meta.filename) await main();
