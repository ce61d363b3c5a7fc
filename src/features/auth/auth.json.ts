// Accounts and SSH keys as Gitea's API clients expect them. What this product does not have is left out.
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { UserRow } from '../users/users.types.ts';
import type { SshKeyRow } from './ssh-keys.types.ts';

/** An account as its own person sees it. */
export function ownUserJson(app: App, user: UserRow): Record<string, unknown> {
  return {
    id: user.id,
    login: user.name,
    login_name: '',
    source_id: 0,
    full_name: user.displayName,
    email: user.email,
    html_url: `${app.publicUrl()}/${user.name}`,
    username: user.name,
    is_admin: user.isAdmin,
    active: true,
    prohibit_login: user.isSuspended,
    created: isoTime(user.createdAt),
    ...(user.lastLoginAt === null ? {} : { last_login: isoTime(user.lastLoginAt) }),
  };
}

/** A key of the account `user`. */
export function sshKeyJson(app: App, row: SshKeyRow, user: UserRow): Record<string, unknown> {
  return {
    id: row.id,
    key: row.publicKey,
    url: `${app.publicUrl()}/api/v1/user/keys/${row.id}`,
    title: row.title,
    fingerprint: row.fingerprint,
    created_at: isoTime(row.createdAt),
    ...(row.lastUsedAt === null ? {} : { last_used_at: isoTime(row.lastUsedAt) }),
    user: ownUserJson(app, user),
    read_only: false,
    key_type: 'user',
  };
}
