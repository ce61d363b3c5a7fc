// What the REST API tells of accounts and of what they prove themselves by.
import type { WebApp } from '../../platform/web/web.types.ts';
import { mountAccountsApi } from './accounts.api.ts';
import { mountEmailsApi } from './emails.api.ts';
import { mountGpgKeysApi } from './gpg-keys.api.ts';
import { mountUserSettingsApi } from './settings.api.ts';
import { mountSiteKeyApi } from './site-key.api.ts';
import { mountSshKeysApi } from './ssh-keys.api.ts';
import { mountTokensApi } from './tokens.api.ts';

/** Adds accounts, keys, addresses, tokens and settings to `/api/v1`. */
export function mountUserApi(web: WebApp): void {
  mountAccountsApi(web);
  mountSshKeysApi(web);
  mountGpgKeysApi(web);
  mountEmailsApi(web);
  mountTokensApi(web);
  mountUserSettingsApi(web);
  mountSiteKeyApi(web);
}
