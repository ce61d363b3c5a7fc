// Moves refs from within the server, as a push would: web edits, branches, tags, mirrors, merges. Judged, remembered
// and recorded by the same rules, so that whatever reacts to pushes need not know the difference.
import type { Actor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import { moveRefs } from '../../platform/git/move-refs.ts';
import type { MergeProof } from './push-judges.service.ts';
import type { OpenRepository } from './repos.types.ts';
import { decidePush, recordPush, transportOf } from './transport.service.ts';

export interface RefChanges {
  /** All of them move or none; an all-zero `oldOid` means that the ref must not exist, an all-zero `newOid` removes it. */
  updates: RefUpdate[];
  /** Refs below refs/opencodehub/ that move in the same step; nobody sees them, and no event tells of them. */
  internal?: RefUpdate[];
  /** Of merges of pull requests: what was judged already. */
  merge?: MergeProof;
}

/** A rule or the nature of the ref speaks against the change: the message says which, and what to do instead. */
export class PushRefused extends AppError {
  constructor(message: string) {
    super('forbidden', message);
  }
}

/**
 * Moves refs of a repository. The objects must be in the repository already. Throws AppError conflict when a ref has
 * moved meanwhile (nothing is changed then), forbidden with the reason when a rule refuses it, and what the judgement
 * of `code:write` throws.
 */
export async function changeRefs(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { updates, internal = [], merge }: RefChanges,
): Promise<void> {
  const transport = { ...transportOf(open), actor };
  const endPush = await app.git.activity.beginPush(open.dir);
  try {
    const decision = await decidePush(app, transport, updates, merge ? { merge } : {});
    if (!decision.accept) throw new PushRefused(decision.message);
    const moved = await moveRefs(app.git, open.dir, [...updates, ...internal]);
    await recordPush(app, transport, decision.intentId, moved ? updates : []);
    if (!moved)
      throw new AppError(
        'conflict',
        'The branch or tag has changed meanwhile: look at it again, then retry.',
      );
  } finally {
    endPush();
  }
}
