// Commits that are pushed to refs/for/<branch> to be proposed, also by people who may only read. The room of pull requests makes
// something of them; here is what git's transports ask.
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import type { Proposed } from '../../platform/git/receive.ts';
import { openRepositoryById } from './access.service.ts';
import { requireStillValid } from './deploy-keys.service.ts';
import { requireAbility } from './repos.policy.ts';
import type { OpenRepository } from './repos.types.ts';
import { type OpenTransport, todayOf } from './transport.service.ts';

/** Makes something of proposals whose commits are in the repository; never throws for reasons that may be shown. */
export interface ProposalTaker {
  /** Says in sentences why proposals are refused, before anything of the push is kept. */
  judge(
    app: App,
    open: OpenRepository,
    proposals: readonly RefUpdate[],
    options: readonly string[],
  ): Promise<string[]>;
  take(app: App, open: OpenRepository, proposal: RefUpdate, options: readonly string[]): Promise<Proposed>;
}

const takers = new WeakMap<App, ProposalTaker>();

/** Says who takes proposals. */
export function takeProposals(app: App, taker: ProposalTaker): void {
  takers.set(app, taker);
}

/** Whether whoever opened a repository may propose something there. */
export async function mayPropose(app: App, open: OpenRepository): Promise<boolean> {
  if (open.actor.kind !== 'user' || open.repository.isMirror || !takers.has(app)) return false;
  try {
    await requireAbility(app.db.read, open.actor, open, 'pulls:create');
    return true;
  } catch (error) {
    if (isAppError(error, 'not_found', 'forbidden', 'unauthenticated')) return false;
    throw error;
  }
}

/** What speaks against proposals of a push, by everything that is known today of whoever pushes. */
export async function judgeProposals(
  app: App,
  transport: OpenTransport,
  proposals: readonly RefUpdate[],
  options: readonly string[],
): Promise<string[]> {
  const open = await opened(app, transport);
  if (open.actor.kind !== 'user') return ['Only people propose changes: push to refs/for/ with an account.'];
  return (await takers.get(app)?.judge(app, open, proposals, options)) ?? ['Nothing can be proposed here.'];
}

/** Makes something of proposals, one after the other. */
export async function takeAll(
  app: App,
  transport: OpenTransport,
  proposals: readonly RefUpdate[],
  options: readonly string[],
): Promise<Proposed[]> {
  const open = await opened(app, transport);
  const taken: Proposed[] = [];
  for (const proposal of proposals) {
    const one = await takers.get(app)?.take(app, open, proposal, options);
    taken.push(one ?? { ref: proposal.ref, lines: [], refused: 'nothing can be proposed here' });
  }
  return taken;
}

async function opened(app: App, transport: OpenTransport): Promise<OpenRepository> {
  await requireStillValid(app, transport.actor);
  const actor = await todayOf(app, transport.actor);
  return openRepositoryById(app, actor, transport.repository.id, 'pulls:create');
}
