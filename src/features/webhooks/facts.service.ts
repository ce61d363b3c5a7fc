// Finds out what there is to say of a happening, once for all webhooks that are told of it.
import { SYSTEM } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { organizationJson } from '../orgs/organizations.json.ts';
import { organizationsByIds } from '../orgs/orgs.service.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import type { OpenRepository, RepositorySummary } from '../repos/repos.types.ts';
import { summariesJson } from '../repos/repository.json.ts';
import { accountsJson, ghostJson } from '../users/accounts.json.ts';
import { isOpenTo } from './audience.service.ts';
import { codeFacts } from './code-facts.service.ts';
import { conversationFacts } from './conversation-facts.service.ts';
import type { Facts, Json } from './facts.types.ts';
import { findSummary } from './happenings.store.ts';
import type { Happening } from './happenings.types.ts';
import { peopleFacts } from './people-facts.service.ts';

const known = new WeakMap<Happening, Promise<Facts>>();

/** What there is to say, read once for each happening. */
export function factsOf(app: App, happening: Happening): Promise<Facts> {
  const found = known.get(happening) ?? readFacts(app, happening);
  known.set(happening, found);
  return found;
}

async function readFacts(app: App, happening: Happening): Promise<Facts> {
  const { repositoryId } = happening;
  const summary = repositoryId === undefined ? undefined : await findSummary(app.db.read, repositoryId);
  const open = summary && (await openedOrGone(app, summary));
  const facts = { ...(await frameOf(app, happening, summary)) };
  return {
    ...facts,
    ...(await peopleFacts(app, happening)),
    ...(open ? await codeFacts(app, open, happening) : {}),
    ...(open ? await conversationFacts(app, open, happening) : {}),
  };
}

/** Nothing can be read of a repository that was deleted. */
async function openedOrGone(
  app: App,
  { repository }: RepositorySummary,
): Promise<OpenRepository | undefined> {
  try {
    return await openRepositoryById(app, SYSTEM, repository.id, 'repository:see');
  } catch (error) {
    if (isAppError(error, 'not_found')) return undefined;
    throw error;
  }
}

/** What every message says: who did it, where, and in whose name. */
async function frameOf(
  app: App,
  happening: Happening,
  summary: RepositorySummary | undefined,
): Promise<Facts> {
  const sender = await senderOf(app, happening, summary);
  const facts: Facts = { happening, site: app.publicUrl(), sender, ...pusherOf(happening) };
  const organization = await organizationOf(app, happening, summary);
  if (organization) facts.organization = organization;
  if (!summary) return facts;
  const [repository] = await summariesJson(app, SYSTEM, [summary]);
  if (repository) facts.repository = await shownRepository(app, summary, repository);
  return { ...facts, visibility: summary.repository.visibility };
}

/** A key pushes in the name of whoever owns the repository. */
async function senderOf(
  app: App,
  { event, about }: Happening,
  summary: RepositorySummary | undefined,
): Promise<Json> {
  const isKey = event?.kind === 'push' && event.deployKey !== undefined;
  const id = event ? (isKey ? summary?.repository.ownerId : event.actorId) : about.userId;
  if (id === undefined) return ghostJson(app);
  return (await accountsJson(app, undefined, [id])).get(id) ?? ghostJson(app);
}

function pusherOf({ event }: Happening): Pick<Facts, 'pusher'> {
  if (event?.kind !== 'push' || !event.deployKey) return {};
  return { pusher: event.deployKey.title };
}

async function organizationOf(
  app: App,
  { event, ownerIds }: Happening,
  summary: RepositorySummary | undefined,
): Promise<Json | undefined> {
  const id = summary?.ownerKind === 'organization' ? summary.repository.ownerId : ownerIds[0];
  const isOfOne = summary ? summary.ownerKind === 'organization' : id !== undefined;
  if (!isOfOne || id === undefined) return undefined;
  const organization = (await organizationsByIds(app, [id])).get(id);
  if (organization) return organizationJson(app, organization);
  // Of a deleted one no more is left than what the event says.
  return event?.kind === 'organization.deleted' ? goneOrganization(app, id, event.name) : undefined;
}

function goneOrganization(app: App, id: number, name: string): Json {
  return {
    ...{ id, name, full_name: '', email: '', avatar_url: `${app.publicUrl()}/avatars/${name}` },
    ...{ description: '', website: '', location: '', visibility: 'private' },
    ...{ repo_admin_change_team_access: true, username: name },
  };
}

/** As those who manage its webhooks may know it: not of a parent that is closed to them, nor of a transfer that waits. */
async function shownRepository(app: App, { repository }: RepositorySummary, json: Json): Promise<Json> {
  const shown = { ...json, repo_transfer: null };
  if (repository.parentId === null || !json.parent) return shown;
  const parent = await findSummary(app.db.read, repository.parentId);
  if (parent && isOpenTo(parent.repository.visibility, repository.visibility))
    return { ...shown, parent: { ...(json.parent as Json), repo_transfer: null } };
  return { ...shown, parent: null };
}
