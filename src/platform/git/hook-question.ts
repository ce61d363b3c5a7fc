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
    if (this.#isInPackets()) return this.#readPackets();
    const end = `${this.#mark}\n`;
    if (!this.#endsWith(end)) return undefined;
    const text = this.#take().toString('utf8');
    return parseQuestion(text.slice(0, -end.length), this.#mark);
  }

  #take(): Buffer {
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#size = 0;
    return bytes;
  }

  get #beginning(): string {
    return `${this.#mark}\0proc-receive\0`;
  }

  #isInPackets(): boolean {
    const { length } = this.#beginning;
    if (this.#size < length) return false;
    // Almost always in the first piece.
    if ((this.#chunks[0]?.length ?? 0) < length) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]?.subarray(0, length).toString('latin1') === this.#beginning;
  }

  #readPackets(): HookQuestion | undefined {
    // Each ends with a flush; few of the pieces do.
    if (!this.#endsWith('0000')) return undefined;
    const bytes = Buffer.concat(this.#chunks);
    const sections = sectionsOf(bytes.subarray(this.#beginning.length));
    if (!sections) return undefined;
    this.#take();
    const [, commands = [], pushOptions = []] = sections;
    return { hook: 'proc-receive', quarantine: '', pushOptions, updates: parseUpdates(commands.join('\n')) };
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

/** Sections of packets in what proc-receive is sent: the version, the commands, the push options (githooks(5)). */
const SECTIONS = 3;

/** Reads packets (gitprotocol-common(5)) until all sections are there; undefined before that. Throws when they are none. */
function sectionsOf(bytes: Buffer): string[][] | undefined {
  const sections: string[][] = [];
  let section: string[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const digits = bytes.subarray(at, at + 4).toString('latin1');
    if (!/^[0-9a-f]{4}$/.test(digits)) throw new Error('not a packet');
    const length = Number.parseInt(digits, 16);
    if (length !== 0 && length < 4) throw new Error('a packet of another protocol');
    if (at + length > bytes.length) return undefined;
    if (length === 0) {
      sections.push(section);
      section = [];
      if (sections.length === SECTIONS) return sections;
    } else
      section.push(
        bytes
          .subarray(at + 4, at + length)
          .toString('utf8')
          .replace(/\n$/, ''),
      );
    at += length === 0 ? 4 : length;
  }
  return undefined;
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
