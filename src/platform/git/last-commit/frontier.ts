// Which entries are still looked for below which commit; hands out the youngest commit first, so that entries whose
// searches took different ways round meet again and go on together.

export interface Frontier<T> {
  /** Adds entries to those waiting at a commit. `order` must be larger for a commit than for its ancestors. */
  add(node: number, order: number, entries: readonly T[]): void;
  /** Takes the youngest commit with its entries. */
  next(): { node: number; entries: readonly T[] } | undefined;
  hasMore(): boolean;
  waiting(): Iterable<readonly [node: number, entries: readonly T[]]>;
}

interface Place {
  node: number;
  order: number;
}

/** An empty frontier. */
export function newFrontier<T>(): Frontier<T> {
  const groups = new Map<number, readonly T[]>();
  const heap: Place[] = [];
  return {
    add(node, order, entries) {
      if (entries.length === 0) return;
      const there = groups.get(node);
      groups.set(node, there ? there.concat(entries) : entries);
      if (!there) push(heap, { node, order });
    },
    next() {
      const place = pop(heap);
      if (!place) return undefined;
      const entries = groups.get(place.node) ?? [];
      groups.delete(place.node);
      return { node: place.node, entries };
    },
    hasMore: () => groups.size > 0,
    waiting: () => groups,
  };
}

function push(heap: Place[], place: Place): void {
  let at = heap.push(place) - 1;
  while (at > 0) {
    const above = (at - 1) >>> 1;
    const parent = heap[above];
    if (!parent || parent.order >= place.order) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = place;
}

function pop(heap: Place[]): Place | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (!last || heap.length === 0) return top;
  let at = 0;
  for (;;) {
    const [left, right] = [heap[at * 2 + 1], heap[at * 2 + 2]];
    const child = right && left && right.order > left.order ? at * 2 + 2 : at * 2 + 1;
    const larger = heap[child];
    if (!larger || larger.order <= last.order) break;
    heap[at] = larger;
    at = child;
  }
  heap[at] = last;
  return top;
}
