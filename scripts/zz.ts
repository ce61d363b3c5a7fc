import { mkdirSync } from 'node:fs';
import { measureRunners } from './bench/runners.ts';

mkdirSync('/tmp/gx/rw', { recursive: true });
await measureRunners(
  { judge: (...a: unknown[]) => console.log(a) } as never,
  { data: '/tmp/gx/data' } as never,
  '/tmp/gx/rw',
);
