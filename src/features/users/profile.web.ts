// The page of one's own profile: what it shows when it is asked for, and when a form on it was wrong.
import { notFound } from '../../base/errors.ts';
import { requireUserActor } from '../../platform/web/gates.ts';
import { page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { findUserById } from './users.service.ts';

/** The profile's forms; `typed` is what stands in them instead of what is saved. */
export async function answerProfile(
  c: WebContext,
  typed: Record<string, string> | undefined,
  errors: Record<string, string>,
  status: number,
): Promise<Response> {
  const user = await findUserById(c.var.app, requireUserActor(c.var.actor).userId);
  if (!user) throw notFound('account');
  const { name, avatarHash, displayName, bio, location, website } = user;
  const form = typed ?? { displayName, bio, location, website };
  return page(c, 'users/profile', { title: 'Profile', form, errors, person: { name, avatarHash } }, status);
}
