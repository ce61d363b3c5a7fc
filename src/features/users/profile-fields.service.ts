// What an account says about itself, under the names that the API gives it.
import type { Actor } from '../../base/actor.ts';
import { invalid, isAppError, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { parseProfile } from './users.input.ts';
import { changeProfile, findUserById } from './users.service.ts';
import type { ProfileChanges } from './users.types.ts';

export interface ProfileFields {
  full_name?: string | undefined;
  description?: string | undefined;
  location?: string | undefined;
  website?: string | undefined;
}

const NAMES: Readonly<Record<string, string>> = { displayName: 'full_name', bio: 'description' };

/** What the fields change, checked as the form of the profile is. Throws AppError invalid on the fields' own names. */
export async function profileChangesOf(
  app: App,
  userId: number,
  fields: ProfileFields,
): Promise<ProfileChanges> {
  const user = await findUserById(app, userId);
  if (!user) throw notFound('account');
  const { full_name: displayName = user.displayName, description: bio, location, website } = fields;
  try {
    return parseProfile({ displayName, bio, location, website });
  } catch (error) {
    if (!isAppError(error, 'invalid') || !error.fields) throw error;
    const named = Object.entries(error.fields).map(([name, message]) => [NAMES[name] ?? name, message]);
    throw invalid(Object.fromEntries(named));
  }
}

/** Changes an account's profile by the fields of the API; what is left out stays. */
export async function changeProfileFields(
  app: App,
  actor: Actor,
  userId: number,
  fields: ProfileFields,
): Promise<void> {
  await changeProfile(app, actor, userId, await profileChangesOf(app, userId, fields));
}
