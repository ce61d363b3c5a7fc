// What a client of upload-archive may ask for. It sends the arguments of git-archive as packet lines
// (gitprotocol-common(5)), `argument <text>` each, ended by a flush: git would look for the files that --add-file names
// on this machine, and say whether they exist.
import { Writable } from 'node:stream';
import type { GitProcess } from './git.types.ts';

const FLUSH = '0000';
/** Bytes of all arguments together; git takes 64 of them. */
const MOST = 64 * 1024;

const ALLOWED =
  /^(?:--format=(?:tar|tgz|tar\.gz|zip)|--prefix=[^\0]*|-[0-9]|-l|--list|-v|--verbose|--mtime=[^\0]*|--worktree-attributes|--no-worktree-attributes|--)$/;

/** Takes what the client sends in place of the process's input; a process that is asked for other things is ended. */
export function guardArguments(child: GitProcess): Writable {
  let held: Buffer = Buffer.alloc(0);
  let isOver = false;
  child.stdin.on('error', () => {});
  const guard = new Writable({
    write(chunk: Buffer, _encoding, done) {
      // Behind the flush nothing is expected, and nothing handed on.
      if (isOver) return done();
      held = Buffer.concat([held, chunk]);
      const verdict = judge(held);
      if (verdict === 'refused') {
        isOver = true;
        child.kill();
        return done();
      }
      if (verdict === undefined) return done();
      isOver = true;
      child.stdin.end(held.subarray(0, verdict), () => done());
    },
    final(done) {
      if (!isOver) child.stdin.end();
      done();
    },
  });
  void child.exited.then(() => guard.destroy());
  return guard;
}

/** Where the arguments end; undefined while there are more to come. */
function judge(data: Buffer): number | 'refused' | undefined {
  let onlyPaths = false;
  for (let at = 0; at + 4 <= data.length; ) {
    const digits = data.toString('latin1', at, at + 4);
    if (digits === FLUSH) return at + 4;
    const length = /^[0-9a-f]{4}$/.test(digits) ? Number.parseInt(digits, 16) : 0;
    if (length < 4) return 'refused';
    if (at + length > data.length) break;
    const line = data.toString('latin1', at + 4, at + length).replace(/\n$/, '');
    if (!line.startsWith('argument ')) return 'refused';
    const text = line.slice('argument '.length);
    if (!onlyPaths && text.startsWith('-') && !ALLOWED.test(text)) return 'refused';
    onlyPaths ||= text === '--';
    at += length;
  }
  return data.length > MOST ? 'refused' : undefined;
}
