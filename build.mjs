// `npm run build`: leaves dist/opencodehub, one file that needs nothing but git. The work is in scripts/build.
import { ensureInstalled, runPinned } from './scripts/project.mjs';

ensureInstalled();
process.exit(runPinned('scripts/build/build.ts', process.argv.slice(2)));
