// Where comments on code are after random histories of pushes, rebases, merges, renames and force-pushes, judged by an oracle
// that looks at nothing but the files.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { followThrough, knownPlaces } from '../../src/features/pulls/following-places.service.ts';
import type { RepoDir } from '../../src/platform/git/git.types.ts';
import { type Fixture, openFixture } from '../unit/git/fixture.ts';
import { type Ends, native, startHistory } from './support/line-histories.ts';
import { openOracle, type Place } from './support/line-oracle.ts';

const HISTORIES = 200;
const PER_TEST = 25;
const PLACES = 14;

let fixture: Fixture;

beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(async () => {
  await fixture?.close();
});

const totals = { found: 0, gone: 0, back: 0 };

test.each(Array.from({ length: HISTORIES / PER_TEST }, (_, part) => part))(
  'places of comments are right through random histories, part %i',
  { timeout: 480_000 },
  async (part) => {
    const work = join(fixture.work, `histories-${part}`);
    mkdirSync(work);
    native(work, ['init', '-q', '-b', 'main']);
    for (let n = 0; n < PER_TEST; n++) await followHistory(work, 1 + part * PER_TEST + n);
  },
);

async function followHistory(work: string, seed: number): Promise<void> {
  const history = startHistory(work, seed);
  const oracle = openOracle(work);
  const dir = join(work, '.git') as RepoDir;
  const from = history.ends();
  const threads = oracle
    .places(from, history.random, PLACES)
    .map((place) => ({ place, now: place as Place | undefined }));
  const steps: Ends[] = [];
  for (let n = 0; n < 5; n++) {
    const name = history.step();
    if (name === false) continue;
    const to = history.ends();
    const before = steps.at(-1) ?? from;
    const known = threads.map(({ place, now }) =>
      knownPlaces({ ends: from, place }, now && { ends: before, place: now }),
    );
    const found = await followThrough(fixture.git, dir, to, known);
    for (const [index, thread] of threads.entries()) {
      const isThere = oracle.judge({ from, steps, place: thread.place, to, found: found[index] });
      count(isThere, thread.now === undefined);
      thread.now = found[index];
    }
    steps.push(to);
  }
}

function count(isThere: boolean, wasGone: boolean): void {
  if (isThere) totals.found++;
  else totals.gone++;
  if (isThere && wasGone) totals.back++;
}

test('the histories had enough of everything', () => {
  expect(totals.found).toBeGreaterThan(2000);
  expect(totals.gone).toBeGreaterThan(500);
  expect(totals.back).toBeGreaterThan(20);
});
