// Runs a git service on an opened repository, for HTTP and SSH alike: judges and records pushes through the
// repositories room.
import { setTimeout as sleep } from 'node:timers/promises';
import { isAppError } from '../../base/errors.ts';
import { judgeProposals, takeAll } from '../../features/repos/proposals.service.ts';
import {
  decidePush,
  type GitService,
  type OpenTransport,
  recordPush,
} from '../../features/repos/transport.service.ts';
import type { App } from '../../platform/app.types.ts';
import type { GitProcess } from '../../platform/git/git.types.ts';
import type { HookUpdate } from '../../platform/git/hook-question.ts';
import { type PushContext, type ReceiveOptions, runReceivePack } from '../../platform/git/receive.ts';
import { PROPOSED } from '../../platform/git/transport-config.ts';
import { runUploadArchive, runUploadPack, type TransportOptions } from '../../platform/git/upload.ts';
import { readSpareBytes } from '../../platform/observability/disk.ts';

/** Attempts to record a push while its client waits, and afterwards. */
const RECORD_ATTEMPTS = 4;
const LATE_ATTEMPTS = 60;
const LATE_PAUSE = 60_000;

/** Starts the service; for a push, `exited` resolves once it is recorded. */
export async function startGitService(
  app: App,
  transport: OpenTransport,
  service: GitService,
  options: TransportOptions,
): Promise<GitProcess> {
  const { hidesPulls } = transport;
  if (service === 'upload-pack') return runUploadPack(app.git, transport.dir, { ...options, hidesPulls });
  if (service === 'upload-archive') return runUploadArchive(app.git, transport.dir, options.signal);
  // Git takes 0 for no limit. Without a pack, as to delete a branch, a push needs no room.
  const maxBytes = Math.max(
    1,
    Math.min(app.config.git.max_push_bytes, await readSpareBytes(app.paths.repositories)),
  );
  return runReceivePack(app.git, transport.dir, { ...options, maxBytes, ...pushOf(app, transport) });
}

function pushOf(app: App, transport: OpenTransport): Pick<ReceiveOptions, 'decide' | 'propose' | 'record'> {
  let intent: number | undefined;
  return {
    decide: async (updates, context) => {
      const [proposals, moves] = parted(updates);
      const refusals = await proposalRefusals(app, transport, proposals, context.pushOptions);
      if (refusals.length > 0) return { accept: false, lines: refusals };
      if (moves.length === 0) return { accept: true, lines: [] };
      const decision = await judged(app, transport, moves, context);
      if (decision.accept) intent = decision.intentId;
      return { accept: decision.accept, lines: decision.accept ? decision.notes : [decision.message] };
    },
    propose: (proposals, pushOptions) => takeAll(app, transport, proposals, pushOptions),
    record: async (updates, pushOptions) => {
      if (intent === undefined) return [];
      const lines = await recorded(app, transport, intent, updates, pushOptions);
      return [...lines, ...movedNotice(app, transport)];
    },
  };
}

/** What is proposed, and what moves refs. */
function parted(updates: readonly HookUpdate[]): [HookUpdate[], HookUpdate[]] {
  const isProposal = ({ ref }: HookUpdate) => ref.startsWith(PROPOSED);
  return [updates.filter(isProposal), updates.filter((update) => !isProposal(update))];
}

async function proposalRefusals(
  app: App,
  transport: OpenTransport,
  proposals: HookUpdate[],
  pushOptions: readonly string[],
): Promise<string[]> {
  if (proposals.length === 0) return [];
  try {
    return await judgeProposals(app, transport, proposals, pushOptions);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return [error.message];
  }
}

async function judged(app: App, transport: OpenTransport, updates: HookUpdate[], context: PushContext) {
  try {
    return await decidePush(app, transport, updates, context);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { accept: false as const, message: error.message };
  }
}

/**
 * The refs have moved: a database that is away must not lose that. When it stays away for long the client is told so
 * and its push recorded later; what is unrecorded when the server ends is taken up at the next start.
 */
async function recorded(
  app: App,
  transport: OpenTransport,
  intent: number,
  updates: HookUpdate[],
  pushOptions: readonly string[],
): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await recordPush(app, transport, intent, updates, pushOptions);
    } catch (error) {
      app.log.error({ err: error, intent, attempt }, 'a push could not be recorded');
      if (attempt === RECORD_ATTEMPTS) break;
      await sleep(100 * 4 ** attempt);
    }
  }
  void recordLate(app, transport, intent, updates);
  return ['The push has landed, but pages may show it late.'];
}

async function recordLate(
  app: App,
  transport: OpenTransport,
  intent: number,
  updates: HookUpdate[],
): Promise<void> {
  for (let attempt = 1; attempt <= LATE_ATTEMPTS; attempt++) {
    await sleep(Math.min(LATE_PAUSE, 1000 * 2 ** attempt), undefined, { ref: false });
    try {
      await recordPush(app, transport, intent, updates);
      app.log.warn({ intent }, 'a push was recorded late');
      return;
    } catch (error) {
      app.log.error({ err: error, intent }, 'a push could still not be recorded');
    }
  }
}

function movedNotice(app: App, transport: OpenTransport): string[] {
  if (transport.movedTo === undefined) return [];
  return [
    'This repository has moved. Please use its new address:',
    `  ${app.publicUrl()}${transport.movedTo}.git`,
  ];
}
