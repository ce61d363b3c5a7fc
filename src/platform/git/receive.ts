// Takes pushes by git's own receive-pack, which keeps the objects in quarantine until the push has been judged.
import type { Git, GitProcess, RepoDir } from './git.types.ts';
import type { HookQuestion, HookUpdate } from './hook-question.ts';
import type { HookAnswer } from './hooks.ts';
import { syncRefs } from './ref-durability.ts';
import { PROPOSED, receiveConfig } from './transport-config.ts';
import { modeOf, protocolEnvironment, type TransportOptions } from './upload.ts';

export interface PushContext {
  pushOptions: string[];
  /** Environment with which git also sees the objects in quarantine. */
  env: Record<string, string>;
}

/** What became of one command below refs/for/. */
export type Proposed = { ref: string; lines: string[] } & (
  | { made: { ref: string; oldOid: string; newOid: string; isForced: boolean } }
  | { refused: string }
);

export interface ReceiveOptions extends TransportOptions {
  /** Most bytes the pack may have. */
  maxBytes: number;
  /** Judges the push before any ref moves; once accepted, it must be remembered durably. */
  decide(updates: HookUpdate[], context: PushContext): Promise<HookAnswer>;
  /** Makes something of commits that were pushed to refs/for/, which are in the repository by now. */
  propose(updates: HookUpdate[], pushOptions: string[]): Promise<Proposed[]>;
  /**
   * Records the refs that have moved, of a push that was accepted; called exactly once for it, with no updates when
   * none did. Returns lines to print.
   */
  record(updates: HookUpdate[], pushOptions: string[]): Promise<string[]>;
}

/** Milliseconds an accepted push gets to move its refs after its client has gone. */
const LANDING = 10_000;

/** What one push may take: a bomb in a pack ends with an error and not with the machine's memory. */
const LIMITS = { dataBytes: 3 * 1024 ** 3, cpuSeconds: 3600 };

/** Says which refs there are, to a client that is about to push over HTTP. */
export function advertiseReceivePack(git: Git, dir: RepoDir, options: TransportOptions): Promise<GitProcess> {
  return git.spawn(['receive-pack', ...modeOf({ ...options, statelessRpc: true, advertise: true }), dir], {
    env: protocolEnvironment(options.protocol),
    config: receiveConfig(git.hooks.directory, 1),
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

/**
 * Starts receive-pack. `exited` of the result resolves once the push is recorded as well. Waits while the repository
 * is being maintained. A client that hangs up ends the push, unless it was accepted and its refs are moving.
 */
export async function runReceivePack(git: Git, dir: RepoDir, options: ReceiveOptions): Promise<GitProcess> {
  const endPush = await git.activity.beginPush(dir, options.signal);
  const push = new Push(git, dir, options);
  const stop = new AbortController();
  const cancel = () => push.whenInterruptible(() => stop.abort());
  try {
    const session = await git.hooks.begin((question) => push.answer(question));
    options.signal?.addEventListener('abort', cancel, { once: true });
    // A client that left while it was being identified: that event does not come again.
    if (options.signal?.aborted) cancel();
    const child = await startReceivePack(git, dir, options, session.env, stop.signal).catch(
      (error: unknown) => {
        session.end(false);
        throw error;
      },
    );
    const exited = child.exited.then(async (exit) => {
      options.signal?.removeEventListener('abort', cancel);
      session.end(exit.code !== null);
      return push
        .settle()
        .then(() => exit, unsettled)
        .finally(endPush);
    });
    return { stdin: child.stdin, stdout: child.stdout, kill: cancel, exited };
  } catch (error) {
    options.signal?.removeEventListener('abort', cancel);
    endPush();
    throw error;
  }
}

/** How a push ends whose refs cannot be made durable: not as a success. It is settled at the next start. */
function unsettled(error: unknown): Awaited<GitProcess['exited']> {
  const reason = error instanceof Error ? error.message : String(error);
  return { code: null, signal: null, stderr: `error: the push could not be settled: ${reason}` };
}

function startReceivePack(
  git: Git,
  dir: RepoDir,
  options: ReceiveOptions,
  env: Record<string, string>,
  signal: AbortSignal,
): Promise<GitProcess> {
  return git.spawn(['receive-pack', ...modeOf(options), dir], {
    env: { ...protocolEnvironment(options.protocol), ...env },
    config: receiveConfig(git.hooks.directory, options.maxBytes),
    limits: LIMITS,
    signal,
  });
}

/** One push between git's two hooks. */
class Push {
  readonly #git: Git;
  readonly #dir: RepoDir;
  readonly #options: ReceiveOptions;
  #accepted: HookUpdate[] | undefined;
  #pushOptions: string[] = [];
  /** Whatever the hooks are still waiting for. */
  #working: Promise<unknown> = Promise.resolve();

  constructor(git: Git, dir: RepoDir, options: ReceiveOptions) {
    this.#git = git;
    this.#dir = dir;
    this.#options = options;
  }

  /** Calls `action` now, or after a while when refs are moving: they should all move, and be recorded, first. */
  whenInterruptible(action: () => void): void {
    if (this.#accepted) setTimeout(action, LANDING).unref();
    else action();
  }

  answer(question: HookQuestion): Promise<HookAnswer> {
    const answer = this.#answerTo(question);
    this.#working = answer.catch(() => {});
    return answer;
  }

  #answerTo(question: HookQuestion): Promise<HookAnswer> {
    if (question.hook === 'pre-receive') return this.#decide(question);
    return question.hook === 'proc-receive' ? this.#propose(question) : this.#record(question.updates);
  }

  async #propose({ updates, pushOptions }: HookQuestion): Promise<HookAnswer> {
    if (!this.#accepted) throw new Error('commits were proposed that nobody had accepted');
    const proposed = await this.#options.propose(updates, pushOptions);
    return {
      accept: true,
      lines: proposed.flatMap(({ lines }) => lines),
      report: proposed.flatMap(reportOf),
    };
  }

  async #decide(question: HookQuestion): Promise<HookAnswer> {
    const { updates, pushOptions, quarantine } = question;
    const env = {
      GIT_OBJECT_DIRECTORY: quarantine,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: `${this.#dir}/objects`,
    };
    const answer = await this.#options.decide(updates, { pushOptions, env });
    this.#pushOptions = pushOptions;
    if (answer.accept) this.#accepted = updates.filter(({ ref }) => !ref.startsWith(PROPOSED));
    return answer;
  }

  async #record(told: HookUpdate[]): Promise<HookAnswer> {
    if (!this.#accepted) throw new Error('refs moved that nobody had accepted');
    // What was made of proposals is told here too, by the name of its ref; it is recorded already.
    const accepted = new Set(this.#accepted.map(({ ref }) => ref));
    const updates = told.filter(({ ref }) => accepted.has(ref));
    await syncRefs(this.#git, this.#dir, updates);
    const lines = await this.#options.record(updates, this.#pushOptions);
    this.#accepted = undefined;
    return { accept: true, lines };
  }

  /** Git has exited: what was accepted and not recorded, because it failed or was killed, is settled from the refs. */
  async settle(): Promise<void> {
    await this.#working;
    const accepted = this.#accepted;
    this.#accepted = undefined;
    if (!accepted) return;
    const landed: HookUpdate[] = [];
    for (const update of accepted) {
      const now = await this.#git.ref(this.#dir, update.ref);
      if (update.newOid !== update.oldOid && now === (isZero(update.newOid) ? undefined : update.newOid))
        landed.push(update);
    }
    await syncRefs(this.#git, this.#dir, landed);
    await this.#options.record(landed, this.#pushOptions);
  }
}

/** As proc-receive reports (githooks(5)). */
function reportOf(proposed: Proposed): string[] {
  if ('refused' in proposed) return [`ng ${proposed.ref} ${proposed.refused}`];
  const { ref, oldOid, newOid, isForced } = proposed.made;
  const report = [
    `ok ${proposed.ref}`,
    `option refname ${ref}`,
    `option old-oid ${oldOid}`,
    `option new-oid ${newOid}`,
  ];
  return isForced ? [...report, 'option forced-update'] : report;
}

function isZero(oid: string): boolean {
  return /^0+$/.test(oid);
}
