// Octicons as inline SVG, and the product's own mark. The build keeps only the shapes of the data file.
import octicons from '@primer/octicons/build/data.json' with { type: 'json' };
import { escapeHtml, type SafeHtml } from '../../base/html.ts';

interface Shape {
  width: number;
  path: string;
}

const shapes = octicons as unknown as Record<string, { heights: Record<string, Shape> }>;
const made = new Map<string, SafeHtml>();

/** An octicon `size` pixels high, hidden from screen readers. Throws for a name that does not exist. */
export function icon(name: string, size = 16, className = ''): SafeHtml {
  const key = `${name} ${size} ${className}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const svg = drawIcon(name, size, className);
  made.set(key, svg);
  return svg;
}

function drawIcon(name: string, size: number, className: string): SafeHtml {
  const heights = Object.hasOwn(shapes, name) ? shapes[name]?.heights : undefined;
  if (!heights) throw new Error(`There is no octicon "${name}"`);
  const height = closestHeight(Object.keys(heights).map(Number), size);
  const shape = heights[height];
  if (!shape) throw new Error(`The octicon "${name}" has no shape`);
  const width = Math.round((shape.width * size) / height);
  const classes = escapeHtml(className === '' ? 'octicon' : `octicon ${className}`);
  return `<svg class="${classes}" width="${width}" height="${size}" viewBox="0 0 ${shape.width} ${height}" aria-hidden="true">${shape.path}</svg>` as SafeHtml;
}

/** The tallest drawing that is not taller than asked for, so that lines stay crisp; else the smallest. */
function closestHeight(heights: number[], size: number): number {
  const sorted = heights.sort((a, b) => a - b);
  return sorted.findLast((height) => height <= size) ?? sorted[0] ?? size;
}

/** The product's mark: a hub with its branches. */
export function logo(size = 28): SafeHtml {
  return `<svg class="logo" width="${size}" height="${size}" viewBox="0 0 32 32" aria-hidden="true"><path fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" d="M16 4.5A11.5 11.5 0 1 1 5.2 12.1M16 16l5.6-5.6M16 16v7.2"/><circle cx="16" cy="16" r="3.4" fill="currentColor"/><circle cx="8.2" cy="7.6" r="3" fill="currentColor"/></svg>` as SafeHtml;
}
