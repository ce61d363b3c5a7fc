// What is sent to a webhook: the body in the shape that it wants, and the headers that name the event.
import { SYSTEM } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import { chatMessage } from './chat-messages.service.ts';
import { factsOf } from './facts.service.ts';
import type { Facts, Json } from './facts.types.ts';
import { giteaNames, giteaPayload } from './gitea-payloads.service.ts';
import { githubNames, githubPayload } from './github-payloads.service.ts';
import { orUndefined } from './gone.service.ts';
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
  const facts = await factsOf(app, happening);
  if (hook.format === 'github') return githubMessage(hook, facts);
  if (hook.format === 'gitea') return giteaMessage(hook, facts);
  return {
    ...encoded('json', chatMessage(hook, facts)),
    ...{ headers: {}, event: giteaNames(facts).event, action: happening.action },
  };
}

/** Gitea names each event for those who wait for GitHub's and Gogs' headers too. */
function giteaMessage(hook: Hook, facts: Facts): HookMessage {
  const { event, type } = giteaNames(facts);
  const headers = {
    ...{ 'X-Gitea-Event': event, 'X-Gitea-Event-Type': type },
    ...{ 'X-Gogs-Event': event, 'X-Gogs-Event-Type': type },
    ...{ 'X-GitHub-Event': event, 'X-GitHub-Event-Type': type },
  };
  const { action } = facts.happening;
  return { ...encoded(hook.contentType, giteaPayload(facts)), headers, event, action };
}

function githubMessage(hook: Hook, facts: Facts): HookMessage {
  const { event, action } = githubNames(facts);
  const headers = { 'X-GitHub-Event': event };
  return { ...encoded(hook.contentType, githubPayload(facts, hook)), headers, event, action };
}

/** A form holds the JSON in its field `payload`. */
function encoded(contentType: Hook['contentType'], payload: Json): Pick<HookMessage, 'contentType' | 'body'> {
  const json = JSON.stringify(payload);
  if (contentType === 'json') return { contentType: 'application/json', body: Buffer.from(json) };
  const body = Buffer.from(new URLSearchParams({ payload: json }).toString());
  return { contentType: 'application/x-www-form-urlencoded', body };
}

/** Where a message goes, and how: Matrix takes what comes twice under one id once. */
export function addressOf(hook: Hook, uuid: string): { url: string; method: 'POST' | 'PUT' } {
  if (hook.format !== 'matrix') return { url: hook.url, method: 'POST' };
  const room = encodeURIComponent(hook.options.room_id ?? '');
  const base = hook.url.replace(/\/+$/, '');
  const path = `_matrix/client/v3/rooms/${room}/send/m.room.message/${encodeURIComponent(uuid)}`;
  return { url: `${base}/${path}`, method: 'PUT' };
}

/**
 * What is sent to try a webhook: of a repository in Gitea's shape the last commit as if it were pushed, as Gitea does it; else a
 * word that names nothing but whose webhook it is.
 */
export async function testHappening(app: App, hook: Hook): Promise<Happening> {
  const { repositoryId, ownerId, createdById } = hook;
  const about = createdById === null ? {} : { userId: createdById };
  const ping: Happening = {
    ...{ part: 'test', name: 'ping', action: '', about, event: undefined, at: app.clock.now() },
    ...(repositoryId === null ? {} : { repositoryId }),
    ownerIds: ownerId === null ? [] : [ownerId],
  };
  const update = hook.format === 'gitea' && repositoryId !== null && (await lastPush(app, repositoryId));
  if (!update) return ping;
  return { ...ping, name: 'push', ref: update.ref, about: { ...about, update } };
}

/** The newest commit of the default branch, as a push of it alone; undefined where there is none. */
async function lastPush(app: App, repositoryId: number): Promise<RefUpdate | undefined> {
  const open = await orUndefined(openRepositoryById(app, SYSTEM, repositoryId, 'repository:see'));
  if (!open) return undefined;
  const ref = `refs/heads/${open.repository.defaultBranch}`;
  const commit = await app.git.objects(open.dir).commit(ref);
  if (!commit) return undefined;
  const { oid: newOid, parents } = commit;
  return { ref, oldOid: parents[0] ?? '0'.repeat(newOid.length), newOid };
}
