// Finds the marks of conflicts in a text, and what each side has there. Pure.

export interface Labels {
  head: string;
  base: string;
}

/** Offsets into the text; each part is whole lines with their line ends. */
export interface Region {
  from: number;
  to: number;
  head: Part;
  ancestor: Part | undefined;
  base: Part;
}

export interface Part {
  from: number;
  to: number;
}

interface Line {
  text: string;
  from: number;
  /** Behind its line end. */
  to: number;
}

/** The regions of a text that still have all their marks. */
export function regionsIn(text: string, labels: Labels): Region[] {
  const regions: Region[] = [];
  let open: { start: Line; ancestor?: Line; middle?: Line } | undefined;
  for (const line of linesOf(text)) {
    if (line.text === `<<<<<<< ${labels.head}`) open = { start: line };
    else if (open && !open.middle && line.text.startsWith('||||||| ')) open.ancestor ??= line;
    else if (open && !open.middle && line.text === '=======') open.middle = line;
    else if (open?.middle && line.text === `>>>>>>> ${labels.base}`) {
      regions.push(regionOf(open.start, open.ancestor, open.middle, line));
      open = undefined;
    }
  }
  return regions;
}

function regionOf(start: Line, ancestor: Line | undefined, middle: Line, end: Line): Region {
  return {
    from: start.from,
    to: end.to,
    head: { from: start.to, to: (ancestor ?? middle).from },
    ancestor: ancestor && { from: ancestor.to, to: middle.from },
    base: { from: middle.to, to: end.from },
  };
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (let from = 0; from <= text.length; ) {
    const end = text.indexOf('\n', from);
    const stop = end < 0 ? text.length : end;
    lines.push({ text: text.slice(from, stop), from, to: end < 0 ? stop : stop + 1 });
    from = stop + 1;
  }
  return lines;
}

export type Taken = 'head' | 'base' | 'both';

/** What a region becomes; nothing may be left of a line end where both sides have nothing. */
export function taken(text: string, region: Region, which: Taken): string {
  const partOf = ({ from, to }: Part) => text.slice(from, to);
  if (which === 'head') return partOf(region.head);
  if (which === 'base') return partOf(region.base);
  return partOf(region.head) + partOf(region.base);
}
