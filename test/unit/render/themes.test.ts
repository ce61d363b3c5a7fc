// The themes in the stylesheet are those that the styles need now.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { makeThemes } from '../../../scripts/make-themes.ts';

it('are up to date; otherwise run node scripts/make-themes.ts', () => {
  const written = readFileSync(new URL('../../../assets/css/themes.generated.css', import.meta.url), 'utf8');
  expect(written).toBe(makeThemes());
});

it('exist in light and dark, in three contrasts, also where the system decides', () => {
  const text = makeThemes();
  for (const name of [
    'dark',
    'dark-high-contrast',
    'dark-colorblind',
    'light-high-contrast',
    'light-colorblind',
  ]) {
    const mode = name.startsWith('dark') ? 'dark' : 'light';
    expect(text).toContain(`[data-color-mode="${mode}"][data-${mode}-theme="${name}"]`);
    expect(text).toContain(`[data-color-mode="auto"][data-${mode}-theme="${name}"]`);
  }
});
