// Says where a line of a history has to be by reading what is there: by its text alone, which occurs once in a history, and
// by what the native program says of names. It knows nothing of how places are followed.
import { expect } from 'vitest';
import { type Ends, filesAt, native } from './line-histories.ts';

type Side = 'base' | 'head';

export interface Place {
  path: Buffer;
  subject: 'line' | 'file';
  startSide: Side;
  startLine: number;
  side: Side;
  line: number;
}

interface Record {
  status: string;
  oldPath: string;
  newPath: string;
}

interface Standing {
  sides: { [side in Side]: Map<string, string[]> };
  changes: Record[];
}

export interface Oracle {
  /** Places of a change to speak of. */
  places(ends: Ends, random: { below(limit: number): number }, count: number): Place[];
  /** Expects that `found` is right for what `place` was; returns whether it was found. */
  judge(asked: { from: Ends; steps: Ends[]; place: Place; to: Ends; found: Place | undefined }): boolean;
}

/** An oracle over one repository. */
export function openOracle(work: string): Oracle {
  const git = (args: readonly string[], input?: string) => native(work, args, input);
  const known = new Map<string, Standing>();
  const compared = new Map<string, Record[]>();
  const changesOf = (from: string, to: string): Record[] => {
    const key = `${from}..${to}`;
    const found = compared.get(key) ?? changesBetween(from, to);
    compared.set(key, found);
    return found;
  };
  const changesBetween = (from: string, to: string): Record[] =>
    git(['diff-tree', '-r', '-M', '-l400', '--name-status', from, to])
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t'))
      .map(([status = '', oldPath = '', newPath = oldPath]) => ({ status, oldPath, newPath }));
  const standing = ({ baseOid, headOid }: Ends): Standing => {
    const key = `${baseOid}..${headOid}`;
    const found = known.get(key) ?? {
      sides: { base: filesAt(git, baseOid), head: filesAt(git, headOid) },
      changes: changesOf(baseOid, headOid),
    };
    known.set(key, found);
    return found;
  };
  return {
    places: (ends, random, count) => placesIn(standing(ends), random, count),
    judge: ({ from, steps, place, to, found }) => {
      const isRenamed = (side: Side, path: string, now: string) =>
        [from, ...steps].some((ends) => {
          const oid = side === 'head' ? ends.headOid : ends.baseOid;
          const young = side === 'head' ? to.headOid : to.baseOid;
          return changesOf(oid, young).some(
            (one) => one.status.startsWith('R') && one.newPath === now && one.oldPath === path,
          );
        });
      return judge(standing(from), standing(to), place, found, isRenamed);
    },
  };
}

function pathOn(record: Record, side: Side): string {
  return side === 'head' ? record.newPath : record.oldPath;
}

function linesOn(standing: Standing, record: Record, side: Side): string[] | undefined {
  const isMissing = side === 'head' ? record.status === 'D' : record.status === 'A';
  return isMissing ? undefined : standing.sides[side].get(pathOn(record, side));
}

function placesIn(standing: Standing, random: { below(limit: number): number }, count: number): Place[] {
  const places: Place[] = [];
  for (let n = 0; n < count && standing.changes.length > 0; n++) {
    const record = standing.changes[random.below(standing.changes.length)];
    const side: Side = random.below(3) === 0 ? 'base' : 'head';
    const lines = record && linesOn(standing, record, side);
    if (!record || !lines || lines.length === 0) continue;
    const path = Buffer.from(record.newPath);
    const line = 1 + random.below(lines.length);
    const startLine = random.below(3) === 0 ? Math.max(1, line - random.below(4)) : line;
    const subject = random.below(8) === 0 ? 'file' : 'line';
    places.push({ path, subject, startSide: side, startLine, side, line });
  }
  return places;
}

function judge(
  before: Standing,
  after: Standing,
  place: Place,
  found: Place | undefined,
  isRenamed: (side: Side, path: string, now: string) => boolean,
): boolean {
  const path = place.path.toString();
  const record = before.changes.find((one) => one.newPath === path);
  if (!record) throw new Error('The place was in no change.');
  if (place.subject === 'file') return judgeFile(after, path, found);
  const said = (linesOn(before, record, place.side) ?? []).slice(place.startLine - 1, place.line);
  if (found) {
    const now = after.changes.find((one) => one.newPath === found.path.toString());
    if (!now) throw new Error(`A place was found in ${found.path}, which is in no change.`);
    const lines = linesOn(after, now, place.side) ?? [];
    expect(lines.slice(found.startLine - 1, found.line)).toEqual(said);
    expectBetweenNeighbours(linesOn(before, record, place.side) ?? [], place, lines, found);
    return true;
  }
  const missed = whereItMustBe(before, after, { place, record, said }, isRenamed);
  expect(missed, `${path}:${place.startLine}-${place.line} (${place.side})`).toBeUndefined();
  return false;
}

function judgeFile(after: Standing, path: string, found: Place | undefined): boolean {
  const there = after.changes.some((one) => one.newPath === path);
  if (there) expect(found?.path.toString()).toBe(path);
  if (found) expect(after.changes.some((one) => one.newPath === found.path.toString())).toBe(true);
  return found !== undefined;
}

function isTold(line: string): boolean {
  return line.startsWith('line ');
}

/** What occurs again and again must at least lie between the same lines that occur once, as far as they are there. */
function expectBetweenNeighbours(
  old: readonly string[],
  place: Place,
  young: readonly string[],
  found: Place,
): void {
  const above = old.slice(0, place.startLine - 1).filter((line) => isTold(line) && young.includes(line));
  const below = old.slice(place.line).filter((line) => isTold(line) && young.includes(line));
  const nearest = above.at(-1);
  if (nearest !== undefined) expect(young.indexOf(nearest) + 1).toBeLessThan(found.startLine);
  if (below[0] !== undefined) expect(young.indexOf(below[0]) + 1).toBeGreaterThan(found.line);
}

/** Where lines have to be found, when they are all there, in a row, in a file of the change that git takes for the same. */
function whereItMustBe(
  before: Standing,
  after: Standing,
  { place, record, said }: { place: Place; record: Record; said: readonly string[] },
  isRenamed: (side: Side, path: string, now: string) => boolean,
): string | undefined {
  const { side } = place;
  const path = pathOn(record, side);
  for (const now of after.changes) {
    const lines = linesOn(after, now, side);
    const own = pathOn(now, side);
    const isSameFile = own === path || (!after.sides[side].has(path) && isRenamed(side, path, own));
    if (!lines || !isSameFile) continue;
    const at = placeOfAll(said, lines, old(before, record, side), place);
    if (at === undefined) continue;
    if (side === 'base' && isTakenBack(before, after, record, now, said)) continue;
    return `${own}:${at}`;
  }
  return undefined;
}

function old(before: Standing, record: Record, side: Side): readonly string[] {
  return linesOn(before, record, side) ?? [];
}

/** The first line of a run of lines, if they can be told apart, by themselves or by what is right around them. */
function placeOfAll(
  said: readonly string[],
  lines: readonly string[],
  before: readonly string[],
  place: Place,
): number | undefined {
  const from = place.startLine - 2;
  const around = [before[from] ?? '', ...said, before[place.line] ?? ''];
  if (!said.every(isTold) && !(isTold(around[0] ?? '') && isTold(around.at(-1) ?? ''))) return undefined;
  const searched = said.every(isTold) ? said : around;
  for (let at = 0; at + searched.length <= lines.length; at++)
    if (searched.every((line, index) => lines[at + index] === line)) return at + 1;
  return undefined;
}

/** Whether a line was deleted by the change, and is no longer. */
function isTakenBack(
  before: Standing,
  after: Standing,
  record: Record,
  now: Record,
  said: readonly string[],
): boolean {
  const had = linesOn(before, record, 'head') ?? [];
  const has = linesOn(after, now, 'head') ?? [];
  return said.some((line) => !isTold(line) || (!had.includes(line) && has.includes(line)));
}
