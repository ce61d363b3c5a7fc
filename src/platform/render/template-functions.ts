// What every template may call as `h.…`; see docs/design.md.
import { readableOn } from '../../base/contrast.ts';
import { escapeHtml, type SafeHtml } from '../../base/html.ts';
import { path, query } from './addresses.ts';
import { avatar } from './avatars.ts';
import { icon, logo } from './icons.ts';
import { formatBytes, formatCompact, formatNumber, plural } from './numbers.ts';
import { date, relativeTime } from './time.ts';
import { capital } from './words.ts';

type AttributeValue = string | number | boolean | undefined | null;

/** The functions of templates; `asset` finds the hashed address of an asset. */
export function templateFunctions(asset: (name: string) => string) {
  return {
    asset,
    attributes,
    avatar,
    bytes: formatBytes,
    capital,
    compact: formatCompact,
    date,
    icon,
    json,
    logo,
    number: formatNumber,
    path,
    plural,
    query,
    readableOn,
    time: relativeTime,
  };
}

export type TemplateFunctions = ReturnType<typeof templateFunctions>;

/** Attributes with a space before each; `true` prints the bare name, false, null and undefined nothing. */
function attributes(values: Record<string, AttributeValue>): SafeHtml {
  return Object.entries(values)
    .map(([name, value]) => {
      if (value === undefined || value === null || value === false) return '';
      return value === true ? ` ${name}` : ` ${name}="${escapeHtml(String(value))}"`;
    })
    .join('') as SafeHtml;
}

/** JSON that may stand inside an attribute or an element. */
function json(value: unknown): SafeHtml {
  return escapeHtml(JSON.stringify(value) ?? 'null');
}
