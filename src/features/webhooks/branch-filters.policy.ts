// Which branches a webhook is told of: a glob in which `*` stands for any text with slashes, `?` for one character, `[ab]`
// for one of some and `{main,release/*}` for one of several. Whoever manages a webhook writes it, and each ref of a push is
// compared with it: the time is bounded by the pattern times the name.

type Test = (character: string) => boolean;
interface Step {
  /** Stands on its place for as long as it likes. */
  isMany?: true;
  test: Test;
}
interface Parsed {
  ways: Step[][];
}

const MOST_WAYS = 16;
/** Characters of all ways together. */
const LONGEST = 600;

/** Why a filter cannot be used, in a sentence; undefined when it can. */
export function branchFilterFault(filter: string): string | undefined {
  if (Buffer.byteLength(filter) > 255) return 'A branch filter has 255 bytes at most.';
  if (/[\x00-\x1f\x7f]/.test(filter)) return 'A branch filter holds no control characters.';
  return parse(filter) ? undefined : 'Write the filter as a pattern such as main or {main,release/*}.';
}

/** Characters of a branch's name that are compared: no page shows longer names, but git takes four times as many. */
const LONGEST_BRANCH = 1024;

/** Whether a webhook with this filter is told of a branch; an empty filter lets all pass, any other no name that is too long. */
export function passesBranchFilter(filter: string, branch: string): boolean {
  if (filter === '' || filter === '*' || filter === '**') return true;
  if (branch.length > LONGEST_BRANCH) return false;
  return parse(filter)?.ways.some((steps) => matches(steps, branch)) ?? false;
}

/** Where a star took too little it takes one character more; only the last star ever has to. */
function matches(steps: Step[], name: string): boolean {
  const characters = [...name];
  let [step, star, kept] = [0, -1, 0];
  for (let at = 0; at < characters.length; ) {
    const here = steps[step];
    if (here?.isMany) {
      star = step;
      kept = at;
      step += 1;
    } else if (here?.test(characters[at] ?? '')) {
      at += 1;
      step += 1;
    } else if (star < 0) return false;
    else {
      kept += 1;
      at = kept;
      step = star + 1;
    }
  }
  return steps.slice(step).every(({ isMany }) => isMany);
}

function parse(filter: string): Parsed | undefined {
  const texts = alternativesOf([...filter]);
  if (!texts || texts.flat().length > LONGEST) return undefined;
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
