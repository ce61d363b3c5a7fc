// Histories made at random from a fixed seed, full of what real ones seldom hold.
import { type Random, startRandom } from '../../../scripts/corpus/random.ts';
import type { FixtureCommit, FixtureEntry } from './fixture.ts';

const NAMES = [
  'a',
  'b',
  'dir/c',
  'dir/d',
  'dir/deep/e',
  'dir/deep/f',
  'x.y',
  'x/y',
  'dir/deep/er/g',
  'dir.c',
  'a b',
  'ü',
  '日/本',
];
const ODD = [
  Buffer.from('\xff\xfe', 'latin1'),
  Buffer.from('dir/\xe9', 'latin1'),
  Buffer.from('line\nfeed'),
  Buffer.from(' dir/\r'),
];
const SUBMODULE = 'a'.repeat(40);

/** Few contents, so that reverts, and the same change made on two sides, are common. */
function changeOne(tree: Map<string, FixtureEntry>, random: Random, format: string): void {
  const path = random.next() < 0.8 ? Buffer.from(random.pick(NAMES)) : random.pick(ODD);
  const key = path.toString('latin1');
  const kind = random.next();
  // A file where a directory was, or the other way round.
  for (const other of [...tree.keys()]) {
    if (other.startsWith(`${key}/`) || key.startsWith(`${other}/`)) tree.delete(other);
  }
  if (kind < 0.15) tree.delete(key);
  else if (kind < 0.2 && format === 'sha1') tree.set(key, { path, content: SUBMODULE, mode: '160000' });
  else if (kind < 0.3) tree.set(key, { path, content: 'target', mode: '120000' });
  else if (kind < 0.4) tree.set(key, { path, content: '1', mode: '100755' });
  else tree.set(key, { path, content: String(random.below(3)) });
  if (random.next() < 0.05) {
    tree.delete('dir');
    tree.set('dir', { path: 'dir', content: 'a file now' });
    for (const other of [...tree.keys()]) if (other.startsWith('dir/')) tree.delete(other);
  }
}

function mergeTrees(trees: Map<string, FixtureEntry>[], random: Random): Map<string, FixtureEntry> {
  // Some merges take one side whole, some a mixture, some neither (the changes that follow make them evil).
  const [first = new Map<string, FixtureEntry>()] = trees;
  if (random.next() < 0.3) return new Map(random.pick(trees));
  const mixed = new Map(first);
  for (const tree of trees.slice(1)) {
    for (const [key, entry] of tree) {
      const clash = [...mixed.keys()].some(
        (other) => other.startsWith(`${key}/`) || key.startsWith(`${other}/`),
      );
      if (!clash && random.next() < 0.5) mixed.set(key, entry);
    }
  }
  return mixed;
}

/** Commits with octopus and evil merges, reverts, several roots, odd names and clocks that go backwards. */
export function makeHistory(seed: number, count: number, format = 'sha1'): FixtureCommit[] {
  const random = startRandom(seed);
  const trees: Map<string, FixtureEntry>[] = [];
  return Array.from({ length: count }, (_, index) => {
    const dice = random.next();
    const wanted = index === 0 || dice < 0.02 ? 0 : dice < 0.65 ? 1 : dice < 0.95 ? 2 : 3 + random.below(3);
    const recent = () => Math.max(0, index - 1 - Math.floor(random.next() ** 2 * 12));
    const parents = [...new Set(Array.from({ length: wanted }, recent))];
    const before = parents.map((parent) => trees[parent] ?? new Map());
    const tree = before.length > 1 ? mergeTrees(before, random) : new Map(before[0]);
    for (let changes = random.below(parents.length > 1 ? 2 : 4); changes > 0; changes--)
      changeOne(tree, random, format);
    if (tree.size === 0) tree.set('a', { path: 'a', content: '0' });
    trees.push(tree);
    // Clocks that go backwards now and then.
    const time = 1_700_000_000 + index * 60 - (random.next() < 0.1 ? 5000 : 0);
    return { parents, entries: [...tree.values()], time };
  });
}
