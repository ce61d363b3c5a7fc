// Turns access tokens into rows, and scopes into words.
import type { AccessScope } from '../../base/actor.ts';
import { scopesOf } from './tokens.service.ts';
import type { AccessTokenRow } from './tokens.types.ts';

export interface TokenItem {
  id: number;
  name: string;
  lastEight: string;
  scopes: AccessScope[];
  createdAt: number;
  lastUsedAt: number | null;
  expiresAt: number | null;
  isExpired: boolean;
}

/** A row of the list of tokens. */
export function tokenItem(row: AccessTokenRow, now: number): TokenItem {
  const { id, name, lastEight, createdAt, lastUsedAt, expiresAt } = row;
  const isExpired = expiresAt !== null && expiresAt <= now;
  return { id, name, lastEight, scopes: scopesOf(row), createdAt, lastUsedAt, expiresAt, isExpired };
}

/** What the form offers, with what each scope lets a token do. */
export const SCOPE_CHOICES: readonly { scope: AccessScope; hint: string }[] = [
  { scope: 'read:repository', hint: 'Clone and read every repository you may read.' },
  { scope: 'write:repository', hint: 'Push, create, change and delete repositories. Includes reading.' },
  { scope: 'read:user', hint: 'Read your account: name, e-mail address, SSH keys.' },
  { scope: 'write:user', hint: 'Add and remove SSH keys. Includes reading.' },
  { scope: 'all', hint: 'Everything that tokens can do on your behalf.' },
];
