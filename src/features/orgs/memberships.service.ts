// What others need to know of somebody's memberships.
import type { App } from '../../platform/app.types.ts';
import { isTwoFactorRequiredByMembership } from './memberships.store.ts';

/** Whether any of the organizations somebody belongs to asks its members for a second factor. */
export async function requiresTwoFactorOf(app: App, userId: number): Promise<boolean> {
  return isTwoFactorRequiredByMembership(app.db.read, userId);
}
