// Who may know: what is told of one repository names no other that is closed to those who see the first.
import type { Visibility } from '../repos/repos.types.ts';

/**
 * Whether everybody who may be told of a repository sees another one of that visibility. Two private ones have people of their
 * own each, so neither is told of the other.
 */
export function isOpenTo(other: Visibility, own: Visibility): boolean {
  return other === 'public' || (other === 'internal' && own !== 'public');
}

/** As `isOpenTo`, of a repository that is there as JSON. */
export function isToldOf(other: Record<string, unknown>, own: Visibility): boolean {
  if (other.private !== true) return true;
  return isOpenTo(other.internal === true ? 'internal' : 'private', own);
}
