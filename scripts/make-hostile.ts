// Makes repositories to try a server with that shows what strangers push; test/web/code/hostile-repositories.test.ts
// shows every page of each. node scripts/make-hostile.ts --out DIRECTORY [--kind "a deep tree"]
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { HOSTILE, makeHostile } from './corpus/hostile.ts';

const { values } = parseArgs({ options: { out: { type: 'string' }, kind: { type: 'string' } } });
if (values.out === undefined) throw new Error('Say where: --out DIRECTORY');
for (const kind of values.kind === undefined ? Object.keys(HOSTILE) : [values.kind]) {
  const repository = join(resolve(values.out), `${kind.replaceAll(/[^\w]+/g, '-')}.git`);
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', repository]);
  await makeHostile(repository, kind);
  console.log(repository);
}
