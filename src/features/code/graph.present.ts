// Draws the lanes of a history as SVG, one drawing for each row.
import type { SafeHtml } from '../../base/html.ts';
import type { GraphRow } from './graph-lanes.service.ts';

const LANE = 14;
const HEIGHT = 40;
const MIDDLE = HEIGHT / 2;
/** As many as assets/css/graph.css knows. */
const COLOURS = 8;

/** A row's part of the graph; its lanes continue those of the rows around it. */
export function rowSvg(row: GraphRow, width: number): SafeHtml {
  const parts = [
    ...row.passing.map((lane) => line(lane, `M${x(lane)} 0V${HEIGHT}`)),
    ...row.from.map((lane) => line(lane, curve(x(lane), 0, x(row.column), MIDDLE))),
    ...row.to.map((lane) => line(lane, curve(x(row.column), MIDDLE, x(lane), HEIGHT))),
    `<circle class="graph-dot graph-colour-${row.column % COLOURS}" cx="${x(row.column)}" cy="${MIDDLE}" r="4"/>`,
  ];
  const across = Math.max(1, width) * LANE + 4;
  return `<svg class="graph-svg" width="${across}" height="${HEIGHT}" viewBox="0 0 ${across} ${HEIGHT}" aria-hidden="true">${parts.join('')}</svg>` as SafeHtml;
}

function x(lane: number): number {
  return lane * LANE + LANE / 2 + 2;
}

function curve(fromX: number, fromY: number, toX: number, toY: number): string {
  if (fromX === toX) return `M${fromX} ${fromY}V${toY}`;
  const middle = (fromY + toY) / 2;
  return `M${fromX} ${fromY}C${fromX} ${middle} ${toX} ${middle} ${toX} ${toY}`;
}

function line(lane: number, path: string): string {
  return `<path class="graph-line graph-colour-${lane % COLOURS}" d="${path}"/>`;
}
