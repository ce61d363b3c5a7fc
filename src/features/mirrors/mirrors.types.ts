// The values of the room of imports and mirrors.
import type { imports, mirrors } from '../../platform/db/tables/mirrors.ts';

export type ImportRow = typeof imports.$inferSelect;
export type MirrorRow = typeof mirrors.$inferSelect;
export type ImportState = ImportRow['state'];

/** Who one is on another server. */
export interface Credentials {
  username: string;
  password: string;
}

/** Another server's repository, as far as connections to it need to know. */
export interface Remote {
  url: string;
  /** The header Authorization for its host. */
  authorization: string | undefined;
}
