// The columns of an account that let it act, for every query that ends in an actor.
import { users } from '../../platform/db/tables/users.ts';

const { id, kind, name, email, emailKey, isAdmin, isSuspended, isRestricted } = users;
const { avatarHash, hasSecondFactor, mustChangePassword, lastLoginAt } = users;

export const ACTOR_COLUMNS = {
  id,
  kind,
  name,
  email,
  emailKey,
  isAdmin,
  isSuspended,
  isRestricted,
  avatarHash,
  hasSecondFactor,
  mustChangePassword,
  lastLoginAt,
};
