// Answers the hooks of running pushes. Each push borrows a pair of named pipes from a pool; the pipes are read by the
// event loop, so that no thread waits for a hook.
import { randomBytes } from 'node:crypto';
import { closeSync, constants, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Log } from '../observability/log.ts';
import { type HookQuestion, QuestionReader } from './hook-question.ts';
import { hooksCanRun, installHooks } from './hook-scripts.ts';

export interface HookAnswer {
  accept: boolean;
  /** Printed to whoever pushes. */
  lines: string[];
  /** Of proc-receive: what git is told, line by line (githooks(5)). */
  report?: string[];
}

export interface HookSession {
  /** What receive-pack needs in its environment for the hooks to find us. */
  env: Record<string, string>;
  /** Ends the session once git has exited; `orderly` tells whether the pipes may serve again. */
  end(orderly: boolean): void;
}

export interface Hooks {
  /** Value of core.hooksPath. */
  readonly directory: string;
  /** Answers the hooks of one push; `answer` must not reject for reasons that may be shown. */
  begin(answer: (question: HookQuestion) => Promise<HookAnswer>): Promise<HookSession>;
  close(): void;
}

interface HookOptions {
  directory: string;
  pipeDirectory: string;
  runOther(command: string, args: readonly string[]): Promise<unknown>;
  log: Log;
}

interface Pipes {
  path: string;
  question: Socket;
  answer: Socket;
}

const KEPT = 16;
const PREFIX = 'hook-';
/** Characters; a packet has 65,520 bytes at most. */
const LONGEST_PACKET = 8000;

/** Writes the hooks and makes the first pipes. */
export async function openHooks(options: HookOptions): Promise<Hooks> {
  const { directory, pipeDirectory, log } = options;
  await installHooks(directory);
  mkdirSync(pipeDirectory, { recursive: true, mode: 0o700 });
  removeOldPipes(pipeDirectory);
  const idle: Pipes[] = [await makePipes(options)];

  async function take(): Promise<Pipes> {
    const known = idle.pop();
    if (known && !known.question.destroyed && !known.answer.destroyed) return known;
    return makePipes(options);
  }

  return {
    directory,
    begin: async (answer) => {
      // Somebody may have emptied the cache: without its hooks git would take every push.
      if (!(await hooksCanRun(directory))) await installHooks(directory);
      const pipes = await take();
      const session = converse(pipes, answer, log);
      return {
        env: session.env,
        end: (orderly) => {
          const clean = session.end();
          if (orderly && clean && idle.length < KEPT) idle.push(pipes);
          else discard(pipes);
        },
      };
    },
    close: () => idle.splice(0).forEach(discard),
  };
}

function converse(pipes: Pipes, answer: (question: HookQuestion) => Promise<HookAnswer>, log: Log) {
  const mark = randomBytes(16).toString('hex');
  const reader = new QuestionReader(mark);
  let sound = true;
  let asked = false;
  const reply = (given: HookAnswer) => pipes.answer.write(replyOf(mark, given));
  const refuse = (error: unknown, line: string) => {
    sound = false;
    log.error({ err: error }, 'a hook could not be answered');
    reply({ accept: false, lines: [line] });
  };
  const onData = (chunk: Buffer) => {
    if (!sound) return;
    let question: HookQuestion | undefined;
    try {
      question = reader.push(chunk);
    } catch (error) {
      refuse(error, 'The server did not understand this push.');
    }
    if (!question) return;
    asked = true;
    answer(question)
      .then(reply, (error: unknown) => refuse(error, 'The server could not judge this push.'))
      .finally(() => {
        asked = false;
      });
  };
  pipes.question.on('data', onData).resume();
  return {
    env: {
      OPENCODEHUB_HOOK_MARK: mark,
      OPENCODEHUB_HOOK_PIPE: pipes.path,
      OPENCODEHUB_HOOK_SERVER: String(process.pid),
    },
    end: () => {
      pipes.question.off('data', onData).pause();
      return sound && !asked && reader.isEmpty;
    },
  };
}

function replyOf(mark: string, answer: HookAnswer): string {
  const lines = answer.lines
    .flatMap((line) => line.split('\n'))
    .map((line) => `${mark} say ${printable(line)}\n`);
  const packets = answer.report ? [...answer.report.map(packetOf), '0000'] : [];
  const report = packets.map((packet) => `${mark} pkt ${packet}\n`);
  return `${lines.join('')}${report.join('')}${mark} ${answer.accept ? 'accept' : 'reject'}\n`;
}

/** A packet that a line of text can hold, with its length in front (gitprotocol-common(5)). */
function packetOf(text: string): string {
  const line = printable(text.replaceAll('\n', ' ')).slice(0, LONGEST_PACKET);
  return `${(Buffer.byteLength(line) + 4).toString(16).padStart(4, '0')}${line}`;
}

/** Control characters would reach the terminal of whoever pushes. */
function printable(line: string): string {
  return line.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '?');
}

async function makePipes(options: HookOptions): Promise<Pipes> {
  const path = join(options.pipeDirectory, `${PREFIX}${process.pid}-${randomBytes(8).toString('hex')}`);
  const [question, answer] = [`${path}.question`, `${path}.answer`];
  await options.runOther('mkfifo', ['-m', '600', question, answer]);
  return {
    path,
    question: openPipe(question, { readable: true, writable: false }, options.log).pause(),
    answer: openPipe(answer, { readable: false, writable: true }, options.log),
  };
}

/** Opened for reading and writing, a pipe neither blocks nor ends while no hook has it open (fifo(7)). */
function openPipe(path: string, use: { readable: boolean; writable: boolean }, log: Log): Socket {
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  try {
    const socket = new Socket({ fd, ...use });
    socket.on('error', (error) => log.error({ err: error }, 'a hook pipe failed'));
    return socket;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function discard(pipes: Pipes): void {
  pipes.question.destroy();
  pipes.answer.destroy();
  rmSync(`${pipes.path}.question`, { force: true });
  rmSync(`${pipes.path}.answer`, { force: true });
}

/** Pipes of a predecessor that was killed; those of a living process, e.g. the server while the command line runs, stay. */
function removeOldPipes(directory: string): void {
  for (const name of readdirSync(directory)) {
    const owner = /^hook-(\d+)-[0-9a-f]{16}\.(?:question|answer)$/.exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) rmSync(join(directory, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
