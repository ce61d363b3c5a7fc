// Documents written from the schema: the commented sample file and docs/configuration.md.
import { stringify } from 'smol-toml';
import { type ConfigKey, type ConfigValue, configSections, expectationOf, isLive } from './config-keys.ts';

const WIDTH = 100;

/** The sample of opencodehub.toml: every setting commented out with its default. */
export function sampleConfig(): string {
  const head = [
    '# OpenCodeHub reads this file at start. Every setting is shown with its default: remove the "# " in front of a',
    '# key to change it. A setting can also be given by an environment variable, OPENCODEHUB_<SECTION>_<KEY>,',
    '# or by a flag; the later wins. `opencodehub config show` tells each value and where it came from.',
  ];
  const sections = configSections().map((section) => {
    const keys = section.keys.map((key) => [...commented(key), `# ${assignment(key)}`].join('\n'));
    return [`# ${section.doc}`, `[${section.name}]`, ...keys].join('\n');
  });
  return `${[head.join('\n'), ...sections].join('\n\n')}\n`;
}

/** docs/configuration.md, whole. */
export function configReference(): string {
  const sections = configSections().map((section) =>
    [
      `## [${section.name}]`,
      '',
      section.doc,
      '',
      '| key | default | environment variable | what it does |',
      '|---|---|---|---|',
      ...section.keys.map(row),
    ].join('\n'),
  );
  return `${[INTRODUCTION, ...sections].join('\n\n')}\n`;
}

const INTRODUCTION = `# Configuration

<!-- Written from the schema by \`opencodehub config docs\`; a test compares the two. Change src/platform/config. -->

OpenCodeHub runs without any configuration. What can be set is read from three places; the later wins:

1. a TOML file: the one named by \`--config\` or \`OPENCODEHUB_CONFIG\`, or else \`opencodehub.toml\` in the data directory;
2. environment variables, \`OPENCODEHUB_<SECTION>_<KEY>\`, lists separated by commas;
3. flags: \`--data\`, \`--port\`, \`--ssh-port\`, and \`--set section.key=value\` for everything else.

Relative paths are relative to the directory the program is started in.

\`opencodehub config init\` writes a commented sample into the data directory, \`opencodehub config show\` prints every
value in force and where it came from (passwords and tokens hidden). Unknown keys and wrong values are refused at
start, all of them at once. \`SIGHUP\` puts settings marked *live* in force and reads the
certificate and its key again; everything else needs a restart, and the log says which.`;

function row(key: ConfigKey): string {
  const fallback = key.fallback === '' ? 'empty' : `\`${literal(key.fallback)}\``;
  const values = key.kind === 'text' || key.kind === 'list' ? '' : ` Takes ${expectationOf(key)}.`;
  return `| \`${key.key}\` | ${fallback} | \`${key.variable}\` | ${key.doc.replaceAll('|', '\\|')}${values}${isLive(key) ? ' *Live.*' : ''} |`;
}

function commented(key: ConfigKey): string[] {
  const words = key.doc.split(' ');
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return ['', ...[...lines, line].map((text) => `# ${text}`)];
}

function assignment(key: ConfigKey): string {
  return `${key.key} = ${literal(key.fallback)}`;
}

function literal(value: ConfigValue): string {
  return stringify({ value })
    .trim()
    .replace(/^value = /, '')
    .replace(/^\[\s+\]$/, '[]');
}
