// The columns of an account that let it act, for every query that ends in an actor.
import { users } from '../../platform/db/tables/users.ts';

const { id, kind, name, isAdmin, isSuspended, isRestricted, hasSecondFactor, mustChangePassword } = users;

export const ACTOR_COLUMNS = {
  id,
  kind,
  name,
  isAdmin,
  isSuspended,
  isRestricted,
  hasSecondFactor,
  mustChangePassword,
};
