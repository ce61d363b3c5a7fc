// Moves bytes between an SSH channel and a git process, no faster than either side reads.
import type { Socket } from 'node:net';
import type { ServerChannel } from 'ssh2';
import { freeSpent } from '../../base/spent-buffers.ts';
import type { GitProcess } from '../../platform/git/git.types.ts';

export interface Exchanged {
  code: number;
  stderr: string;
  bytesIn: number;
  bytesOut: number;
}

interface ExchangeOptions {
  /** Milliseconds without a byte moved after which the process is ended. */
  idleMs: number;
  stop: AbortController;
}

/** ssh2 hands everything to the socket as long as the channel's window lasts, and clients choose that window. */
const MOST_UNSENT = 1024 * 1024;
/** Twice ssh2's own window: only a client that ignores it gets here. */
const MOST_UNREAD = 4 * 1024 * 1024;

/** Resolves when the process has exited and everything it wrote was handed on. Rejects when the client goes away. */
export async function exchange(
  child: GitProcess,
  channel: ServerChannel,
  socket: Socket,
  options: ExchangeOptions,
): Promise<Exchanged> {
  const { stop, idleMs } = options;
  const idle = setTimeout(() => stop.abort(), idleMs).unref();
  const counts = { bytesIn: 0, bytesOut: 0 };
  const guard = () => {
    if (channel.readableLength > MOST_UNREAD) socket.destroy();
  };
  socket.on('data', guard);
  try {
    feed(child, channel, (bytes) => {
      counts.bytesIn += bytes;
      idle.refresh();
    });
    await drain(child, channel, socket, stop.signal, (bytes) => {
      counts.bytesOut += bytes;
      idle.refresh();
    });
    const { code, stderr } = await child.exited;
    stop.signal.throwIfAborted();
    return { code: code ?? 1, stderr, ...counts };
  } catch (error) {
    child.kill();
    child.stdout.resume();
    await child.exited;
    throw error;
  } finally {
    clearTimeout(idle);
    socket.off('data', guard);
  }
}

function feed(child: GitProcess, channel: ServerChannel, moved: (bytes: number) => void): void {
  const { stdin } = child;
  let open = true;
  const closed = () => {
    open = false;
    channel.resume();
  };
  stdin.on('error', closed);
  stdin.once('close', closed);
  stdin.on('drain', () => channel.resume());
  channel.on('data', (chunk: Buffer) => {
    moved(chunk.length);
    if (open && !stdin.write(chunk)) channel.pause();
  });
  channel.once('end', () => {
    if (open) stdin.end();
  });
}

function drain(
  child: GitProcess,
  channel: ServerChannel,
  socket: Socket,
  signal: AbortSignal,
  moved: (bytes: number) => void,
): Promise<void> {
  const { stdout } = child;
  return new Promise((resolve, reject) => {
    let unwritten = 0;
    let ended = false;
    const settle = () => {
      socket.off('drain', go);
      signal.removeEventListener('abort', aborted);
    };
    const aborted = () => {
      settle();
      reject(new Error('the client went away'));
    };
    const finished = () => {
      if (!ended || unwritten > 0) return;
      settle();
      resolve();
    };
    const go = () => {
      if (!channel.writableNeedDrain && socket.writableLength < MOST_UNSENT) stdout.resume();
    };
    signal.addEventListener('abort', aborted, { once: true });
    socket.on('drain', go);
    channel.on('drain', go);
    stdout.on('data', (chunk: Buffer) => {
      unwritten += 1;
      const more = channel.write(chunk, () => {
        unwritten -= 1;
        moved(chunk.length);
        freeSpent(chunk);
        finished();
      });
      if (!more || socket.writableLength >= MOST_UNSENT) stdout.pause();
    });
    const end = () => {
      ended = true;
      finished();
    };
    stdout.once('end', end);
    stdout.once('close', end);
    stdout.once('error', reject);
    if (signal.aborted) aborted();
  });
}
