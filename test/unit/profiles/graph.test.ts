// The contribution graph: whole weeks, levels by the busiest day, and the same numbers in its table.
import { describe, expect, it } from 'vitest';
import { DAY } from '../../../src/base/time.ts';
import { graphDays, graphModel } from '../../../src/features/profiles/graph.present.ts';

const dayOf = (text: string) => Date.parse(text) / DAY;

describe('the graph', () => {
  it('begins on a Sunday and ends today, whatever day that is', () => {
    for (let last = dayOf('2026-11-22'); last <= dayOf('2026-11-28'); last++) {
      const { cells } = graphModel(last, new Map());
      expect(new Date(cells[0]?.at ?? 0).getUTCDay()).toBe(0);
      expect(cells.at(-1)?.at).toBe(last * DAY);
      expect(cells).toHaveLength(graphDays(last));
      expect(cells.length).toBeGreaterThan(364);
      expect(cells.at(-1)?.y).toBe(18 + new Date(last * DAY).getUTCDay() * 14);
    }
  });

  it('colours by the busiest day, and never hides a single contribution', () => {
    const last = dayOf('2026-11-27');
    const { cells, total, rows } = graphModel(
      last,
      new Map([
        [last, 100],
        [last - 1, 1],
        [last - 2, 50],
        [last - 900, 7],
      ]),
    );
    expect(cells.slice(-4).map(({ level }) => level)).toEqual([0, 2, 1, 4]);
    expect(total).toBe(151);
    expect(rows).toEqual([100, 1, 50].map((count, index) => ({ at: (last - index) * DAY, total: count })));
    expect(cells.at(-2)?.label).toBe('1 contribution on Nov 26, 2026');
    expect(cells.at(-4)?.label).toBe('No contributions on Nov 24, 2026');
  });

  it('names months where there is room', () => {
    const { months } = graphModel(dayOf('2026-11-27'), new Map());
    expect(months.length).toBeGreaterThan(10);
    for (const [index, { x }] of months.slice(1).entries())
      expect(x - (months[index]?.x ?? 0)).toBeGreaterThanOrEqual(28);
  });
});
