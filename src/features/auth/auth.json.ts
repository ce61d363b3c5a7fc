// SSH and GPG keys as Gitea's API clients expect them.
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { SshKeyRow } from './ssh-keys.types.ts';

type Json = Record<string, unknown>;

/** A key as anybody may see it: what its person calls it and when they use it is theirs. */
export function openSshKeyJson(app: App, row: SshKeyRow): Json {
  return {
    id: row.id,
    key: row.publicKey,
    url: `${app.publicUrl()}/api/v1/user/keys/${row.id}`,
    title: '',
    fingerprint: row.fingerprint,
    created_at: isoTime(row.createdAt),
  };
}

/** A key of the account that `user` shows. */
export function sshKeyJson(app: App, row: SshKeyRow, user: Json): Json {
  return {
    id: row.id,
    key: row.publicKey,
    url: `${app.publicUrl()}/api/v1/user/keys/${row.id}`,
    title: row.title,
    fingerprint: row.fingerprint,
    created_at: isoTime(row.createdAt),
    ...(row.lastUsedAt === null ? {} : { last_used_at: isoTime(row.lastUsedAt) }),
    user,
    read_only: false,
    key_type: 'user',
  };
}
