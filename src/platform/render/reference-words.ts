// What in a text names something of this site: `#12`, `owner/repo#12`, `GH-12`, commit ids, `@user`, `@org/team`, and full
// addresses. Only the grammar: whether a thing exists, and who may know, is found out elsewhere. Linear in the text.

/** What one word stands for; `of` is `owner/repo` as typed, and missing for the repository the text is in. */
export type Reference =
  | { kind: 'issue'; of?: string; number: number; commentId?: number }
  | { kind: 'commit'; of?: string; oid: string }
  | { kind: 'user'; name: string }
  | { kind: 'team'; organization: string; team: string };

/** A word of a text, where it stands. */
export interface FoundWord {
  at: number;
  word: string;
}

/** Beyond this many words of one text the rest stays text. */
export const MOST_WORDS = 500;

/** Longer words are no references: a name of an owner, one of a repository and an id are shorter. */
const LONGEST_WORD = 240;
const ADDRESS = /[a-z]{3,5}:\/\/[^\s<>"'`]{1,2000}/g;
const RUN = /[A-Za-z0-9_./#@-]+/g;
const OWNER = '[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*';
const REPOSITORY = '[A-Za-z0-9._-]{1,100}';
const NUMBER = '[1-9][0-9]{0,8}';
const ISSUE = new RegExp(`^(?:(${OWNER}/${REPOSITORY})?#|GH-)(${NUMBER})$`, 'i');
const COMMIT = new RegExp(`^(?:(${OWNER}/${REPOSITORY})@)?([0-9a-f]{7,64})$`);
const NAME = new RegExp(`^@(${OWNER})(?:/(${OWNER}))?$`);
const ISSUE_PATH = new RegExp(
  `^/(${OWNER}/${REPOSITORY})/(?:issues|pulls?)/(${NUMBER})(?:#issuecomment-(${NUMBER}))?$`,
);
const COMMIT_PATH = new RegExp(`^/(${OWNER}/${REPOSITORY})/commit/([0-9a-f]{7,64})$`);

/** The words of a text that may be references, in order, at most MOST_WORDS; addresses are to be taken out before. */
export function referenceWords(text: string): FoundWord[] {
  const found: FoundWord[] = [];
  for (const { 0: run, index } of text.matchAll(RUN)) {
    if (run.length > LONGEST_WORD || !mayRefer(run)) continue;
    const { at, word } = withoutPunctuation(run);
    if (parseWord(word)) found.push({ at: index + at, word });
    if (found.length >= MOST_WORDS) break;
  }
  return found;
}

/** As `referenceWords`, for text without any markup: addresses of this site among them, and nothing within others. */
export function plainWords(text: string, origin: string): FoundWord[] {
  const found: FoundWord[] = [];
  let at = 0;
  const words = (end: number) =>
    referenceWords(text.slice(at, end)).map(({ at: offset, word }) => ({ at: at + offset, word }));
  for (const { 0: address, index } of text.matchAll(ADDRESS)) {
    if (found.length >= MOST_WORDS) return found;
    found.push(...words(index));
    const [word = ''] = /^[A-Za-z0-9_./#:-]*/.exec(address) ?? [];
    const whole = withoutEnd(word, '.:-');
    if (parseReference(whole, origin)) found.push({ at: index, word: whole });
    at = index + address.length;
  }
  return [...found, ...words(text.length)];
}

/** What a word or an address of this site stands for; undefined when it is neither. `origin` has no trailing slash. */
export function parseReference(text: string, origin: string): Reference | undefined {
  if (origin !== '' && text.startsWith(`${origin}/`)) return parsePath(text.slice(origin.length));
  return parseWord(text);
}

/** Most words are none; what these have in common is quick to see. */
function mayRefer(run: string): boolean {
  // What begins with a slash is a path, or what is left of an address.
  if (run.length < 2 || run.startsWith('/')) return false;
  return /[#@]/.test(run) || /^[^A-Za-z0-9]?(?:GH-|[0-9a-f]{7})/i.test(run);
}

/** Dots and dashes around a word belong to its sentence. */
function withoutPunctuation(run: string): FoundWord {
  let at = 0;
  while (at < run.length && './-_'.includes(run.charAt(at))) at++;
  return { at, word: withoutEnd(run.slice(at), './-_') };
}

/** A regular expression would look at a run of such marks anew from each of them. */
function withoutEnd(text: string, marks: string): string {
  let end = text.length;
  while (end > 0 && marks.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

function parseWord(word: string): Reference | undefined {
  const issue = ISSUE.exec(word);
  if (issue) return { kind: 'issue', ...ofRepository(issue[1]), number: Number(issue[2]) };
  const commit = COMMIT.exec(word);
  if (commit) return { kind: 'commit', ...ofRepository(commit[1]), oid: commit[2] ?? '' };
  const [, name, team] = NAME.exec(word) ?? [];
  if (name === undefined || name.length > 64) return undefined;
  return team === undefined ? { kind: 'user', name } : { kind: 'team', organization: name, team };
}

function parsePath(path: string): Reference | undefined {
  if (path.length > LONGEST_WORD) return undefined;
  const issue = ISSUE_PATH.exec(path);
  if (issue) {
    const comment = issue[3] === undefined ? {} : { commentId: Number(issue[3]) };
    return { kind: 'issue', ...ofRepository(issue[1]), number: Number(issue[2]), ...comment };
  }
  const commit = COMMIT_PATH.exec(path);
  return commit ? { kind: 'commit', ...ofRepository(commit[1]), oid: commit[2] ?? '' } : undefined;
}

function ofRepository(of: string | undefined): { of?: string } {
  return of === undefined ? {} : { of };
}
