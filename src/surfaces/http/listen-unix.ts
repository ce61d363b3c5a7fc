// Unix sockets to listen on: one left by a dead process is removed, one that somebody answers is not.
import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { AppError } from '../../base/errors.ts';

/** Makes the path free to listen on; throws AppError unavailable when it is in use or no socket. */
export async function claimSocket(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return;
  if (!stat.isSocket()) {
    throw new AppError(
      'unavailable',
      `${path} exists and is not a socket: remove it or choose another path.`,
    );
  }
  if (await answers(path)) {
    throw new AppError('unavailable', `Another program answers on ${path}: stop it or choose another path.`);
  }
  unlinkSync(path);
}

/** Lets the group, where the proxy belongs, connect: mode 0660. */
export function openSocketToGroup(path: string): void {
  chmodSync(path, 0o660);
}

// Only a refused connection proves that nobody is there; a full backlog or a missing permission does not.
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
  });
}
