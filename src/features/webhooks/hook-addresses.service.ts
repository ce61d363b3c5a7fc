// Addresses of webhooks: which may be given, and how they are shown.
import { isIP } from 'node:net';
import { invalid } from '../../base/errors.ts';
import { mayConnectTo } from '../../base/network-guard.ts';
import type { App } from '../../platform/app.types.ts';
import { HOOK_FORMATS } from './hook-formats.data.ts';
import type { HookFormat } from './hooks.types.ts';

/**
 * Refuses an address that says itself that it leads inside, so that whoever typed it is told at once. Names are judged by
 * what they lead to whenever something is sent. Throws AppError invalid.
 */
export function requireReachable(app: App, url: string): void {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const allowed = app.config.network.allow_private;
  const address = /(^|\.)localhost\.?$/i.test(host) ? '127.0.0.1' : host;
  if (isIP(address) === 0 || mayConnectTo(address, allowed)) return;
  throw invalid({
    url: 'This address is not on the public internet. An administrator may allow it by the setting network.allow_private.',
  });
}

/** An address as its managers see it again: what follows the host of a chat's address is a secret. */
export function shownAddress(format: HookFormat, url: string): string {
  if (!HOOK_FORMATS[format].isChat) return url;
  const { origin, pathname, search } = new URL(url);
  return pathname === '/' && search === '' ? origin : `${origin}/…`;
}
