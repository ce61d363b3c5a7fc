// Which language a file is written in, by its name and its first line, and which files are not its authors' work.
// The rules are linguist's, simplified. Names are text for humans: bytes that are no UTF-8 do not matter here.
import { EXTENSIONS, FILE_NAMES, INTERPRETERS, LANGUAGE_ROWS } from './languages.generated.ts';

export interface Language {
  name: string;
  /** `#rrggbb`, or empty for a language without a colour. */
  color: string;
  type: 'programming' | 'markup' | 'data' | 'prose';
  /** Names under which highlighters may know it, best first. */
  aliases: string[];
  /** The name it is counted under. */
  group: string;
}

const EXTRA_ALIASES: Readonly<Record<string, readonly string[]>> = {
  Vue: ['xml'],
  Svelte: ['xml'],
  Astro: ['xml'],
  SVG: ['xml'],
  TOML: ['ini'],
  EditorConfig: ['ini'],
  'Git Config': ['ini'],
  'JSON with Comments': ['json'],
  JSON5: ['json'],
  TSX: ['typescript'],
  Makefile: ['makefile'],
  Batchfile: ['dos'],
  'Visual Basic .NET': ['vbnet'],
  'Common Lisp': ['lisp'],
  'Emacs Lisp': ['lisp'],
  PLpgSQL: ['pgsql'],
  'Vim Script': ['vim'],
  'Unix Assembly': ['x86asm'],
  Assembly: ['x86asm'],
  TeX: ['latex'],
  'HTML+ERB': ['erb'],
  'HTML+Django': ['django'],
  Jinja: ['django'],
  SystemVerilog: ['verilog'],
  'Protocol Buffer': ['protobuf'],
  Starlark: ['python'],
  Zig: ['c'],
  Cuda: ['cpp'],
  'Git Attributes': ['ini'],
  'Ignore List': ['bash'],
};

/** The language of a file by its name (without directories) and, where that says nothing, its `#!` line. */
export function languageOfFile(fileName: string, firstLine = ''): Language | undefined {
  const index = ownValue(FILE_NAMES, fileName) ?? byExtension(fileName) ?? byInterpreter(firstLine);
  return index === undefined ? undefined : languageAt(index);
}

let byName: ReadonlyMap<string, number> | undefined;

/** A language by its name or one of its other names, in any case; a hyphen may stand for a space. */
export function findLanguage(name: string): Language | undefined {
  byName ??= namesOfLanguages();
  const key = name.toLowerCase();
  const index = byName.get(key) ?? byName.get(key.replaceAll('-', ' '));
  return index === undefined ? undefined : languageAt(index);
}

/** Full names win over other names. */
function namesOfLanguages(): Map<string, number> {
  const names = new Map<string, number>();
  for (const [index, [name]] of LANGUAGE_ROWS.entries()) names.set(name.toLowerCase(), index);
  LANGUAGE_ROWS.forEach(([, , , aliases], index) => {
    for (const alias of aliases.split(' ')) if (!names.has(alias)) names.set(alias, index);
  });
  return names;
}

/** The names to try when a file's code is to be coloured; empty for plain text. */
export function highlightNames(fileName: string, firstLine = ''): string[] {
  const language = languageOfFile(fileName, firstLine);
  if (!language || language.name === 'Text') return [];
  const group = language.group === language.name ? [] : [language.group.toLowerCase()];
  return [...language.aliases, ...(EXTRA_ALIASES[language.name] ?? []), ...group];
}

/** Whether a file's name says that it holds Markdown. */
export function isMarkdown(fileName: string): boolean {
  return /\.(?:md|markdown|mkdn?|mdown)$/i.test(fileName);
}

function languageAt(index: number): Language | undefined {
  const row = LANGUAGE_ROWS[index];
  if (!row) return undefined;
  const [name, color, type, aliases, group] = row;
  const kind = type as Language['type'];
  return { name, color, type: kind, aliases: aliases.split(' '), group: group === '' ? name : group };
}

/** Longest extension first, so that `.d.ts` and `.html.erb` win over `.ts` and `.erb`. */
function byExtension(fileName: string): number | undefined {
  const lower = fileName.toLowerCase();
  for (let dot = lower.indexOf('.'); dot >= 0; dot = lower.indexOf('.', dot + 1)) {
    const index = ownValue(EXTENSIONS, lower.slice(dot));
    if (index !== undefined) return index;
  }
  return undefined;
}

function byInterpreter(firstLine: string): number | undefined {
  const match = /^#!\s*(\S+)(?:\s+(?:-\S+\s+)*(\S+))?/.exec(firstLine.slice(0, 200));
  const program = match?.[1]?.split('/').at(-1);
  const name = program === 'env' ? match?.[2] : program;
  if (name === undefined) return undefined;
  return ownValue(INTERPRETERS, name) ?? ownValue(INTERPRETERS, name.replace(/[\d.]+$/, ''));
}

function ownValue(record: Readonly<Record<string, number>>, key: string): number | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Paths are a stranger's: no rule may go over the same text in more than one way. */
const VENDORED = new RegExp(
  [
    /(?:^|\/)(?:[Nn]ode_modules|bower_components|vendors?|[Vv]endors?|third[-_]?party|\.yarn|Pods|Carthage|Godeps|_esy)\//,
    /(?:^|\/)(?:deps|external|externals|extern|cache|testdata|admin_media|tiny_mce|ckeditor|[Mm]ath[Jj]ax|fontello)\//,
    /^(?:[Tt]ests?|[Ss]pecs?)\/fixtures\//,
    /(?:^|\/)(?:\.vscode|\.github|\.circleci|\.husky|\.obsidian|\.teamcity|gradle\/wrapper|\.mvn\/wrapper)\//,
    /(?:^|\/)(?:jquery|bootstrap|react|angular|d3|ember|three|mootools|prototype|modernizr|html5shiv|normalize|font-?awesome)[-.\d]*(?:\.(?:min|all|ui))?\.(?:js|css|less|scss|styl)$/,
    /[-.]min\.(?:js|css)$|\.d\.ts$|-vsdoc\.js$|\.intellisense\.js$/,
    /(?:^|\/)(?:configure|gradlew(?:\.bat)?|mvnw(?:\.cmd)?|install-sh|ltmain\.sh|libtool\.m4|ltoptions\.m4|config\.guess|config\.sub|aclocal\.m4|waf)$/,
  ]
    .map((rule) => rule.source)
    .join('|'),
);

const GENERATED =
  /(?:^|\/)(?:package-lock\.json|yarn\.lock|pnpm-lock\.yaml|Cargo\.lock|composer\.lock|poetry\.lock|go\.sum|Gemfile\.lock)$|\.generated\.|\.(?:pb\.go|pb\.cc|pb\.h|designer\.cs|map)$|_pb2\.py$|(?:^|\/)(?:dist|build|out)\//;

const DOCUMENTATION =
  /^(?:docs?|documentation|man|examples?|demos?|samples?)\/|(?:^|\/)(?:javadoc|doc|docs|documentation)\/|(?:^|\/)(?:CHANGE(?:S|LOG)?|CONTRIBUTING|COPYING|INSTALL|LICEN[CS]E|README)(?:\.|$)/i;

/** What linguist would leave out of a path (with `/`), unless .gitattributes says otherwise. */
export function isVendored(path: string): boolean {
  return VENDORED.test(path);
}

export function isGenerated(path: string): boolean {
  return GENERATED.test(path);
}

export function isDocumentation(path: string): boolean {
  return DOCUMENTATION.test(path);
}

/** Whether a path (with `/`) counts among a repository's own code: not vendored, generated or documentation. */
export function isOwnCode(path: string): boolean {
  return !isVendored(path) && !isGenerated(path) && !isDocumentation(path);
}
