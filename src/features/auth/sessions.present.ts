// Turns sessions into rows that people recognise.
import type { SessionRow } from './sessions.types.ts';

export interface SessionItem {
  id: number;
  device: string;
  isMobile: boolean;
  address: string;
  createdAt: number;
  lastUsedAt: number;
  isCurrent: boolean;
  hasSecondFactor: boolean;
}

/** A row of the list of sessions. */
export function sessionItem(row: SessionRow, currentId: number | undefined): SessionItem {
  return {
    id: row.id,
    device: describeDevice(row.userAgent),
    isMobile: /Mobile|Android|iPhone|iPad/.test(row.userAgent),
    address: row.address,
    createdAt: row.createdAt,
    lastUsedAt: row.lastUsedAt,
    isCurrent: row.id === currentId,
    hasSecondFactor: row.hasSecondFactor,
  };
}

// Browsers name their ancestors as well, so the youngest comes first.
const BROWSERS: readonly [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:HeadlessChrome|Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const SYSTEMS: readonly [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** E.g. `Firefox on Linux`, from a User-Agent header. */
export function describeDevice(userAgent: string): string {
  const browser = BROWSERS.find(([pattern]) => pattern.test(userAgent))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1];
  if (browser) return system ? `${browser} on ${system}` : browser;
  const product = /^[\w.-]{1,40}/.exec(userAgent)?.[0];
  return product ?? 'Unknown device';
}
