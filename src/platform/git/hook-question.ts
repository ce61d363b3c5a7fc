// Reads what a hook asks; the format is described with the hooks' scripts.
import type { HookName } from './hook-scripts.ts';

/** One ref a push moves; an all-zero id stands for "does not exist". */
export interface HookUpdate {
  ref: string;
  oldOid: string;
  newOid: string;
}

export interface HookQuestion {
  hook: HookName;
  updates: HookUpdate[];
  pushOptions: string[];
  /** Where the pushed objects wait; empty after they have been taken over. */
  quarantine: string;
}

/** More than a push of 100,000 refs needs. */
export const LONGEST_QUESTION = 32 * 1024 * 1024;
const UPDATE = /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) (.+)$/s;

/** Collects a hook's bytes until its question is whole. */
export class QuestionReader {
  readonly #mark: string;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(mark: string) {
    this.#mark = mark;
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** Takes bytes; returns the question once it is whole. Throws when they are no question. */
  push(chunk: Buffer): HookQuestion | undefined {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size > LONGEST_QUESTION) throw new Error('the push changes too many refs');
    const end = `${this.#mark}\n`;
    if (!this.#endsWith(end)) return undefined;
    const text = Buffer.concat(this.#chunks).toString('utf8');
    this.#chunks = [];
    this.#size = 0;
    return parseQuestion(text.slice(0, -end.length), this.#mark);
  }

  #endsWith(end: string): boolean {
    // Of a question of 10,000 refs that arrives in pieces only the last bytes are looked at each time.
    const last = this.#chunks.at(-1);
    if (last && last.length >= end.length) return last.subarray(-end.length).toString('latin1') === end;
    return (
      this.#size > end.length && Buffer.concat(this.#chunks).subarray(-end.length).toString('latin1') === end
    );
  }
}

function parseQuestion(text: string, mark: string): HookQuestion {
  const fields = text.split('\0');
  const [said, hook, quarantine = '', count = '0'] = fields;
  if (said !== mark || (hook !== 'pre-receive' && hook !== 'post-receive')) throw new Error('not a question');
  const options = Number(count);
  const pushOptions = fields.slice(4, 4 + options);
  const lines = fields[4 + options];
  if (fields.length !== 5 + options || lines === undefined) throw new Error('a question cut short');
  return { hook, quarantine, pushOptions, updates: parseUpdates(lines) };
}

function parseUpdates(lines: string): HookUpdate[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const match = UPDATE.exec(line);
      if (!match?.[1] || !match[2] || !match[3]) throw new Error('a line that is no ref update');
      return { oldOid: match[1], newOid: match[2], ref: match[3] };
    });
}
