// Two series of commits compared commit by commit, as git-range-diff(1) does: which stayed as they were, which were changed and how,
// which came and which went.
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { countCommitsBetween } from '../../platform/git/history.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { ChangeEnds } from './anchors.types.ts';

/** git compares every commit of one side with every one of the other. */
const MOST_COMMITS = 200;
const LONGEST = 20_000;
const MOST_BYTES = 4 * 1024 * 1024;
const LIMITS = { dataBytes: 1024 ** 3, cpuSeconds: 20 };
const MOST_ROWS = 2000;

export type PairState = 'same' | 'changed' | 'removed' | 'added';

export interface DiffOfDiff {
  kind: 'context' | 'add' | 'delete' | 'head';
  text: string;
}

export interface CommitPair {
  state: PairState;
  before: Oid | undefined;
  after: Oid | undefined;
  title: string;
  /** What differs between the two changes; of `changed` alone. */
  rows: DiffOfDiff[];
}

/** The pairs in the order of the later series; undefined where there are too many commits, or comparing takes too long. */
export async function rangeDiff(
  app: App,
  open: Pick<OpenRepository, 'dir'>,
  { from, to }: { from: ChangeEnds; to: ChangeEnds },
  signal?: AbortSignal,
): Promise<CommitPair[] | undefined> {
  const counts = await Promise.all(
    [from, to].map((ends) =>
      countCommitsBetween(app.git, open.dir, { base: ends.baseOid, head: ends.headOid }),
    ),
  );
  if (counts.some((count) => count > MOST_COMMITS)) return undefined;
  const range = ({ baseOid, headOid }: ChangeEnds) => `${baseOid}..${headOid}`;
  const args = ['range-diff', '--no-color', '--no-ext-diff', '--no-textconv', range(from), range(to)];
  try {
    const { code, stdout } = await app.git.run(args, {
      // It refuses a series without any commit.
      okCodes: [0, 128, 129],
      ...{ dir: open.dir, timeout: LONGEST, maxBytes: MOST_BYTES, limits: LIMITS },
      config: [
        ['core.abbrev', 'no'],
        ['core.bigFileThreshold', '10m'],
      ],
      ...(signal ? { signal } : {}),
    });
    return code === 0 ? parseRangeDiff(stdout.toString('utf8')) : undefined;
  } catch (error) {
    if (isAppError(error, 'too_large', 'unavailable')) return undefined;
    throw error;
  }
}

const PAIR = /^ *(?:\d+|-+): +([0-9a-f]{40,64}|-+) ([=!<>]) +(?:\d+|-+): +([0-9a-f]{40,64}|-+) (.*)$/;
const STATES: Readonly<Record<string, PairState>> = {
  '=': 'same',
  '!': 'changed',
  '<': 'removed',
  '>': 'added',
};

/** Reads what `git range-diff` prints: lines of pairs, and indented by four spaces what differs. */
export function parseRangeDiff(output: string): CommitPair[] {
  const pairs: CommitPair[] = [];
  for (const line of output.split('\n')) {
    const last = pairs.at(-1);
    if (line.startsWith('    ')) {
      if (last && last.rows.length < MOST_ROWS) last.rows.push(rowOf(line.slice(4)));
      continue;
    }
    const [, before = '', state = '', after = '', title = ''] = PAIR.exec(line) ?? [];
    const known = STATES[state];
    if (known)
      pairs.push({
        state: known,
        before: oidIn(before),
        after: oidIn(after),
        title: title.toWellFormed(),
        rows: [],
      });
  }
  return pairs;
}

function oidIn(text: string): Oid | undefined {
  return text.startsWith('-') ? undefined : text;
}

function rowOf(line: string): DiffOfDiff {
  const text = line.slice(1).toWellFormed();
  if (line.startsWith('@@')) return { kind: 'head', text: line.slice(2).trim().toWellFormed() };
  if (line.startsWith('+')) return { kind: 'add', text };
  if (line.startsWith('-')) return { kind: 'delete', text };
  return { kind: 'context', text };
}
