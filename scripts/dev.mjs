// `npm run dev [-- serve options]`: runs the sources, restarts on change, rebuilds browser assets, reloads templates.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { become, ensureInstalled, environment, PINNED_NODE, ROOT } from './project.mjs';

ensureInstalled();

const env = environment({ OPENCODEHUB_DEV: '1' });
const assets = spawn(PINNED_NODE, [join(ROOT, 'scripts/build/watch-assets.ts')], {
  cwd: ROOT,
  env,
  stdio: 'inherit',
});
process.on('exit', () => assets.kill());

const watched = ['--watch', '--watch-preserve-output', join(ROOT, 'src/main.ts')];
become(PINNED_NODE, [...watched, 'serve', ...process.argv.slice(2)], { cwd: ROOT, env });
