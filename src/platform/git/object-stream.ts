// One `git cat-file --batch-command` process: requests go in, answers come out in the same order.
// Protocol: git-cat-file(1), "BATCH OUTPUT": `<oid> <type> <size>\n[<content>\n]`, or `<name> missing\n`.
import type { GitProcess, ObjectInfo, ObjectType } from './git.types.ts';

export interface Answer extends ObjectInfo {
  /** Only for `contents`. */
  data?: Buffer;
}

interface Waiting {
  command: 'info' | 'contents';
  resolve(answer: Answer | undefined): void;
  reject(error: Error): void;
}

/** Longest header line: a file name may be asked for, so it is bounded by what we send. */
const HEADER_LIMIT = 64 * 1024;

export interface ObjectStream {
  ask(command: 'info' | 'contents', rev: string): Promise<Answer | undefined>;
  /** Requests sent and not yet answered. */
  readonly pending: number;
  /** Bytes of content answered so far: git's memory grows with them. */
  readonly bytes: number;
  readonly closed: boolean;
  /** Lets the requests under way finish, then ends the process. */
  close(): void;
}

/** Speaks with a started process. When it dies, every open request rejects with StreamClosed. */
export function openObjectStream(process: GitProcess): ObjectStream {
  const waiting: Waiting[] = [];
  const parser = answerParser(waiting);
  let closed = false;
  const fail = (why: string) => {
    closed = true;
    for (const request of waiting.splice(0)) request.reject(new StreamClosed(why));
  };
  process.stdout.on('data', (chunk: Buffer) => {
    try {
      parser.push(chunk);
    } catch (error) {
      fail(String(error));
      process.kill();
    }
  });
  process.stdout.on('error', () => fail('reading failed'));
  process.stdout.on('close', () => fail('the reader ended'));
  process.stdin.on('error', () => fail('writing failed'));
  void process.exited.then(({ stderr }) => fail(stderr || 'the reader ended'));
  return {
    get pending() {
      return waiting.length;
    },
    get bytes() {
      return parser.bytes();
    },
    get closed() {
      return closed;
    },
    ask: (command, rev) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new StreamClosed('closed'));
        waiting.push({ command, resolve, reject });
        process.stdin.write(`${command} ${rev}\n`);
      }),
    close: () => {
      closed = true;
      process.stdin.end();
    },
  };
}

/** The process ended before it answered; the request may be sent to a new one. */
export class StreamClosed extends Error {}

function answerParser(waiting: Waiting[]) {
  let chunks: Buffer[] = [];
  let held = 0;
  let wanted: Answer | undefined;
  let total = 0;

  function take(length: number): Buffer {
    const all = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
    const rest = all.subarray(length);
    chunks = rest.length > 0 ? [rest] : [];
    held = rest.length;
    return all.subarray(0, length);
  }

  function readHeader(): boolean {
    const length = findNewline(chunks);
    if (length < 0) {
      if (held > HEADER_LIMIT) throw new Error('git cat-file answered without a header');
      return false;
    }
    const answer = parseHeader(take(length + 1).toString('utf8', 0, length));
    if (answer && waiting[0]?.command === 'contents') wanted = answer;
    else waiting.shift()?.resolve(answer);
    return true;
  }

  function readContent(answer: Answer): boolean {
    if (held < answer.size + 1) return false;
    // A copy, so that a small object does not keep a large chunk alive.
    const data = Buffer.from(take(answer.size + 1).subarray(0, answer.size));
    total += answer.size;
    wanted = undefined;
    waiting.shift()?.resolve({ ...answer, data });
    return true;
  }

  return {
    bytes: () => total,
    push(chunk: Buffer) {
      chunks.push(chunk);
      held += chunk.length;
      while (held > 0 && (wanted ? readContent(wanted) : readHeader()));
    },
  };
}

function findNewline(chunks: Buffer[]): number {
  let before = 0;
  for (const chunk of chunks) {
    const at = chunk.indexOf(10);
    if (at >= 0) return before + at;
    before += chunk.length;
  }
  return -1;
}

/** Undefined for `… missing`, `… ambiguous` and the like. */
function parseHeader(line: string): Answer | undefined {
  const match = /^([0-9a-f]{40,64}) (commit|tree|blob|tag) (\d+)$/.exec(line);
  if (!match?.[1]) return undefined;
  return { oid: match[1], type: match[2] as ObjectType, size: Number(match[3]) };
}
