// Remembers which spawn helper serves which process, so that a server started after a crash can wait until the helper
// of its predecessor, and every git process below it, has ended. Helpers of living processes are left alone.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE = 6000;
const STEP = 20;

interface Note {
  file: string;
  owner: Identity;
  helper: Identity;
}

/** The start time tells a process from a stranger that was given its number later. */
interface Identity {
  pid: number;
  startTime: string;
}

/** Notes this process's running helper, replacing its note atomically. */
export function noteHelper(directory: string, helperPid: number): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, noteName(process.pid));
  const [owner, helper] = [startTime(process.pid), startTime(helperPid)];
  if (owner === undefined || helper === undefined) return;
  writeFileSync(`${file}.new`, `${process.pid} ${owner} ${helperPid} ${helper}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Forgets this process's helper after its orderly end. */
export function forgetHelper(directory: string): void {
  rmSync(join(directory, noteName(process.pid)), { force: true });
}

/** Waits for helpers whose owners have died to end, and ends them when they do not. */
export async function awaitFormerHelpers(directory: string): Promise<void> {
  for (const note of readNotes(directory)) {
    if (isRunning(note.owner)) continue;
    for (let waited = 0; waited < PATIENCE && isRunning(note.helper); waited += STEP) await sleep(STEP);
    if (isRunning(note.helper)) process.kill(note.helper.pid, 'SIGKILL');
    rmSync(note.file, { force: true });
  }
}

function noteName(pid: number): string {
  return `git-helper-of-${pid}`;
}

function readNotes(directory: string): Note[] {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return readdirSync(directory)
    .filter((name) => /^git-helper-of-\d+$/.test(name))
    .map((name) => join(directory, name))
    .map((file) => {
      const [pid = '', start = '', helperPid = '', helperStart = ''] = readFileSync(file, 'utf8')
        .trim()
        .split(' ');
      return {
        file,
        owner: { pid: Number(pid), startTime: start },
        helper: { pid: Number(helperPid), startTime: helperStart },
      };
    });
}

function isRunning(identity: Identity): boolean {
  return startTime(identity.pid) === identity.startTime;
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
