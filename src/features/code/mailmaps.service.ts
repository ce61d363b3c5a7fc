// `.mailmap`: which names and addresses in commits are one person's (gitmailmap(5)).

export interface Person {
  name: string;
  email: string;
}

const MOST_LINES = 20_000;

/** Reads a mailmap; gives who somebody in a commit really is. Names and addresses are compared without case. */
export function parseMailmap(text: string): (person: Person) => Person {
  const byAddress = new Map<string, Partial<Person>>();
  const byBoth = new Map<string, Partial<Person>>();
  for (const line of text.split('\n', MOST_LINES)) {
    const entry = readLine(line);
    if (!entry) continue;
    const email = entry.email.toLowerCase();
    if (entry.name === undefined) byAddress.set(email, { ...byAddress.get(email), ...entry.to });
    else byBoth.set(`${email}\n${entry.name.toLowerCase()}`, entry.to);
  }
  return ({ name, email }) => {
    const key = email.toLowerCase();
    return { name, email, ...(byBoth.get(`${key}\n${name.toLowerCase()}`) ?? byAddress.get(key)) };
  };
}

interface Entry {
  /** The address in commits, and the name beside it where the line gives one. */
  email: string;
  name: string | undefined;
  to: Partial<Person>;
}

/** `[Proper Name] <proper or commit address> [[Commit Name] <commit address>]`, a comment from `#` at the line's start. */
function readLine(line: string): Entry | undefined {
  if (line.startsWith('#') || line.length > 2000) return undefined;
  const first = partOf(line);
  if (!first) return undefined;
  const second = partOf(first.rest);
  const name = first.name === '' ? {} : { name: first.name };
  if (!second) return { email: first.email, name: undefined, to: name };
  const commitName = second.name === '' ? undefined : second.name;
  return { email: second.email, name: commitName, to: { ...name, email: first.email } };
}

function partOf(text: string): { name: string; email: string; rest: string } | undefined {
  const open = text.indexOf('<');
  const close = text.indexOf('>', open);
  if (open < 0 || close < 0) return undefined;
  const name = text.slice(0, open).trim();
  return { name, email: text.slice(open + 1, close).trim(), rest: text.slice(close + 1) };
}
