// Which branches a webhook is told of: a glob in which `*` stands for any text with slashes, `?` for one character, `[ab]`
// for one of some and `{main,release/*}` for one of several. Whoever manages a webhook writes it, so all ways are walked at
// once, in time proportional to the pattern times the name.

type Test = (character: string) => boolean;
interface Step {
  /** Stands on its place for as long as it likes. */
  isMany?: true;
  test: Test;
}
interface Parsed {
  ways: Step[][];
}

const MOST_WAYS = 64;

/** Why a filter cannot be used, in a sentence; undefined when it can. */
export function branchFilterFault(filter: string): string | undefined {
  if (Buffer.byteLength(filter) > 255) return 'A branch filter has 255 bytes at most.';
  if (/[\x00-\x1f\x7f]/.test(filter)) return 'A branch filter holds no control characters.';
  return parse(filter) ? undefined : 'Write the filter as a pattern such as main or {main,release/*}.';
}

/** Whether a webhook with this filter is told of a branch; an empty filter lets all pass. */
export function passesBranchFilter(filter: string, branch: string): boolean {
  if (filter === '' || filter === '*' || filter === '**') return true;
  return parse(filter)?.ways.some((steps) => matches(steps, branch)) ?? false;
}

function matches(steps: Step[], name: string): boolean {
  let states = reachableFrom(steps, new Set([0]));
  for (const character of name) {
    const next = new Set<number>();
    for (const at of states) {
      const step = steps[at];
      if (step?.test(character)) next.add(step.isMany ? at : at + 1);
    }
    states = reachableFrom(steps, next);
    if (states.size === 0) return false;
  }
  return states.has(steps.length);
}

/** Many may also be none. A set takes in what is added while it is walked. */
function reachableFrom(steps: Step[], states: Set<number>): Set<number> {
  for (const at of states) if (steps[at]?.isMany) states.add(at + 1);
  return states;
}

function parse(filter: string): Parsed | undefined {
  const texts = alternativesOf([...filter]);
  if (!texts) return undefined;
  const ways = texts.map(stepsOf);
  return ways.every((steps) => steps !== undefined) ? { ways: ways as Step[][] } : undefined;
}

/** The pattern once for each choice between braces, which may not be nested. */
function alternativesOf(characters: string[]): string[][] | undefined {
  let ways: string[][] = [[]];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    if (character === '}') return undefined;
    if (character !== '{') {
      const taken = character === '\\' ? characters.slice(at, at + 2) : [character];
      ways = ways.map((way) => [...way, ...taken]);
      at += taken.length - 1;
      continue;
    }
    const end = characters.indexOf('}', at);
    const choices = end < 0 ? undefined : choicesOf(characters.slice(at + 1, end));
    if (!choices || ways.length * choices.length > MOST_WAYS) return undefined;
    ways = ways.flatMap((way) => choices.map((choice) => [...way, ...choice]));
    at = end;
  }
  return ways;
}

function choicesOf(characters: string[]): string[][] | undefined {
  if (characters.includes('{')) return undefined;
  const choices: string[][] = [[]];
  for (const character of characters) {
    if (character === ',') choices.push([]);
    else choices.at(-1)?.push(character);
  }
  return choices;
}

const anything: Test = () => true;

function stepsOf(characters: string[]): Step[] | undefined {
  const steps: Step[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    if (character === '*') {
      if (!steps.at(-1)?.isMany) steps.push({ isMany: true, test: anything });
    } else if (character === '?') steps.push({ test: anything });
    else if (character === '[') {
      const end = characters.indexOf(']', at + 2);
      if (end < 0) return undefined;
      steps.push({ test: oneOf(characters.slice(at + 1, end)) });
      at = end;
    } else {
      const meant = character === '\\' ? characters[++at] : character;
      if (meant === undefined) return undefined;
      steps.push({ test: (other) => other === meant });
    }
  }
  return steps;
}

/** `[ab]`, `[a-z]`, and with `!` or `^` in front all others. */
function oneOf(inside: string[]): Test {
  const isNot = inside[0] === '!' || inside[0] === '^';
  const members = isNot ? inside.slice(1) : inside;
  const isMember: Test = (character) =>
    members.some((member, at) => {
      if (members[at + 1] === '-' && members[at + 2] !== undefined)
        return character >= member && character <= (members[at + 2] ?? '');
      return character === member;
    });
  return (character) => isMember(character) !== isNot;
}
