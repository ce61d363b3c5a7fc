// What is printed to whoever pushed branches: rooms to the right add their lines here.
import type { App } from '../../platform/app.types.ts';
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import type { OpenTransport } from './transport.service.ts';

/** Lines about refs that have moved, and what the push's options ask to be done with them. */
export type SayOfPush = (
  app: App,
  transport: OpenTransport,
  updates: readonly RefUpdate[],
  pushOptions: readonly string[],
) => Promise<string[]>;

const added = new WeakMap<App, SayOfPush[]>();

/** Adds lines to every push. */
export function addPushWords(app: App, say: SayOfPush): void {
  added.set(app, [...(added.get(app) ?? []), say]);
}

/** What there is to say of a push; words that cannot be found are no reason for it to fail. */
export async function wordsOfPush(
  app: App,
  transport: OpenTransport,
  updates: readonly RefUpdate[],
  pushOptions: readonly string[],
): Promise<string[]> {
  const lines: string[] = [];
  for (const say of added.get(app) ?? [])
    lines.push(
      ...(await say(app, transport, updates, pushOptions).catch((error: unknown) => {
        app.log.error({ err: error }, 'what a push leads to was not found');
        return [];
      })),
    );
  return lines;
}
