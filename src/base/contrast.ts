// Which of black and white is readable on a colour, as WCAG 2.2 computes it (relative luminance, contrast ratio).

/** What normal text needs (WCAG 1.4.3, AA). */
const READABLE = 4.5;

/**
 * Whether text on a colour of six hexadecimal digits is to be black or white: white where that is readable, since it looks
 * better on strong colours; where it is not, black has 4.66:1 at least.
 */
export function readableOn(color: string): 'black' | 'white' {
  return contrastOf(color, 'ffffff') >= READABLE ? 'white' : 'black';
}

/** The contrast ratio of two colours of six hexadecimal digits, from 1 to 21. */
export function contrastOf(one: string, other: string): number {
  const lights = [luminanceOf(one), luminanceOf(other)];
  return (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
}

function luminanceOf(color: string): number {
  const value = Number.parseInt(color, 16);
  const [red, green, blue] = [value >> 16, (value >> 8) & 255, value & 255].map(linear);
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
