// What is sent to a webhook: the body in the shape that it wants, and the headers that name the event.
import type { App } from '../../platform/app.types.ts';
import type { Happening } from './happenings.types.ts';
import type { Hook } from './hooks.types.ts';

export interface HookMessage {
  contentType: string;
  /** Those that name the event; the ids, signatures and secrets are added by whoever sends it. */
  headers: Record<string, string>;
  body: Buffer;
  /** As X-Gitea-Event says it, or X-GitHub-Event in GitHub's shape. */
  event: string;
  action: string;
}

/** What a webhook is told of a happening, in its own shape. */
export async function messageOf(app: App, hook: Hook, happening: Happening): Promise<HookMessage> {
  const event = happening.name;
  const headers = { 'X-Gitea-Event': event, 'X-Gitea-Event-Type': event };
  const body = Buffer.from(JSON.stringify({ hook_id: hook.id, at: app.clock.now() }));
  return { contentType: 'application/json', headers, body, event, action: happening.action };
}

/** Where a message goes, and how: Matrix keeps what comes twice by its id. */
export function addressOf(hook: Hook, uuid: string): { url: string; method: 'POST' | 'PUT' } {
  if (hook.format !== 'matrix') return { url: hook.url, method: 'POST' };
  return { url: `${hook.url.replace(/\/+$/, '')}/${uuid}`, method: 'PUT' };
}

/** What is sent to try a webhook. */
export async function testHappening(app: App, hook: Hook): Promise<Happening> {
  const { repositoryId, ownerId } = hook;
  return {
    ...{ part: 'test', name: 'ping', action: '', about: {}, event: undefined, at: app.clock.now() },
    ...(repositoryId === null ? {} : { repositoryId }),
    ownerIds: ownerId === null ? [] : [ownerId],
  };
}
