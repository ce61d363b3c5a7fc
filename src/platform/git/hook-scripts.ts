// The three hooks every repository shares: a few lines of sh that carry git's question to the serving process over a
// pair of named pipes and print what it answers. No interpreter but sh, and no program but cat, is started.
import { access, constants, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../base/errors.ts';

export type HookName = 'pre-receive' | 'proc-receive' | 'post-receive';

const NAMES: readonly HookName[] = ['pre-receive', 'proc-receive', 'post-receive'];

// Question: fields ended by NUL: mark, hook, quarantine directory, number of push options, each option; then git's
// lines `old new ref`; then the mark on a line of its own. Answer: lines that begin with the mark and a word:
// `say` text to print, `accept` or `reject` to end. The mark is random per push and unknown to whoever pushes, so
// neither a hostile ref name nor bytes left by an earlier push can speak for this one.
//
// proc-receive (githooks(5)) is asked in packets, and git waits for its answer with its end open: so the packets are
// carried by a process in the background, which ends when git closes that, and the answer holds lines with the word
// `pkt`, each a packet to be printed. The first packets say what is understood; they are always the same.
function scriptOf(hook: HookName): string {
  return hook === 'proc-receive'
    ? `${BEGINNING}${RELAY}${ENDING}`
    : `${BEGINNING}${questionOf(hook)}${ENDING}`;
}

const BEGINNING = `#!/bin/sh
# Written by OpenCodeHub at every start: changes are lost.
mark=$OPENCODEHUB_HOOK_MARK
pipe=$OPENCODEHUB_HOOK_PIPE
if [ -z "$mark" ] || ! kill -0 "$OPENCODEHUB_HOOK_SERVER" 2>/dev/null; then
  echo 'This repository is served by OpenCodeHub: push through its HTTP or SSH address.' >&2
  exit 1
fi
exec 3>"$pipe.question" 4<"$pipe.answer" || exit 1
`;

const RELAY = `exec 5<&0
printf '%s\\0proc-receive\\0' "$mark" >&3
cat <&5 >&3 2>/dev/null 3>&- 4<&- 5<&- &
printf '001aversion=1\\0push-options0000'
exec 5<&-
`;

const ENDING = `while IFS= read -r line <&4; do
  case $line in
    "$mark accept") exit 0 ;;
    "$mark reject") exit 1 ;;
    "$mark say "*) printf '%s\\n' "\${line#"$mark say "}" >&2 ;;
    "$mark pkt "*) printf '%s' "\${line#"$mark pkt "}" ;;
  esac
done
echo 'The server went away before it answered.' >&2
exit 1
`;

function questionOf(hook: HookName): string {
  return `{
  printf '%s\\0${hook}\\0%s\\0%s\\0' "$mark" "$GIT_QUARANTINE_PATH" "\${GIT_PUSH_OPTION_COUNT:-0}"
  option=0
  while [ "$option" -lt "\${GIT_PUSH_OPTION_COUNT:-0}" ]; do
    eval "printf '%s\\\\0' \\"\\$GIT_PUSH_OPTION_$option\\""
    option=$((option + 1))
  done
  cat
  printf '%s\\n' "$mark"
} >&3
`;
}

/** Writes the hooks where they are missing or differ, each replaced in one step, and checks that they may run. */
export async function installHooks(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const name of NAMES) {
    const path = join(directory, name);
    if ((await readFile(path, 'utf8').catch(() => '')) !== scriptOf(name)) await writeHook(path, name);
  }
  if (!(await hooksCanRun(directory)))
    throw new AppError(
      'unavailable',
      `Hooks in ${directory} may not be executed: mount the data directory without noexec.`,
    );
}

/** Whether all hooks are there, as this version writes them, and may run. */
export async function hooksAreSound(directory: string): Promise<boolean> {
  for (const name of NAMES) {
    const text = await readFile(join(directory, name), 'utf8').catch(() => undefined);
    if (text !== scriptOf(name)) return false;
  }
  return hooksCanRun(directory);
}

/** Whether git will run the hooks. It silently skips hooks that are missing or not executable. */
export async function hooksCanRun(directory: string): Promise<boolean> {
  try {
    await Promise.all(NAMES.map((name) => access(join(directory, name), constants.X_OK)));
    return true;
  } catch {
    return false;
  }
}

async function writeHook(path: string, name: HookName): Promise<void> {
  const fresh = `${path}.${process.pid}.new`;
  await writeFile(fresh, scriptOf(name), { mode: 0o700 });
  await rename(fresh, path);
}
