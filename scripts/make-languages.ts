// Writes src/platform/render/languages.generated.ts from linguist-languages: what file belongs to which language,
// and its colour. Run after updating that package: node scripts/make-languages.ts
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as linguist from 'linguist-languages';

/** Who gets an extension that several languages claim; anything else goes to whoever lists it first. */
const PREFERRED = [
  ...[
    'C',
    'C++',
    'Objective-C',
    'C#',
    'TypeScript',
    'TSX',
    'JavaScript',
    'Python',
    'Java',
    'Ruby',
    'PHP',
    'Perl',
  ],
  ...[
    'Rust',
    'Go',
    'Kotlin',
    'Swift',
    'Markdown',
    'HTML',
    'CSS',
    'SQL',
    'R',
    'Shell',
    'Lua',
    'Haskell',
    'F#',
    'OCaml',
  ],
  ...[
    'Elixir',
    'Erlang',
    'Scala',
    'Clojure',
    'D',
    'Dart',
    'Julia',
    'Fortran',
    'Verilog',
    'SystemVerilog',
    'VHDL',
  ],
  ...[
    'Assembly',
    'MATLAB',
    'TeX',
    'XML',
    'YAML',
    'JSON',
    'TOML',
    'INI',
    'Text',
    'GLSL',
    'Pascal',
    'Nix',
    'Prolog',
  ],
  ...[
    'Common Lisp',
    'Emacs Lisp',
    'Scheme',
    'Groovy',
    'Visual Basic .NET',
    'Batchfile',
    'Makefile',
    'CMake',
    'Vue',
  ],
  ...[
    'Roff',
    'reStructuredText',
    'Gettext Catalog',
    'Tcl',
    'Ada',
    'Cool',
    'Smalltalk',
    'PLpgSQL',
    'Nim',
    'Zig',
  ],
];

interface Linguist {
  name: string;
  type: string;
  color?: string;
  group?: string;
  aliases?: readonly string[];
  extensions?: readonly string[];
  filenames?: readonly string[];
  interpreters?: readonly string[];
}

const all: Linguist[] = Object.values(linguist);
const languages = all.sort(byRank);

function byRank(a: Linguist, b: Linguist): number {
  return rankOf(a.name) - rankOf(b.name) || (a.name < b.name ? -1 : 1);
}

function rankOf(name: string): number {
  const rank = PREFERRED.indexOf(name);
  return rank < 0 ? PREFERRED.length : rank;
}

/** Index of the language by each of its keys; the preferred one, else the one that lists the key first. */
function claim(keysOf: (language: Linguist) => readonly string[]): Record<string, number> {
  const claims: { key: string; index: number; weight: number }[] = languages.flatMap((language, index) =>
    keysOf(language).map((key, position) => ({
      key,
      index,
      weight: rankOf(language.name) < PREFERRED.length ? rankOf(language.name) : PREFERRED.length + position,
    })),
  );
  claims.sort((a, b) => a.weight - b.weight || a.index - b.index);
  const owners: Record<string, number> = Object.create(null);
  for (const { key, index } of claims) owners[key] ??= index;
  return owners;
}

const rows = languages.map((language) => {
  const aliases = [language.name.toLowerCase(), ...(language.aliases ?? [])];
  return [
    language.name,
    language.color ?? '',
    language.type,
    [...new Set(aliases)].join(' '),
    language.group ?? '',
  ];
});

const extensions = claim((language) =>
  (language.extensions ?? []).map((extension) => extension.toLowerCase()),
);
const fileNames = claim((language) => language.filenames ?? []);
// TypeScript lists the runtimes of JavaScript, which are far more often meant for the latter.
const interpreters = claim((language) =>
  language.name === 'TypeScript' ? [] : (language.interpreters ?? []),
);

const text = `// Made by scripts/make-languages.ts from linguist-languages (MIT). Do not edit.

/** Name, colour, type, names in lower case (separated by spaces), the language it is counted as. */
export const LANGUAGE_ROWS: readonly (readonly [string, string, string, string, string])[] = ${JSON.stringify(
  rows,
).replaceAll('],[', '],\n[')};

/** Extension with its dot, in lower case, to the index of a row. */
export const EXTENSIONS: Readonly<Record<string, number>> = ${JSON.stringify(extensions)};

export const FILE_NAMES: Readonly<Record<string, number>> = ${JSON.stringify(fileNames)};

export const INTERPRETERS: Readonly<Record<string, number>> = ${JSON.stringify(interpreters)};
`;

writeFileSync(join(import.meta.dirname, '..', 'src', 'platform', 'render', 'languages.generated.ts'), text);
