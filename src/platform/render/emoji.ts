// Emoji shortcodes such as :heart:, written as the Unicode character they stand for.
import { nameToEmoji } from 'gemoji';
import type { TokenizerAndRendererExtension } from 'marked';

const SHORTCODE = /^:([a-z0-9_+-]{1,40}):/;

/** The character a shortcode's name stands for, e.g. `heart`. */
export function findEmoji(name: string): string | undefined {
  return Object.hasOwn(nameToEmoji, name) ? nameToEmoji[name] : undefined;
}

/** Text with every known shortcode replaced; for commit messages and descriptions, which are no Markdown. */
export function replaceShortcodes(text: string): string {
  return text.replace(/:([a-z0-9_+-]{1,40}):/g, (whole, name: string) => findEmoji(name) ?? whole);
}

/** The shortcode as an inline rule of marked. */
export const emojiRule: TokenizerAndRendererExtension = {
  name: 'emoji',
  level: 'inline',
  start: (source) => {
    const at = source.search(/:[a-z0-9_+-]+:/);
    return at < 0 ? undefined : at;
  },
  tokenizer(source) {
    const match = SHORTCODE.exec(source);
    const character = match?.[1] === undefined ? undefined : findEmoji(match[1]);
    return match && character ? { type: 'emoji', raw: match[0], character } : undefined;
  },
  renderer: (token) => String(token.character),
};

/** Every emoji with its names, those of one character in one row: for completion. */
export function listEmoji(): [character: string, ...names: string[]][] {
  const rows = new Map<string, string[]>();
  for (const [name, character] of Object.entries(nameToEmoji)) {
    const names = rows.get(character);
    if (names) names.push(name);
    else rows.set(character, [name]);
  }
  return [...rows].map(([character, names]): [string, ...string[]] => [character, ...names]);
}
