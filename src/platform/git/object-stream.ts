// One `git cat-file --batch-command` process: requests go in, answers come out in the same order.
// Format: git-cat-file(1), "BATCH OUTPUT": `<oid> <type> <size>\n[<content>\n]`, or `<name> missing\n`.
import { setTimeout as sleep } from 'node:timers/promises';
import type { GitProcess, ObjectInfo, ObjectType } from './git.types.ts';

export interface Answer extends ObjectInfo {
  /** Only for `contents`, and not when it was larger than asked for. Shorter than `size` where the text was cut. */
  data?: Buffer;
}

export interface ObjectRequest {
  command: 'info' | 'contents';
  /** One line: no line feed, no NUL. */
  rev: string;
  /** Most bytes of content wanted. */
  maxBytes: number;
  /** Most bytes kept of a commit or tag: the rest is dropped as it comes, whatever maxBytes says. */
  maxText?: number;
  resolve(answer: Answer | undefined): void;
  reject(error: unknown): void;
}

/** How a process ended: what it had not answered yet, oldest first, and why. */
export interface StreamEnd {
  unanswered: ObjectRequest[];
  reason: string;
}

export interface ObjectStream {
  send(request: ObjectRequest): void;
  /** Requests sent and not yet answered. */
  pending(): number;
  /** Requests answered, and the bytes of content in them: git's memory grows with them. */
  answered(): { requests: number; bytes: number };
  /** Milliseconds since 1970 of the last sign of life. */
  lastActive(): number;
  /** Lets the requests under way finish, then the process ends. */
  finish(): void;
  kill(): void;
}

/** Longest header line: it may repeat what was asked for, so it is bounded by that. */
const LONGEST_HEADER = 64 * 1024;
/** Milliseconds that output gets to arrive after the process has ended. */
const LAST_BYTES = 2000;
const NOTHING = /^.* (?:missing|ambiguous|submodule|excluded)$/s;
const HEADER = /^([0-9a-f]{40}|[0-9a-f]{64}) (commit|tree|blob|tag) (\d{1,15})$/;

/** Speaks with a started process; `onEnd` is called once, when it is gone. */
export function openObjectStream(process: GitProcess, onEnd: (end: StreamEnd) => void): ObjectStream {
  const sent: ObjectRequest[] = [];
  const counts = { requests: 0, bytes: 0 };
  let active = Date.now();
  let broken = '';
  let corked = false;

  const uncork = () => {
    corked = false;
    process.stdin.uncork();
  };
  const stop = (reason: string) => {
    broken ||= reason;
    process.kill();
  };
  const push = answerParser({
    next: () => sent[0],
    answer: (answer) => {
      counts.requests++;
      counts.bytes += answer?.data ? answer.size : 0;
      sent.shift()?.resolve(answer);
    },
    // What follows is unwanted content of any length: cheaper to end the process than to read it.
    refuse: (answer) => {
      counts.requests++;
      sent.shift()?.resolve(answer);
      stop('an object was larger than asked for');
    },
  });
  process.stdout.on('data', (chunk: Buffer) => {
    active = Date.now();
    if (broken) return;
    try {
      push(chunk);
    } catch (error) {
      stop(String(error));
    }
  });
  process.stdout.on('error', () => stop('reading failed'));
  process.stdin.on('error', () => stop('writing failed'));
  const drained = new Promise<void>((resolve) => {
    if (process.stdout.closed) resolve();
    else process.stdout.once('close', resolve);
  });
  void process.exited.then(async ({ stderr }) => {
    // What it wrote last may still be under way; a descriptor kept open elsewhere must not hold this up for ever.
    await Promise.race([drained, sleep(LAST_BYTES, undefined, { ref: false })]);
    onEnd({ unanswered: sent.splice(0), reason: broken || stderr.trim() || 'git cat-file ended' });
  });
  return {
    send: (request) => {
      if (sent.length === 0) active = Date.now();
      sent.push(request);
      // What is asked in one go is written in one go: a write costs more than an answer.
      if (!corked) {
        corked = true;
        process.stdin.cork();
        queueMicrotask(uncork);
      }
      process.stdin.write(`${request.command} ${request.rev}\n`);
    },
    pending: () => sent.length,
    answered: () => counts,
    lastActive: () => active,
    finish: () => {
      uncork();
      process.stdin.end();
    },
    kill: () => stop('killed'),
  };
}

interface AnswerSink {
  next(): ObjectRequest | undefined;
  answer(answer: Answer | undefined): void;
  refuse(answer: Answer): void;
}

/** An answer whose content is being read. */
interface Reading {
  answer: Answer;
  /** Bytes of content to keep. */
  kept: number;
  /** Bytes of content still to be dropped once `answer` has its data. */
  dropping: number;
}

/** A streaming parser; it holds no more than one object and one chunk. Throws when the output makes no sense. */
function answerParser(sink: AnswerSink): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let held = 0;
  let reading: Reading | undefined;
  let refused = false;

  function take(length: number): Buffer {
    const all = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, held);
    const rest = all.subarray(length);
    chunks = rest.length > 0 ? [rest] : [];
    held = rest.length;
    return all.subarray(0, length);
  }

  function readHeader(): boolean {
    const length = newlineIn(chunks);
    if (length < 0) {
      if (held > LONGEST_HEADER) throw new Error('git cat-file answered without a header');
      return false;
    }
    const answer = parseHeader(take(length + 1).toString('utf8', 0, length));
    const request = sink.next();
    if (!request) throw new Error('git cat-file answered without being asked');
    if (!answer || request.command === 'info') sink.answer(answer);
    else begin(answer, request);
    return true;
  }

  function begin(answer: Answer, { maxBytes, maxText }: ObjectRequest): void {
    const isText = answer.type === 'commit' || answer.type === 'tag';
    if (isText && maxText !== undefined) {
      const kept = Math.min(answer.size, maxText);
      reading = { answer, kept, dropping: answer.size - kept };
    } else if (answer.size > maxBytes) {
      refused = true;
      sink.refuse(answer);
    } else reading = { answer, kept: answer.size, dropping: 0 };
  }

  function readContent(now: Reading): boolean {
    if (!now.answer.data) {
      if (held < now.kept) return false;
      // A copy, so that a small object does not keep a large chunk alive.
      now.answer.data = Buffer.from(take(now.kept));
    }
    if (now.dropping > 0) now.dropping -= take(Math.min(held, now.dropping)).length;
    if (held === 0) return false;
    if (take(1)[0] !== 10) throw new Error('git cat-file answered content of another size');
    reading = undefined;
    sink.answer(now.answer);
    return true;
  }

  return (chunk) => {
    chunks.push(chunk);
    held += chunk.length;
    while (held > 0 && !refused && (reading ? readContent(reading) : readHeader()));
  };
}

function newlineIn(chunks: readonly Buffer[]): number {
  let before = 0;
  for (const chunk of chunks) {
    const at = chunk.indexOf(10);
    if (at >= 0) return before + at;
    before += chunk.length;
  }
  return -1;
}

/** Undefined for `… missing` and the like. */
function parseHeader(line: string): Answer | undefined {
  const [, oid, type, size] = HEADER.exec(line) ?? [];
  if (oid) return { oid, type: type as ObjectType, size: Number(size) };
  if (NOTHING.test(line)) return undefined;
  throw new Error('git cat-file answered what is no header');
}
