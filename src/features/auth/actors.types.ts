// What must be known of an account to let it act.
import type { users } from '../../platform/db/tables/users.ts';

export type ActorRow = Pick<
  typeof users.$inferSelect,
  | 'id'
  | 'kind'
  | 'name'
  | 'email'
  | 'emailKey'
  | 'isAdmin'
  | 'avatarHash'
  | 'isSuspended'
  | 'isRestricted'
  | 'hasSecondFactor'
  | 'mustChangePassword'
  | 'lastLoginAt'
>;
