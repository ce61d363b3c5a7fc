// Icons and identicons are drawn inline, which long pages repeat hundreds of times. There each drawing is written once.

interface Shared {
  id: string;
  viewBox: string;
  shapes: string;
  times: number;
}

/** As `icon` and `identicon` write them; nobody's text holds an `<svg>`, the sanitizer drops them. */
const DRAWING =
  /<svg class="((?:octicon|avatar)[^"]*)" width="(\d+)" height="(\d+)" viewBox="([^"]*)"([^>]*)>(.*?)<\/svg>/g;

/** Shorter pages stay as they are. */
const LONG = 32_000;
/** Times and characters from which sharing a drawing makes the page smaller. */
const OFTEN = 3;
const LARGE = 120;

/** The page with each drawing that it repeats once at its end, and references in its places. */
export function shareDrawings(html: string): string {
  if (html.length < LONG) return html;
  const shared = countDrawings(html);
  if (shared.size === 0) return html;
  const smaller = html.replace(DRAWING, (whole, classes, width, height, viewBox, more, shapes) => {
    const one = shared.get(keyOf(viewBox, shapes));
    if (!one) return whole;
    return `<svg class="${classes}" width="${width}" height="${height}"${more}><use href="#${one.id}"/></svg>`;
  });
  return `${smaller}<svg hidden aria-hidden="true">${[...shared.values()].map(symbolOf).join('')}</svg>`;
}

function countDrawings(html: string): Map<string, Shared> {
  const found = new Map<string, Shared>();
  for (const [, , , , viewBox = '', , shapes = ''] of html.matchAll(DRAWING)) {
    if (shapes.length < LARGE) continue;
    const key = keyOf(viewBox, shapes);
    const one = found.get(key) ?? { id: `drawn-${found.size}`, viewBox, shapes, times: 0 };
    one.times += 1;
    found.set(key, one);
  }
  return new Map([...found].filter(([, { times }]) => times >= OFTEN));
}

const keyOf = (viewBox: string, shapes: string) => `${viewBox} ${shapes}`;

const symbolOf = ({ id, viewBox, shapes }: Shared) =>
  `<symbol id="${id}" viewBox="${viewBox}">${shapes}</symbol>`;
