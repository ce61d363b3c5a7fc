// Writes docs/access.md: who may do what, read off the one table in the code.
// Run: npx node scripts/make-access-table.ts   (a test compares the file with the table)
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ABILITIES, type AbilityName, type Kind, LEVELS, type Rule, ruleOf } from '../src/base/abilities.ts';

const INTRODUCTION = `# Who may do what

<!-- Written from src/base/abilities.ts by scripts/make-access-table.ts; change it there. -->

Every act of the product is one ability in \`src/base/abilities.ts\`. Rooms find out where somebody stands towards a thing; one function,
\`requireGranted\` in \`src/base/judgement.ts\`, decides for the web, the REST API, git over HTTP and SSH alike. Each level includes those
before it. What somebody may not see answers as if it did not exist.

An access token needs the scope beside the ability (\`write\` includes \`read\`, \`all\` is everything); where it says *no token*, only somebody
there in person may do it, so that a token can never widen its own power. A token limited to some repositories reads elsewhere what
anybody may. SSH keys and deploy keys do nothing but git; a token adds an SSH key only if it may write to repositories itself. An account that must set up a second factor reaches nothing but its set-up.
`;

const KINDS: readonly { kind: Kind; title: string; text: string }[] = [
  {
    kind: 'repository',
    title: 'On a repository',
    text: 'Levels: none, read, triage, write, maintain, admin, owner. People hold what they were given by name, by a team or one above it, or as members of the organization, whichever is most; the owner of a person’s repository, owners of an organization and administrators of the site hold owner. Public repositories give read to everybody, internal ones to everybody signed in, but not to restricted accounts. Teams may be held to less on single units. In an archived repository only what is marked goes on.',
  },
  {
    kind: 'organization',
    title: 'On an organization',
    text: 'Levels: none, visitor, member, owner. Everybody is a visitor of a public organization, everybody signed in of an internal one, nobody but its members of a private one; restricted accounts of none but their own. Administrators of the site are owners.',
  },
  {
    kind: 'account',
    title: 'On an account',
    text: 'Levels: none, visitor, admin (an administrator of the site who is somebody else), self.',
  },
  {
    kind: 'site',
    title: 'On the site',
    text: 'Levels: anyone, user, admin. Administration is hidden from everybody else.',
  },
];

/** The whole document. */
export function accessReference(): string {
  return `${[INTRODUCTION, ...KINDS.map(({ kind, title, text }) => section(kind, title, text))].join('\n')}`;
}

function section(kind: Kind, title: string, text: string): string {
  const names = (Object.keys(ABILITIES) as AbilityName[]).filter((name) => ruleOf(name).on === kind);
  const order: readonly string[] = LEVELS[kind];
  const sorted = names.toSorted((a, b) => order.indexOf(ruleOf(a).needs) - order.indexOf(ruleOf(b).needs));
  const rows = sorted.map(
    (name) => `| ${name} | ${ruleOf(name).needs} | ${scopeOf(ruleOf(name))} | ${notesOf(ruleOf(name))} |`,
  );
  return [
    `## ${title}`,
    '',
    text,
    '',
    '| ability | needs | token scope | |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function scopeOf({ scope }: Rule): string {
  return scope === 'never' ? '*no token*' : scope;
}

function notesOf(rule: Rule): string {
  const notes = [
    rule.unit && `unit ${rule.unit}`,
    rule.keys && 'by keys too',
    rule.evenArchived && 'even archived',
    rule.onPersonal && 'on a person’s repository: the owner',
  ];
  return notes.filter(Boolean).join('; ');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(fileURLToPath(new URL('..', import.meta.url)), 'docs/access.md'), accessReference());
}
