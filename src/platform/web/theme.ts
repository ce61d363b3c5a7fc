// Which colours a browser asked for: a mode and a contrast, kept in the cookie `theme`.
import { readCookie, writeCookie } from './cookies.ts';
import type { WebContext } from './web.types.ts';

export const MODES = ['auto', 'light', 'dark'] as const;
export const CONTRASTS = ['default', 'high-contrast', 'colorblind'] as const;

export type Mode = (typeof MODES)[number];
export type Contrast = (typeof CONTRASTS)[number];

export interface Theme {
  mode: Mode;
  contrast: Contrast;
  /** Attributes of the html element, which the stylesheet's themes listen to. */
  attributes: Record<string, string>;
  /** For the browser's own controls and the blank page before the stylesheet is there. */
  scheme: string;
}

const YEAR = 365 * 86_400_000;

/** The theme in the cookie, e.g. `dark-high-contrast`; auto where there is none or an unknown one. */
export function themeOf(c: WebContext): Theme {
  const [, mode, contrast] = /^(auto|light|dark)(?:-(high-contrast|colorblind))?$/.exec(
    readCookie(c, 'theme') ?? '',
  ) ?? ['', 'auto', undefined];
  return describeTheme(mode as Mode, (contrast ?? 'default') as Contrast);
}

/** Keeps a theme for a year. */
export function setTheme(c: WebContext, mode: Mode, contrast: Contrast): void {
  const value = contrast === 'default' ? mode : `${mode}-${contrast}`;
  writeCookie(c, 'theme', value, c.var.app.clock.now() + YEAR);
}

function describeTheme(mode: Mode, contrast: Contrast): Theme {
  const suffix = contrast === 'default' ? '' : `-${contrast}`;
  return {
    mode,
    contrast,
    attributes: {
      'data-color-mode': mode,
      'data-light-theme': `light${suffix}`,
      'data-dark-theme': `dark${suffix}`,
    },
    scheme: mode === 'auto' ? 'light dark' : mode,
  };
}
