// The licences offered for new repositories, with their texts from the SPDX list.
import agpl from 'spdx-license-list/licenses/AGPL-3.0-only.json' with { type: 'json' };
import apache from 'spdx-license-list/licenses/Apache-2.0.json' with { type: 'json' };
import bsd2 from 'spdx-license-list/licenses/BSD-2-Clause.json' with { type: 'json' };
import bsd3 from 'spdx-license-list/licenses/BSD-3-Clause.json' with { type: 'json' };
import bsl from 'spdx-license-list/licenses/BSL-1.0.json' with { type: 'json' };
import cc0 from 'spdx-license-list/licenses/CC0-1.0.json' with { type: 'json' };
import epl from 'spdx-license-list/licenses/EPL-2.0.json' with { type: 'json' };
import eupl from 'spdx-license-list/licenses/EUPL-1.2.json' with { type: 'json' };
import gpl2 from 'spdx-license-list/licenses/GPL-2.0-only.json' with { type: 'json' };
import gpl3 from 'spdx-license-list/licenses/GPL-3.0-only.json' with { type: 'json' };
import isc from 'spdx-license-list/licenses/ISC.json' with { type: 'json' };
import lgpl from 'spdx-license-list/licenses/LGPL-3.0-only.json' with { type: 'json' };
import mit from 'spdx-license-list/licenses/MIT.json' with { type: 'json' };
import mit0 from 'spdx-license-list/licenses/MIT-0.json' with { type: 'json' };
import mpl from 'spdx-license-list/licenses/MPL-2.0.json' with { type: 'json' };
import unlicense from 'spdx-license-list/licenses/Unlicense.json' with { type: 'json' };
import zlib from 'spdx-license-list/licenses/Zlib.json' with { type: 'json' };

interface Licence {
  name: string;
  licenseText: string;
}

const LICENCES: Readonly<Record<string, Licence>> = {
  MIT: mit,
  'Apache-2.0': apache,
  'GPL-3.0-only': gpl3,
  'AGPL-3.0-only': agpl,
  'BSD-2-Clause': bsd2,
  'BSD-3-Clause': bsd3,
  'BSL-1.0': bsl,
  'CC0-1.0': cc0,
  'EPL-2.0': epl,
  'EUPL-1.2': eupl,
  'GPL-2.0-only': gpl2,
  ISC: isc,
  'LGPL-3.0-only': lgpl,
  'MIT-0': mit0,
  'MPL-2.0': mpl,
  Unlicense: unlicense,
  Zlib: zlib,
};

/** SPDX identifiers, the most chosen ones first. */
export const LICENCE_IDS: readonly string[] = Object.keys(LICENCES);

/** Identifier and full name of every licence offered. */
export function licenceChoices(): { id: string; name: string }[] {
  return Object.entries(LICENCES).map(([id, licence]) => ({ id, name: licence.name }));
}

/** A licence as the SPDX list has it; undefined for what is not offered. */
export function rawLicence(id: string): { name: string; text: string } | undefined {
  const licence = Object.hasOwn(LICENCES, id) ? LICENCES[id] : undefined;
  return licence && { name: licence.name, text: licence.licenseText };
}

/** The licence's text with year and holder filled in where the SPDX text has places for them. */
export function licenceText(id: string, year: number, holder: string): string | undefined {
  const licence = Object.hasOwn(LICENCES, id) ? LICENCES[id] : undefined;
  if (!licence) return undefined;
  const filled = licence.licenseText
    .replace(/<year>|\[yyyy\]/g, String(year))
    .replace(/<(?:copyright holders?|owner|name of author)>|\[name of copyright owner\]/gi, holder);
  return `${filled.trimEnd()}\n`;
}
