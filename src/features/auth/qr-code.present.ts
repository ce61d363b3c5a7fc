// QR codes as the shape that an inline <svg> draws. The library is loaded when first needed.

export interface QrCode {
  /** Its side in modules, with the quiet zone around it. */
  size: number;
  /** The path of the dark modules. */
  path: string;
}

/** ISO/IEC 18004 asks for four modules of nothing on each side. */
const QUIET = 4;

/** Encodes text; each run of dark modules in a row becomes one rectangle of the path. */
export async function qrCodeOf(text: string): Promise<QrCode> {
  const { encode } = await import('uqr');
  const { data } = encode(text, { ecc: 'M', border: 0 });
  const path = data.map((row, y) => runsOf(row, y)).join('');
  return { size: data.length + 2 * QUIET, path };
}

function runsOf(row: readonly boolean[], y: number): string {
  const bits = row.map((isDark) => (isDark ? '1' : '0')).join('');
  return [...bits.matchAll(/1+/g)]
    .map(({ 0: run, index }) => `M${index + QUIET} ${y + QUIET}h${run.length}v1h-${run.length}z`)
    .join('');
}
