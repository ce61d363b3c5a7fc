// The values of SSH keys.
import type { sshKeys } from '../../platform/db/tables/users.ts';

export type SshKeyRow = typeof sshKeys.$inferSelect;

/** A key as it was typed. */
export interface NewSshKey {
  /** Empty: the key's comment becomes the title. */
  title: string;
  /** One line as in an authorized_keys file: type, base64, comment. */
  key: string;
}

/** A public key whose every byte was checked. */
export interface PublicKey {
  /** E.g. ssh-ed25519. */
  type: string;
  /** `type base64`, without a comment. */
  text: string;
  /** `SHA256:…` as OpenSSH prints it. */
  fingerprint: string;
  comment: string;
}
