// Tells a git that ran into the limits of its memory or its time from one that failed (see SpawnOptions.limits).
import type { GitProcess } from './git.types.ts';

const OUT_OF_MEMORY = /\bout of memory\b|cannot allocate memory/i;

/** Whether a process ended because it needed more than it may take: what it was asked for is too large. */
export function isExhausted({ signal, stderr }: Awaited<GitProcess['exited']>): boolean {
  return signal === 'SIGXCPU' || OUT_OF_MEMORY.test(stderr);
}
