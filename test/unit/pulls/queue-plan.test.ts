// The merge queue's planning: single situations, then thousands of random sequences of everything that can happen.
import { describe, expect, it } from 'vitest';
import type {
  PlannedEntry,
  PlannedGroup,
  QueueStep,
  QueueView,
} from '../../../src/features/pulls/queue.types.ts';
import { inOrder, nextStep } from '../../../src/features/pulls/queue-plan.service.ts';
import { randomFrom } from '../../support/random.ts';

const SETTINGS = { style: 'merge', batch: 2, atOnce: 3, timeoutMinutes: 60 } as const;

function entry(id: number, more: Partial<PlannedEntry> = {}): PlannedEntry {
  return { id, pullId: id, priority: 0, groupId: null, groupPlace: 0, isMerged: false, ...more };
}

function group(id: number, more: Partial<PlannedGroup> = {}): PlannedGroup {
  const headOid = more.state === 'building' ? null : `h${id}`;
  return {
    id,
    place: id,
    baseOid: id === 1 ? 'tip' : `h${id - 1}`,
    headOid,
    state: 'testing',
    verdict: 'pending',
    ...more,
  };
}

function view(
  entries: PlannedEntry[],
  groups: PlannedGroup[] = [],
  more: Partial<QueueView> = {},
): QueueView {
  return { tip: 'tip', settings: { ...SETTINGS }, entries, groups, ...more };
}

describe('the next step of a queue', () => {
  it('is nothing without entries', () => {
    expect(nextStep(view([]))).toBeUndefined();
  });

  it('forms a group of as many as are tested together, on the tip', () => {
    expect(nextStep(view([entry(3), entry(1), entry(2)]))).toEqual({
      kind: 'form',
      entryIds: [1, 2],
      baseOid: 'tip',
    });
  });

  it('forms the next group on the head of the one before', () => {
    const step = nextStep(view([entry(1, { groupId: 1 }), entry(2)], [group(1)]));
    expect(step).toEqual({ kind: 'form', entryIds: [2], baseOid: 'h1' });
  });

  it('forms no more groups than are tested at once', () => {
    const entries = [1, 2, 3].map((id) => entry(id, { groupId: id }));
    expect(nextStep(view([...entries, entry(4)], [group(1), group(2), group(3)]))).toBeUndefined();
  });

  it('builds a group that a crash left behind before it forms another', () => {
    const step = nextStep(view([entry(1, { groupId: 1 }), entry(2)], [group(1, { state: 'building' })]));
    expect(step).toEqual({ kind: 'build', groupId: 1 });
  });

  it('lands only what is first and has passed', () => {
    const entries = [entry(1, { groupId: 1 }), entry(2, { groupId: 2 })];
    const ahead = view(entries, [group(1), group(2, { state: 'passed' })], {
      settings: { ...SETTINGS, atOnce: 2 },
    });
    expect(nextStep(ahead)).toBeUndefined();
    const passed = view(entries, [group(1, { state: 'passed' }), group(2)]);
    expect(nextStep(passed)).toEqual({ kind: 'land', groupId: 1 });
  });

  it('builds the rest anew when a group fails, and keeps the failed one until those ahead are decided', () => {
    const entries = [1, 2, 3].map((id) => entry(id, { groupId: id }));
    const groups = [group(1), group(2, { state: 'failed' }), group(3)];
    expect(nextStep(view(entries, groups))).toEqual({ kind: 'dissolve', groupIds: [3] });
    const after = view([entry(1, { groupId: 1 }), entry(2, { groupId: 2 }), entry(3)], groups.slice(0, 2));
    expect(nextStep(after)).toEqual({ kind: 'form', entryIds: [3], baseOid: 'h1' });
  });

  it('lets a failed entry leave once it is first', () => {
    const failed = view(
      [entry(2, { groupId: 2 })],
      [group(2, { state: 'failed', reason: 'ci: failed', baseOid: 'tip' })],
    );
    expect(nextStep(failed)).toEqual({ kind: 'eject', entryIds: [2], reason: 'ci: failed' });
  });

  it('tests a failed entry again when what it was built on is not merged after all', () => {
    const failed = view([entry(2, { groupId: 2 })], [group(2, { state: 'failed', baseOid: 'h1' })]);
    expect(nextStep(failed)).toEqual({ kind: 'dissolve', groupIds: [2] });
  });

  it('halves a failed group of several', () => {
    const entries = [1, 2, 3].map((id) => entry(id, { groupId: 1, groupPlace: id }));
    const step = nextStep(view(entries, [group(1, { state: 'failed' })]));
    expect(step).toEqual({ kind: 'dissolve', groupIds: [1], largestGroup: 2 });
    const waiting = [1, 2, 3].map((id) => entry(id, { largestGroup: 1 }));
    expect(nextStep(view(waiting))).toEqual({ kind: 'form', entryIds: [1], baseOid: 'tip' });
  });

  it('makes way for a higher priority, but not by what has passed', () => {
    const entries = [
      entry(1, { groupId: 1 }),
      entry(2, { groupId: 2 }),
      entry(3, { groupId: 3 }),
      entry(4, { priority: 1 }),
    ];
    const groups = [group(1, { verdict: 'pending' }), group(2), group(3)];
    expect(nextStep(view(entries, groups))).toEqual({ kind: 'dissolve', groupIds: [1, 2, 3] });
    const passed = [group(1, { state: 'passed' }), group(2), group(3)];
    expect(nextStep(view(entries, passed))).toEqual({ kind: 'dissolve', groupIds: [2, 3] });
  });

  it('builds everything anew when the branch was moved by somebody else', () => {
    const entries = [1, 2].map((id) => entry(id, { groupId: id }));
    const step = nextStep(view(entries, [group(1, { state: 'passed' }), group(2)], { tip: 'other' }));
    expect(step).toEqual({ kind: 'dissolve', groupIds: [1, 2] });
  });

  it('takes up a landing before anything else, whatever the branch holds by now', () => {
    const entries = [entry(1, { groupId: 1 }), entry(2, { groupId: 2 })];
    const step = nextStep(view(entries, [group(1, { state: 'merging' }), group(2)], { tip: 'h1' }));
    expect(step).toEqual({ kind: 'land', groupId: 1 });
  });

  it('lets an entry of a stack follow the one below it, and leave with it', () => {
    const stacked = entry(1, { belowPullId: 2 });
    expect(nextStep(view([stacked, entry(2)]))).toEqual({ kind: 'form', entryIds: [2], baseOid: 'tip' });
    expect(nextStep(view([stacked]))).toMatchObject({ kind: 'eject', entryIds: [1] });
  });

  it('holds back what conflicts with those ahead until they are decided', () => {
    const held = entry(3, { heldBehind: 1 });
    const entries = [entry(1, { groupId: 1 }), held, entry(4)];
    expect(nextStep(view(entries, [group(1)]))).toEqual({ kind: 'form', entryIds: [4], baseOid: 'h1' });
    expect(nextStep(view([held]))).toEqual({ kind: 'form', entryIds: [3], baseOid: 'tip' });
  });

  it('orders groups first, then by priority and by time', () => {
    const entries = [
      entry(1),
      entry(2, { priority: 1 }),
      entry(3, { groupId: 1, groupPlace: 1 }),
      entry(4, { groupId: 1 }),
    ];
    expect(inOrder(view(entries, [group(1)])).map(({ id }) => id)).toEqual([4, 3, 2, 1]);
  });
});

/**
 * A branch, its queue and its checks as simply as can be: what a commit holds is the list of entries in it. `bad` fails
 * wherever it is, and pairs of `quarrels` conflict when they are merged together.
 */
class World {
  contents = new Map<string, number[]>([['tip', []]]);
  tip = 'tip';
  entries: PlannedEntry[] = [];
  groups: PlannedGroup[] = [];
  landed: number[] = [];
  ejected = new Map<number, string>();
  passedOids = new Set<string>();
  everInFailure = new Set<number>();
  steps = 0;
  #next = 1;
  random: (below: number) => number;
  bad: ReadonlySet<number>;
  quarrels: ReadonlySet<string>;
  settings: QueueView['settings'];

  constructor(
    random: (below: number) => number,
    bad: Set<number>,
    quarrels: Set<string>,
    settings: QueueView['settings'],
  ) {
    this.random = random;
    this.bad = bad;
    this.quarrels = quarrels;
    this.settings = settings;
  }

  view(): QueueView {
    return { tip: this.tip, settings: this.settings, entries: this.entries, groups: this.groups };
  }

  /** Steps until the queue waits; `crash` ends it after some step, as kill -9 would. */
  advance(crash = false): void {
    for (let step = nextStep(this.view()); step; step = nextStep(this.view())) {
      if (++this.steps > 20_000) throw new Error(`no end: ${JSON.stringify(step)}`);
      this.apply(step, crash);
      if (crash && this.random(4) === 0) return;
    }
  }

  apply(step: QueueStep, crash: boolean): void {
    if (step.kind === 'finish') this.#remove(step.entryIds);
    if (step.kind === 'eject') {
      for (const id of step.entryIds) {
        expect(this.ejected.has(id)).toBe(false);
        this.ejected.set(id, step.reason);
      }
      this.#remove(step.entryIds);
    }
    if (step.kind === 'dissolve') this.#dissolve(step.groupIds, step.largestGroup);
    if (step.kind === 'form') this.#form(step.entryIds, step.baseOid);
    if (step.kind === 'build') this.#build(step.groupId);
    if (step.kind === 'settle') {
      if (step.state === 'failed')
        for (const one of this.entries) if (one.groupId === step.groupId) this.everInFailure.add(one.id);
      this.#change(step.groupId, { state: step.state });
    }
    if (step.kind === 'land') this.#land(step.groupId, crash);
  }

  #remove(ids: number[]): void {
    const gone = new Set(ids);
    const groupIds = new Set(this.entries.filter((one) => gone.has(one.id)).map((one) => one.groupId));
    this.entries = this.entries.filter((one) => !gone.has(one.id));
    const landing = this.groups.filter((one) => groupIds.has(one.id));
    // As in the store: a group that loses an entry is no group any more.
    this.#dissolve(landing.map((one) => one.id));
  }

  #dissolve(ids: number[], largestGroup?: number): void {
    this.entries = this.entries.map((one) =>
      one.groupId !== null && ids.includes(one.groupId)
        ? { ...one, groupId: null, ...(largestGroup === undefined ? {} : { largestGroup }) }
        : one,
    );
    this.groups = this.groups.filter((one) => !ids.includes(one.id));
  }

  #form(ids: number[], baseOid: string): void {
    const place = Math.max(0, ...this.groups.map((one) => one.place)) + 1;
    const id = this.#next++;
    this.groups = [
      ...this.groups,
      { id, place, baseOid, headOid: null, state: 'building', verdict: 'pending' },
    ];
    this.entries = this.entries.map((one) =>
      ids.includes(one.id) ? { ...one, groupId: id, groupPlace: ids.indexOf(one.id) } : one,
    );
  }

  #build(id: number): void {
    const built = this.groups.find((one) => one.id === id);
    if (!built) throw new Error('no group');
    const holds = [...(this.contents.get(built.baseOid) ?? [])];
    const members = this.entries
      .filter((one) => one.groupId === id)
      .toSorted((a, b) => a.groupPlace - b.groupPlace);
    const ahead = Math.max(0, ...this.groups.filter((one) => one.id !== id).map((one) => one.id));
    for (const one of members) {
      if (!holds.some((other) => this.#quarrel(one.id, other))) {
        holds.push(one.id);
        continue;
      }
      if (built.baseOid === this.tip && holds.length === this.contents.get(this.tip)?.length) {
        this.apply({ kind: 'eject', entryIds: [one.id], reason: 'It conflicts.' }, false);
      } else {
        const behind = holds.length === this.contents.get(built.baseOid)?.length ? ahead : id;
        this.entries = this.entries.map((each) =>
          each.id === one.id ? { ...each, groupId: null, heldBehind: behind } : each,
        );
      }
      return;
    }
    const oid = `oid-${id}`;
    this.contents.set(oid, holds);
    this.#change(id, { headOid: oid, state: 'testing' });
  }

  #quarrel(a: number, b: number): boolean {
    return this.quarrels.has(`${Math.min(a, b)}-${Math.max(a, b)}`);
  }

  #land(id: number, crash: boolean): void {
    const landing = this.groups.find((one) => one.id === id);
    const head = landing?.headOid;
    if (!landing || !head) throw new Error('nothing to land');
    if (landing.state !== 'merging') {
      expect(this.passedOids.has(head)).toBe(true);
      expect(landing.baseOid).toBe(this.tip);
      this.#change(id, { state: 'merging' });
      if (crash && this.random(3) === 0) return;
    }
    this.tip = head;
    if (crash && this.random(3) === 0) return;
    this.entries = this.entries.map((one) => (one.groupId === id ? { ...one, isMerged: true } : one));
    for (const one of this.entries
      .filter((each) => each.groupId === id)
      .toSorted((a, b) => a.groupPlace - b.groupPlace))
      if (!this.landed.includes(one.id)) this.landed.push(one.id);
  }

  #change(id: number, more: Partial<PlannedGroup>): void {
    this.groups = this.groups.map((one) => (one.id === id ? { ...one, ...more } : one));
  }

  /** Checks of some group under test end. */
  check(): void {
    const testing = this.groups.filter((one) => one.state === 'testing' && one.verdict === 'pending');
    const one = testing[this.random(testing.length || 1)];
    if (!one?.headOid) return;
    const failed = (this.contents.get(one.headOid) ?? []).some((id) => this.bad.has(id));
    if (!failed) this.passedOids.add(one.headOid);
    this.#change(one.id, { verdict: failed ? 'failed' : 'passed' });
  }
}

interface Played {
  world: World;
  total: number;
  bad: Set<number>;
  quarrels: Set<string>;
  left: Set<number>;
}

function play(
  seed: number,
  happens: {
    crash?: boolean;
    bad?: boolean;
    quarrels?: boolean;
    moves?: boolean;
    priorities?: boolean;
    stacks?: boolean;
    leaves?: boolean;
  },
): Played {
  const random = randomFrom(seed);
  const total = 3 + random(14);
  const bad = new Set<number>();
  const quarrels = new Set<string>();
  for (let id = 1; id <= total; id++) {
    if (happens.bad && random(5) === 0) bad.add(id);
    const other = 1 + random(total);
    if (happens.quarrels && random(5) === 0 && other !== id)
      quarrels.add(`${Math.min(id, other)}-${Math.max(id, other)}`);
  }
  const settings = { ...SETTINGS, batch: 1 + random(5), atOnce: 1 + random(4) };
  const world = new World(random, bad, quarrels, settings);
  const left = new Set<number>();
  let next = 1;
  for (let round = 0; round < 4000 && (next <= total || world.entries.length > 0); round++) {
    const what = random(10);
    if (what < 4 && next <= total) {
      const below = next > 1 && happens.stacks && random(2) === 0 ? next - 1 : undefined;
      const isBelowOpen = below !== undefined && world.entries.some((one) => one.id === below);
      const priority = happens.priorities ? random(3) : 0;
      const raised = isBelowOpen
        ? Math.min(priority, world.entries.find((one) => one.id === below)?.priority ?? 0)
        : priority;
      world.entries.push(entry(next, { priority: raised, ...(isBelowOpen ? { belowPullId: below } : {}) }));
      next++;
    } else if (
      what === 4 &&
      happens.moves &&
      random(4) === 0 &&
      !world.groups.some((one) => one.state === 'merging')
    ) {
      const oid = `moved-${round}`;
      world.contents.set(oid, [...(world.contents.get(world.tip) ?? [])]);
      world.tip = oid;
    } else if (what === 5 && happens.leaves && world.entries.length > 0 && random(6) === 0) {
      const one = world.entries[random(world.entries.length)];
      const isLanding = world.groups.some(({ id, state }) => id === one?.groupId && state === 'merging');
      if (one && !isLanding) {
        left.add(one.id);
        world.entries = world.entries.map((each) =>
          each.id === one.id ? { ...each, problem: 'closed' } : each,
        );
      }
    } else if (what >= 6) world.check();
    world.entries = world.entries.map((one) => {
      const isOpen = world.entries.some((each) => each.pullId === one.belowPullId && !each.isMerged);
      if (one.belowPullId === undefined || isOpen || !world.landed.includes(one.belowPullId)) return one;
      const { belowPullId: _below, ...rest } = one;
      return rest;
    });
    world.advance(happens.crash);
  }
  return { world, total, bad, quarrels, left };
}

/** Whatever happens: each entry ends once, nothing bad is merged, and what the branch holds is what was merged. */
function expectNothingLost({ world, total, bad }: Played): void {
  expect(world.entries).toEqual([]);
  expect(world.groups).toEqual([]);
  const ended = [...world.landed, ...world.ejected.keys()].toSorted((a, b) => a - b);
  expect(ended).toEqual(Array.from({ length: total }, (_, at) => at + 1));
  expect(world.landed.filter((id) => bad.has(id))).toEqual([]);
  expect(world.contents.get(world.tip)).toEqual(world.landed);
}

const SEEDS = Array.from({ length: 400 }, (_, at) => at + 1);

describe('random sequences', () => {
  it('merges everything in order when nothing fails, crashing at any moment', () => {
    for (const seed of SEEDS) {
      const played = play(seed, { crash: true });
      expectNothingLost(played);
      expect(played.world.landed).toEqual(played.world.landed.toSorted((a, b) => a - b));
      expect(played.world.landed).toHaveLength(played.total);
    }
  });

  it('merges exactly what is good', () => {
    for (const seed of SEEDS) {
      const played = play(seed, { bad: true, crash: true });
      expectNothingLost(played);
      expect(played.world.landed).toHaveLength(played.total - played.bad.size);
      // Who was in no failed group is overtaken by nobody who came later.
      const calm = played.world.landed.filter((id) => !played.world.everInFailure.has(id));
      expect(calm).toEqual(calm.toSorted((a, b) => a - b));
    }
  });

  it('lets what conflicts leave only for what was merged', () => {
    for (const seed of SEEDS) {
      const played = play(seed, { bad: true, quarrels: true, crash: true });
      expectNothingLost(played);
      const { world, quarrels, bad } = played;
      for (const id of world.ejected.keys()) {
        const excused =
          bad.has(id) ||
          world.landed.some((other) => quarrels.has(`${Math.min(id, other)}-${Math.max(id, other)}`));
        expect(excused).toBe(true);
      }
    }
  });

  it('goes on when the branch moves, priorities differ, stacks wait and people take their entries back', () => {
    for (const seed of SEEDS) {
      const played = play(seed, {
        bad: true,
        quarrels: true,
        crash: true,
        moves: true,
        priorities: true,
        stacks: true,
        leaves: true,
      });
      expect(played.world.entries).toEqual([]);
      const ended = [...played.world.landed, ...played.world.ejected.keys()].toSorted((a, b) => a - b);
      expect(ended).toEqual(Array.from({ length: played.total }, (_, at) => at + 1));
      expect(played.world.landed.filter((id) => played.bad.has(id))).toEqual([]);
      expect(played.world.contents.get(played.world.tip)).toEqual(played.world.landed);
    }
  });
});
