// The gate of git's pushes: for whoever may write, and for people who may push to some branches or propose commits alone.
// Each ref is judged once the push is there.
import type { Actor } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { openRepositoryById } from './access.service.ts';
import { mayPropose } from './proposals.service.ts';
import { grantedRefs } from './push-grants.service.ts';
import { type OpenTransport, openTransport, transportOf } from './transport.service.ts';

/** Opens a repository for a push by a path such as `/owner/name.git`. Throws what `openTransport` throws. */
export async function openForPush(app: App, actor: Actor, path: string): Promise<OpenTransport> {
  try {
    return await openTransport(app, actor, path, 'receive-pack');
  } catch (error) {
    if (actor.kind !== 'user' || !isAppError(error, 'forbidden')) throw error;
    const reading = await openTransport(app, actor, path, 'upload-pack');
    const open = await openRepositoryById(app, actor, reading.repository.id, 'code:read');
    if (!(await mayPropose(app, open)) && (await grantedRefs(app, open)).size === 0) throw error;
    return { ...transportOf(open), ...(reading.movedTo === undefined ? {} : { movedTo: reading.movedTo }) };
  }
}
