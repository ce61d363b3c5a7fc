// Recognizes a repository's licence by sentences that only one licence has.
import type { App } from '../../platform/app.types.ts';
import type { Oid, TreeEntry } from '../../platform/git/git.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';

export interface FoundLicence {
  /** The file's name, raw bytes. */
  file: Buffer;
  /** SPDX identifier, or undefined when it is not recognized. */
  id: string | undefined;
}

const FILE = /^(?:(?:un)?licen[cs]e|copying|mit-licen[cs]e)(?:[-.].*)?$/i;
const MAX_BYTES = 128 * 1024;

/** Tried in this order: what quotes another licence comes before it. */
const MARKS: readonly (readonly [id: string, ...sentences: RegExp[]])[] = [
  ['AGPL-3.0', /gnu affero general public license/, /version 3/],
  ['LGPL-3.0', /gnu lesser general public license/, /version 3/],
  ['LGPL-2.1', /gnu lesser general public license/, /version 2\.1/],
  ['GPL-3.0', /gnu general public license/, /version 3, 29 june 2007/],
  ['GPL-2.0', /gnu general public license/, /version 2, june 1991/],
  ['Apache-2.0', /apache license/, /version 2\.0, january 2004/],
  ['MPL-2.0', /mozilla public license,? version 2\.0/],
  ['EPL-2.0', /eclipse public license - v 2\.0/],
  ['EUPL-1.2', /european union public licence v\. ?1\.2/],
  ['CC0-1.0', /cc0 1\.0 universal/],
  ['CC-BY-SA-4.0', /attribution-sharealike 4\.0 international/],
  ['CC-BY-4.0', /attribution 4\.0 international/],
  ['Unlicense', /this is free and unencumbered software released into the public domain/],
  ['BSL-1.0', /boost software license - version 1\.0/],
  ['WTFPL', /do what the fuck you want to public license/],
  ['Zlib', /the origin of this software must not be misrepresented/],
  ['Artistic-2.0', /the artistic license 2\.0/],
  ['BSD-3-Clause', /redistribution and use in source and binary forms/, /neither the name/],
  ['BSD-2-Clause', /redistribution and use in source and binary forms/],
  [
    '0BSD',
    /permission to use, copy, modify, and\/or distribute/,
    /for any purpose with or without fee is hereby granted\. the software/,
  ],
  [
    'ISC',
    /permission to use, copy, modify, and\/?(?:or)? distribute/,
    /provided that the above copyright notice/,
  ],
  [
    'MIT-0',
    /permission is hereby granted, free of charge/,
    /^(?!.*the above copyright notice).*deal in the software without restriction/,
  ],
  [
    'MIT',
    /permission is hereby granted, free of charge/,
    /the above copyright notice and this permission notice/,
  ],
];

/** The licence among the entries of a repository's root. */
export async function findLicence(
  app: App,
  open: Pick<OpenRepository, 'dir'>,
  root: Oid,
): Promise<FoundLicence | undefined> {
  const objects = app.git.objects(open.dir);
  const file = bestFile(await objects.tree(root));
  if (!file) return undefined;
  const info = await objects.info(file.oid);
  if (!info || info.size > MAX_BYTES) return { file: file.nameBytes, id: undefined };
  const data = (await objects.read(file.oid, MAX_BYTES))?.data;
  return { file: file.nameBytes, id: data && licenceOf(data.toString('utf8')) };
}

function bestFile(entries: readonly TreeEntry[]): TreeEntry | undefined {
  const files = entries.filter(
    (entry) => entry.type === 'blob' && entry.mode !== '120000' && FILE.test(entry.name),
  );
  return files.find((entry) => /^[^.]*(?:\.(?:txt|md|rst))?$/.test(entry.name)) ?? files[0];
}

/** The SPDX identifier of a licence text, if it is one of the common ones. */
export function licenceOf(text: string): string | undefined {
  const plain = text.toLowerCase().replace(/[\s*#"“”]+/g, ' ');
  return MARKS.find(([, ...sentences]) => sentences.every((sentence) => sentence.test(plain)))?.[0];
}
