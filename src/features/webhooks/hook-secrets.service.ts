// What nobody but the program may know of a webhook: sealed in rows, opened for a delivery, and written nowhere else.
import type { App } from '../../platform/app.types.ts';
import type { Hook, HookRow, HookSecrets } from './hooks.types.ts';

const PURPOSE = 'webhooks';

/** What a row keeps. */
export function sealSecrets(app: App, { url, secret, authorization }: HookSecrets): Buffer {
  return app.secrets.seal(PURPOSE, JSON.stringify({ url, secret, authorization }));
}

/** A webhook with its address, secret and header. Throws AppError unavailable when the key file is another one. */
export function openHook(app: App, row: HookRow): Hook {
  const { sealed, ...rest } = row;
  const { url, secret, authorization } = JSON.parse(app.secrets.open(PURPOSE, sealed)) as HookSecrets;
  return { ...rest, url, secret, authorization };
}
