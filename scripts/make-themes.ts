// Writes assets/css/themes.generated.css: those custom properties of @primer/primitives that our styles use, in each theme.
// Light is whole; every other theme holds what differs from it. Run after using a new property.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const STYLES = join(ROOT, 'assets/css');
const THEMES = join(ROOT, 'node_modules/@primer/primitives/dist/css/functional/themes');
const OUTPUT = 'themes.generated.css';
const VARIANTS = ['', '-high-contrast', '-colorblind'];

type Properties = ReadonlyMap<string, string>;

/** The stylesheet of all themes. Throws when a style uses a property that no theme and no style defines. */
export function makeThemes(): string {
  const light = propertiesOf('light');
  const used = usedProperties(light);
  const rules = [`:root {\n${declarations(pick(light, used))}\n}`];
  for (const mode of ['light', 'dark']) {
    for (const variant of VARIANTS) {
      const name = `${mode}${variant}`;
      if (name !== 'light') rules.push(...rulesOf(mode, name, differences(propertiesOf(name), light, used)));
    }
  }
  return `/* Made by scripts/make-themes.ts from @primer/primitives (MIT); do not edit. */\n${rules.join('\n')}\n`;
}

function rulesOf(mode: string, name: string, properties: Properties): string[] {
  const text = declarations(properties);
  return [
    `[data-color-mode="${mode}"][data-${mode}-theme="${name}"] {\n${text}\n}`,
    `@media (prefers-color-scheme: ${mode}) {\n[data-color-mode="auto"][data-${mode}-theme="${name}"] {\n${text}\n}\n}`,
  ];
}

function propertiesOf(theme: string): Properties {
  const text = readFileSync(join(THEMES, `${theme}.css`), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const first = text.slice(text.indexOf('{') + 1, text.indexOf('}'));
  const found = first.matchAll(/(--[\w-]+):\s*([^;]+);/g);
  return new Map([...found].map(([, name = '', value = '']) => [name, value.trim()]));
}

/** The names our styles refer to, and those that the values of these refer to. */
function usedProperties(theme: Properties): Set<string> {
  const styles = globSync('*.css', { cwd: STYLES })
    .filter((name) => name !== OUTPUT)
    .map((name) => readFileSync(join(STYLES, name), 'utf8'))
    .join('\n');
  const own = new Set([...styles.matchAll(/(--[\w-]+):/g)].map(([, name]) => name));
  const used = new Set<string>();
  const waiting = references(styles);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (used.has(name) || own.has(name)) continue;
    const value = theme.get(name);
    if (value === undefined) throw new Error(`No theme defines ${name}`);
    used.add(name);
    waiting.push(...references(value));
  }
  return used;
}

function references(text: string): string[] {
  return [...text.matchAll(/var\((--[\w-]+)/g)].map(([, name = '']) => name);
}

function pick(properties: Properties, names: Set<string>): Properties {
  return new Map([...properties].filter(([name]) => names.has(name)));
}

function differences(theme: Properties, light: Properties, names: Set<string>): Properties {
  return new Map([...pick(theme, names)].filter(([name, value]) => light.get(name) !== value));
}

function declarations(properties: Properties): string {
  return [...properties]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `  ${name}: ${value};`)
    .join('\n');
}

if (import.meta.main) writeFileSync(join(STYLES, OUTPUT), makeThemes());
