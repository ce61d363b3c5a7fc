// Topics: what a repository is about, in words by which it is found.
import { type Actor, doneBy } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { requireStillOpen } from './access.service.ts';
import { requireAbility, viewerOf } from './repos.policy.ts';
import { updateRepository } from './repos.store.ts';
import type { OpenRepository } from './repos.types.ts';
import { parseTopics } from './topics.input.ts';
import { countTopics, listTopics, replaceTopics, searchTopics, type TopicCount } from './topics.store.ts';

export { readTopic } from './topics.input.ts';

/** Repositories in one statement at most. */
const AT_ONCE = 1000;

/** The topics of repositories that were opened or found for somebody, by name; those without any are left out. */
export async function topicsOf(app: App, ids: Iterable<number>): Promise<Map<number, string[]>> {
  const wanted = [...new Set(ids)];
  const topics = new Map<number, string[]>();
  for (let from = 0; from < wanted.length; from += AT_ONCE)
    for (const { repositoryId, name } of await listTopics(app.db.read, wanted.slice(from, from + AT_ONCE)))
      topics.set(repositoryId, [...(topics.get(repositoryId) ?? []), name]);
  return topics;
}

/** The topics of one repository that was opened for somebody. */
export async function topicsOfOne(app: App, repositoryId: number): Promise<string[]> {
  return (await listTopics(app.db.read, [repositoryId])).map(({ name }) => name);
}

/** Makes these the topics of a repository. Throws AppError invalid on `topics`. */
export async function setTopics(
  app: App,
  actor: Actor,
  open: OpenRepository,
  names: readonly unknown[],
): Promise<string[]> {
  const wanted = parseTopics(names);
  return changeTopics(app, actor, open, () => wanted);
}

/** Adds a topic; nothing happens when it is there. Throws AppError invalid on `topics`. */
export async function addTopic(
  app: App,
  actor: Actor,
  open: OpenRepository,
  name: string,
): Promise<string[]> {
  const [topic = ''] = parseTopics([name]);
  return changeTopics(app, actor, open, (before) => parseTopics([...before, topic]));
}

/** Takes a topic away; throws AppError not_found when it is not there. */
export async function removeTopic(
  app: App,
  actor: Actor,
  open: OpenRepository,
  name: string,
): Promise<string[]> {
  const topic = name.toLowerCase();
  return changeTopics(app, actor, open, (before) => {
    if (!before.includes(topic)) throw notFound('topic');
    return before.filter((one) => one !== topic);
  });
}

async function changeTopics(
  app: App,
  actor: Actor,
  open: OpenRepository,
  change: (before: string[]) => string[],
): Promise<string[]> {
  await requireAbility(app.db.read, actor, open, 'settings:describe');
  return app.db.write(async (tx) => {
    const { id } = (await requireStillOpen(tx, actor, open.repository.id, 'settings:describe')).repository;
    const before = (await listTopics(tx, [id])).map(({ name }) => name);
    const topics = change(before);
    if (topics.join(' ') !== before.join(' ')) await writeTopics(app, tx, actor, id, topics);
    return topics;
  });
}

async function writeTopics(
  app: App,
  tx: Tx,
  actor: Actor,
  repositoryId: number,
  topics: string[],
): Promise<void> {
  const now = app.clock.now();
  await replaceTopics(tx, repositoryId, topics, now);
  await updateRepository(tx, repositoryId, { updatedAt: now });
  await app.events.record(tx, {
    kind: 'repository.topics_changed',
    ...doneBy(actor),
    repositoryId,
    topics,
  });
}

/** Topics that hold some text, with how many repositories of those the actor sees have them; nothing else is counted. */
export async function findTopics(
  app: App,
  actor: Actor,
  text: string,
  { page, limit }: { page: number; limit: number },
): Promise<{ items: TopicCount[]; total: number }> {
  requireSiteAbility(actor, 'repositories:list');
  const words = text.trim().toLowerCase().slice(0, 50);
  const viewer = viewerOf(actor);
  const items = await searchTopics(app.db.read, viewer, words, { offset: (page - 1) * limit, limit });
  return { items, total: await countTopics(app.db.read, viewer, words) };
}
