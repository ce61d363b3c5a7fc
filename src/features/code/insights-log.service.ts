// Reads commits with their counts of changed lines from one low-priority `git log`, and adds them up.
import { StringDecoder } from 'node:string_decoder';
import { isExhausted } from '../../platform/git/exhaustion.ts';
import type { Git, Oid, RepoDir } from '../../platform/git/git.types.ts';
import type { Author, Insights, WeekCounts } from './insights.types.ts';

/** Commits counted of a history at most, the newest. */
export const MOST_COMMITS = 50_000;
/** Authors told apart; what the others did is counted together. */
const MOST_AUTHORS = 10_000;
const LONGEST_NAME = 100;
const LIMITS = { dataBytes: 1024 ** 3, cpuSeconds: 600 };
const DAY = 86_400;

/** What is added to, and the commit it stands at. */
export interface Tally {
  insights: Insights;
  from: Oid | undefined;
}

/** Nothing counted. */
export function emptyInsights(): Insights {
  return { version: 1, commits: 0, isCut: false, authors: [], hours: Array(168).fill(0) as number[] };
}

/** Adds the commits between the tally's commit and `to`, newest first; beyond what git may take the rest is left out. */
export async function countCommitsInto(
  git: Git,
  dir: RepoDir,
  { insights, from }: Tally,
  to: Oid,
  signal?: AbortSignal,
): Promise<void> {
  const process = await git.spawn(logArguments(to, from), {
    dir,
    background: true,
    limits: LIMITS,
    // Larger files count as binary: nobody wrote their lines.
    config: [['core.bigFileThreshold', '4m']],
    ...(signal ? { signal } : {}),
  });
  process.stdin.end();
  const adder = openAdder(insights);
  const decoder = new StringDecoder('utf8');
  const reader = openReader((record) => adder.add(record));
  for await (const chunk of process.stdout as AsyncIterable<Buffer>) reader.push(decoder.write(chunk));
  reader.end();
  const exit = await process.exited;
  signal?.throwIfAborted();
  if (exit.code !== 0 && !isExhausted(exit))
    throw new Error(`git log ended with ${exit.code}: ${exit.stderr}`);
  if (exit.code !== 0 || adder.added() >= MOST_COMMITS) insights.isCut = true;
}

function logArguments(to: Oid, from: Oid | undefined): string[] {
  return [
    ...['log', '--no-merges', `--max-count=${MOST_COMMITS}`, '--shortstat', '--find-renames=100%'],
    ...['--no-ext-diff', '--no-textconv', '--no-color', '--no-mailmap', '--no-show-signature', '--date=raw'],
    ...['--format=%x00%ad%x00%ae%x00%an%x00', '--end-of-options', to, ...(from ? [`^${from}`] : [])],
  ];
}

interface CommitRecord {
  /** Seconds since 1970. */
  time: number;
  /** Minutes east of UTC. */
  offset: number;
  email: string;
  name: string;
  additions: number;
  deletions: number;
}

/** Cuts the output into records of four fields, the last being the line of counts. */
function openReader(onRecord: (record: CommitRecord) => void): { push(text: string): void; end(): void } {
  let rest = '';
  let fields: string[] = [];
  const take = (field: string) => {
    fields.push(field);
    if (fields.length < 4) return;
    onRecord(recordOf(fields));
    fields = [];
  };
  let isFirst = true;
  return {
    push(text) {
      const parts = (rest + text).split('\0');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        if (!isFirst) take(part);
        isFirst = false;
      }
    },
    end() {
      if (fields.length === 3) take(rest);
    },
  };
}

function recordOf([date = '', email = '', name = '', counts = '']: string[]): CommitRecord {
  const [, seconds, sign, hours, minutes] = /^(\d+) ([+-])(\d\d)(\d\d)$/.exec(date) ?? [];
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * (sign === '-' ? -1 : 1);
  return {
    ...{
      time: Number(seconds ?? 0),
      offset,
      email: email.slice(0, LONGEST_NAME),
      name: name.slice(0, LONGEST_NAME),
    },
    additions: Number(/(\d+) insertions?\(\+\)/.exec(counts)?.[1] ?? 0),
    deletions: Number(/(\d+) deletions?\(-\)/.exec(counts)?.[1] ?? 0),
  };
}

function openAdder(insights: Insights): { add(record: CommitRecord): void; added(): number } {
  const authors = new Map(insights.authors.map((author) => [`${author.email}\0${author.name}`, author]));
  const weeks = new Map<Author, Map<number, WeekCounts>>();
  let added = 0;

  function authorOf({ email, name }: CommitRecord): Author {
    const full = authors.size >= MOST_AUTHORS && !authors.has(`${email}\0${name}`);
    const key = full ? '\0' : `${email}\0${name}`;
    const author = authors.get(key) ?? (full ? newAuthor('', '') : newAuthor(name, email));
    authors.set(key, author);
    return author;
  }

  function newAuthor(name: string, email: string): Author {
    const author: Author = { name, email, weeks: [] };
    insights.authors.push(author);
    return author;
  }

  function countsOf(author: Author, week: number): WeekCounts {
    const known = weeks.get(author) ?? new Map(author.weeks.map((counts) => [counts[0], counts]));
    weeks.set(author, known);
    const counts: WeekCounts = known.get(week) ?? [week, 0, 0, 0];
    if (!known.has(week)) author.weeks.push(counts);
    known.set(week, counts);
    return counts;
  }

  return {
    added: () => added,
    add(record) {
      added++;
      insights.commits++;
      const counts = countsOf(authorOf(record), weekOf(record.time));
      counts[1]++;
      counts[2] += record.additions;
      counts[3] += record.deletions;
      const hour = hourOf(record);
      insights.hours[hour] = (insights.hours[hour] ?? 0) + 1;
    },
  };
}

/** Weeks since the one that 1970 began in; they begin on Sundays. 1970-01-01 was a Thursday. */
export function weekOf(seconds: number): number {
  return Math.floor((seconds / DAY + 4) / 7);
}

/** The beginning of a week, in milliseconds since 1970. */
export function startOfWeek(week: number): number {
  return (week * 7 - 4) * DAY * 1000;
}

function hourOf({ time, offset }: CommitRecord): number {
  const hours = Math.floor((time + offset * 60) / 3600);
  const day = Math.floor(hours / 24);
  return ((((day + 4) % 7) + 7) % 7) * 24 + (((hours % 24) + 24) % 24);
}
