// Accounts in the JSON that Gitea's API clients expect.
import type { App } from '../../platform/app.types.ts';

type Json = Record<string, unknown>;

/** A person in a list. */
export function accountJson(
  app: App,
  { id, name, displayName = '' }: { id: number; name: string; displayName?: string },
): Json {
  return { id, login: name, full_name: displayName, username: name, html_url: `${app.publicUrl()}/${name}` };
}
