// The commits a walk has yet to visit, each with what was carried to it; the youngest comes first, so that a commit is
// visited once, after all its descendants.

export interface Frontier<T> {
  /** Carries something to a commit. `order` must be larger for a commit than for its ancestors. */
  add(node: number, order: number, carried: T): void;
  /** Takes the youngest commit. */
  next(): Visit<T> | undefined;
  /** The order of the commit that comes next. */
  nextOrder(): number | undefined;
  hasMore(): boolean;
  waiting(): Iterable<readonly [node: number, carried: T]>;
}

export interface Visit<T> {
  node: number;
  order: number;
  carried: T;
}

interface Place {
  node: number;
  order: number;
}

/** An empty frontier; `merge` joins what is carried to one commit from several. */
export function newFrontier<T>(merge: (there: T, more: T) => T): Frontier<T> {
  const groups = new Map<number, T>();
  const heap: Place[] = [];
  return {
    add(node, order, carried) {
      const there = groups.get(node);
      groups.set(node, there === undefined ? carried : merge(there, carried));
      if (there === undefined) push(heap, { node, order });
    },
    next() {
      const place = pop(heap);
      if (!place) return undefined;
      const carried = groups.get(place.node);
      if (carried === undefined) return undefined;
      groups.delete(place.node);
      return { ...place, carried };
    },
    nextOrder: () => heap[0]?.order,
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
