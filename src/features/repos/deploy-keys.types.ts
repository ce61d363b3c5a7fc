// The values of deploy keys.
import type { DeployKeyActor } from '../../base/actor.ts';
import type { deployKeys } from '../../platform/db/tables/repos.ts';

export type DeployKeyRow = typeof deployKeys.$inferSelect;

/** A deploy key as it was typed. */
export interface NewDeployKey {
  /** Empty: the key's comment becomes the title. */
  title: string;
  /** One line as in an authorized_keys file. */
  key: string;
  canWrite: boolean;
}

/** A key that was looked up for somebody who holds it. */
export interface FoundDeployKey {
  actor: DeployKeyActor;
  keyId: number;
  /** `owner/name` of its repository. */
  repository: string;
}
