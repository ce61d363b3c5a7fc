// One session on an SSH connection: runs a git service, or greets and says goodbye.
import type { Socket } from 'node:net';
import type { ServerChannel, Session } from 'ssh2';
import { seenFrom } from '../../base/actor.ts';
import { randomToken } from '../../base/crypto.ts';
import { AppError, isAppError } from '../../base/errors.ts';
import { PASS_LIFETIME, sealPass } from '../../features/lfs/lfs-tokens.service.ts';
import { openForPush } from '../../features/repos/push-transport.service.ts';
import { type OpenTransport, openTransport } from '../../features/repos/transport.service.ts';
import type { App } from '../../platform/app.types.ts';
import { takePlace } from '../../platform/cache/places.ts';
import { protocolOf } from '../../platform/git/upload.ts';
import { startGitService } from '../githttp/git-service.ts';
import { PASS_SCHEME } from '../githttp/lfs-call.ts';
import { identityOfKey, isSameIdentity, type SshIdentity } from './ssh-authentication.ts';
import { type LfsAuthentication, parseLfsCommand, parseSshCommand, type SshCommand } from './ssh-command.ts';
import { exchange } from './ssh-transfer.ts';

export interface SshConnection {
  app: App;
  socket: Socket;
  address: string;
  identity: SshIdentity;
}

/** Serves a session; `onEnd` is called once it is over and the client has closed it, hence read the exit status. */
export function serveSession(connection: SshConnection, session: Session, onEnd: () => void): void {
  let protocol: string | undefined;
  let begun = false;
  session.on('env', (accept, reject, { key, val }) => {
    protocol = key === 'GIT_PROTOCOL' ? protocolOf(val) : protocol;
    if (key === 'GIT_PROTOCOL') accept?.();
    else reject?.();
  });
  session.on('exec', (accept, _reject, { command }) => {
    // Accepted at once: what the client sends meanwhile would be lost.
    const channel = accept() as ServerChannel | undefined;
    if (!channel) return;
    begun = true;
    const closed = new Promise((resolve) => channel.once('close', resolve));
    void Promise.all([runCommand(connection, channel, command, protocol), closed]).finally(onEnd);
  });
  session.on('shell', (accept) => {
    const channel = accept() as ServerChannel | undefined;
    if (!channel) return;
    begun = true;
    channel.once('close', onEnd);
    finish(channel, 1, greetingFor(connection.identity.name));
  });
  session.on('close', () => {
    if (!begun) onEnd();
  });
}

function greetingFor(name: string): string {
  return `Hi ${name}! You've successfully authenticated, but OpenCodeHub does not provide shell access.\r\n`;
}

async function runCommand(
  connection: SshConnection,
  channel: ServerChannel,
  text: string,
  protocol: string | undefined,
): Promise<void> {
  const begun = performance.now();
  const line = {
    requestId: randomToken(9),
    address: connection.address,
    user: connection.identity.name,
  };
  const command = parseSshCommand(text);
  const lfs = parseLfsCommand(text);
  const stop = new AbortController();
  // Reported by ssh2 when the client closes the channel or is gone.
  channel.once('close', () => stop.abort());
  channel.on('error', () => stop.abort());
  channel.stderr.on('error', () => stop.abort());
  try {
    if (lfs) {
      channel.write(await lfsAnswer(connection, lfs));
      finish(channel, 0, '');
      note(connection.app, { ...line, service: 'lfs-authenticate', path: lfs.path, code: 0 }, begun);
      return;
    }
    if (!command) throw new AppError('invalid', 'Only git commands are served: clone, fetch and push.');
    const done = await runService(connection, channel, command, protocol, stop);
    finish(channel, done.code, done.message);
    note(connection.app, { ...line, ...command, ...done }, begun);
  } catch (error) {
    if (!stop.signal.aborted) finish(channel, 1, `ERROR: ${messageOf(error)}\n`);
    else channel.close();
    if (!isAppError(error) && !stop.signal.aborted)
      connection.app.log.error({ ...line, ...command, err: error }, 'git over SSH failed');
    else note(connection.app, { ...line, ...command, code: 1 }, begun);
  }
}

async function runService(
  connection: SshConnection,
  channel: ServerChannel,
  command: SshCommand,
  protocol: string | undefined,
  stop: AbortController,
) {
  const { app, identity, address, socket } = connection;
  const current = await identityOfKey(app, identity.fingerprint);
  if (!current || !isSameIdentity(current, identity))
    throw new AppError('unauthenticated', 'This key is no longer valid.');
  const actor = seenFrom(current.actor, address);
  const transport =
    command.service === 'receive-pack'
      ? await openForPush(app, actor, command.path)
      : await openTransport(app, actor, command.path, command.service);
  const giveBack = takePlace({ app, actor, address }, 'git');
  try {
    const options = { protocol, signal: stop.signal };
    const child = await startGitService(app, transport, command.service, options);
    const idleMs = app.config.git.idle_timeout_seconds * 1000;
    const done = await exchange(child, channel, socket, { idleMs, stop });
    return { ...done, message: done.code === 0 ? '' : complaintOf(done.stderr, transport) };
  } finally {
    giveBack();
  }
}

/** Where git-lfs finds the repository's objects, and the pass that opens them (git-lfs, docs/api/server-discovery.md). */
async function lfsAnswer(
  { app, identity, address }: SshConnection,
  asked: LfsAuthentication,
): Promise<string> {
  const { path, operation } = asked;
  const current = await identityOfKey(app, identity.fingerprint);
  if (!current || !isSameIdentity(current, identity))
    throw new AppError('unauthenticated', 'This key is no longer valid.');
  const service = operation === 'upload' ? 'receive-pack' : 'upload-pack';
  const { repository } = await openTransport(app, seenFrom(current.actor, address), path, service);
  const token = sealPass(app, {
    fingerprint: current.fingerprint,
    keyId: current.keyId,
    repositoryId: repository.id,
    operation,
    expiresAt: app.clock.now() + PASS_LIFETIME,
  });
  return JSON.stringify({
    href: `${app.publicUrl()}/${repository.ownerName}/${repository.name}.git/info/lfs`,
    header: { Authorization: `${PASS_SCHEME} ${token}` },
    expires_in: PASS_LIFETIME / 1000,
  });
}

/** What git says went wrong, without the places of our files. */
function complaintOf(stderr: string, transport: OpenTransport): string {
  const { ownerName, name } = transport.repository;
  return stderr
    .split('\n')
    .filter((line) => /^(?:fatal|error|warning): /.test(line))
    .slice(-5)
    .map((line) => `${line.replaceAll(transport.dir, `/${ownerName}/${name}.git`).slice(0, 300)}\n`)
    .filter((line) => !/\/(?:repositories|och-view-)/.test(line))
    .join('');
}

function messageOf(error: unknown): string {
  return isAppError(error) ? error.message : 'Something went wrong on the server.';
}

/** Sends a message and the exit status, then closes: in this order, because clients stop listening at the end. */
function finish(channel: ServerChannel, code: number, message: string): void {
  const close = () => {
    channel.exit(code);
    channel.end();
    // Whatever the client still sends is of no use.
    channel.resume();
  };
  if (message === '') close();
  else channel.stderr.write(message, close);
}

function note(app: App, line: Record<string, unknown>, begun: number): void {
  const milliseconds = performance.now() - begun;
  const { stderr: _stderr, message: _message, ...shown } = line;
  app.metrics.requests
    .labels({ route: 'ssh', method: String(line.service ?? 'other'), status: String(line.code) })
    .observe(milliseconds / 1000);
  app.log.info({ ...shown, ms: Math.round(milliseconds) }, 'git over SSH');
}
