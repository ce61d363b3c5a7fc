// Remembers which spawn helper is running, so that a server started after a crash can wait until the helper of its
// predecessor, and every git process below it, has ended.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE = 6000;
const STEP = 20;

/** Notes a running helper in a file, replaced atomically. */
export function noteHelper(file: string, pid: number): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, `${pid} ${startTime(pid) ?? ''}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Forgets the helper after an orderly end. */
export function forgetHelper(file: string): void {
  rmSync(file, { force: true });
}

/** Waits for the noted helper to end, and ends it when it does not. */
export async function awaitFormerHelper(file: string): Promise<void> {
  const former = readNote(file);
  if (!former) return;
  for (let waited = 0; waited < PATIENCE && isRunning(former); waited += STEP) await sleep(STEP);
  if (isRunning(former)) process.kill(former.pid, 'SIGKILL');
  forgetHelper(file);
}

interface Note {
  pid: number;
  startTime: string;
}

function readNote(file: string): Note | undefined {
  try {
    const [pid = '', startTime = ''] = readFileSync(file, 'utf8').trim().split(' ');
    return startTime === '' ? undefined : { pid: Number(pid), startTime };
  } catch {
    return undefined;
  }
}

/** The start time tells a helper from a stranger that was given its number later. */
function isRunning(note: Note): boolean {
  return startTime(note.pid) === note.startTime;
}

// proc(5): field 22 of /proc/<pid>/stat, counted from the state behind the parenthesized name. Zombies have ended.
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
