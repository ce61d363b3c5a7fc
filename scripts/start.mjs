// `npm start [-- serve options]`: installs and builds what is missing, then serves.
import { join } from 'node:path';
import { become, buildIfStale, ensureInstalled, fail, ROOT } from './project.mjs';

ensureInstalled();
if (!buildIfStale()) fail('the build failed; its messages above say why.');
become(join(ROOT, 'dist', 'opencodehub'), ['serve', ...process.argv.slice(2)]);
