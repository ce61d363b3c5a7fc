// `npm start [-- serve options]`: installs and builds what is missing, then serves.
import { join } from 'node:path';
import { become, ensureBuilt, ensureInstalled, ROOT } from './project.mjs';

ensureInstalled();
ensureBuilt();
become(join(ROOT, 'dist', 'opencodehub'), ['serve', ...process.argv.slice(2)]);
