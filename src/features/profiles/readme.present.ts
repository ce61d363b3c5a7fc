// The README of somebody's page: that of the public repository that carries their name.
import { type Actor, ANONYMOUS } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import type { SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import { findHomeReadme } from '../code/readmes.service.ts';
import { openRepository } from '../repos/access.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';

export interface ProfileReadme {
  /** The repository it comes from. */
  href: string;
  bodyHtml: SafeHtml;
}

/** Rendered as on the repository's own page; undefined where nobody, or only some, may see it. */
export async function profileReadme(
  app: App,
  actor: Actor,
  name: string,
): Promise<ProfileReadme | undefined> {
  const open = await findPublic(app, actor, name);
  const bodyHtml = open && (await findHomeReadme(app, open));
  return open && bodyHtml ? { href: open.path, bodyHtml } : undefined;
}

/** A private repository of that name stays private, also to those who may see it: the page is the same for all. */
async function findPublic(app: App, actor: Actor, name: string): Promise<OpenRepository | undefined> {
  try {
    const open = await openRepository(app, isRestricted(actor) ? actor : ANONYMOUS, name, name, 'code:read');
    return open.moved || open.repository.visibility !== 'public' ? undefined : open;
  } catch (error) {
    if (isAppError(error, 'not_found', 'unauthenticated')) return undefined;
    throw error;
  }
}

function isRestricted(actor: Actor): boolean {
  return actor.kind === 'user' && actor.isRestricted === true;
}
