// Topics in Gitea's REST API v1.

import { z } from 'zod';
import type { Actor } from '../../base/actor.ts';
import { invalid } from '../../base/errors.ts';
import { isoTime } from '../../base/time.ts';
import { lazily } from '../../platform/api/description.ts';
import { bodyOf, queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { openGate, repositoryGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from './access.service.ts';
import type { Ability, OpenRepository } from './repos.types.ts';
import { topicsBody } from './repository-bodies.input.ts';
import { readTopic } from './topics.input.ts';
import { addTopic, findTopics, removeTopic, setTopics, topicsOfOne } from './topics.service.ts';

const AT = '/api/v1/repos/:owner/:repo/topics';

const searchQuery = lazily(() =>
  z.object({ q: z.string().max(100, 'At most 100 characters are possible.').optional() }),
);

const siteRoutes: Route<'repositories:list', Actor>[] = [
  {
    method: 'get',
    path: '/api/v1/topics/search',
    access: 'repositories:list',
    expensive: true,
    handler: getSearch,
    api: {
      tag: 'repository',
      id: 'topicSearch',
      summary: 'Find topics by a part of their names',
      about: 'Only repositories that whoever asks may see are counted. `id` is a number made of the name.',
      query: searchQuery,
      answer: 'TopicSearchResults',
      paged: true,
    },
  },
];

const routes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: AT,
    access: 'repository:see',
    handler: getTopics,
    api: {
      tag: 'repository',
      id: 'repoListTopics',
      summary: 'List the topics of a repository',
      answer: 'TopicName',
      paged: true,
    },
  },
  {
    method: 'put',
    path: AT,
    access: 'settings:describe',
    handler: putTopics,
    api: {
      tag: 'repository',
      id: 'repoUpdateTopics',
      summary: 'Replace the topics of a repository',
      body: topicsBody,
      example: { topics: ['forge', 'git'] },
      answer: 'none',
    },
  },
  {
    method: 'put',
    path: `${AT}/:topic`,
    access: 'settings:describe',
    handler: putTopic,
    api: { tag: 'repository', id: 'repoAddTopic', summary: 'Add a topic to a repository', answer: 'none' },
  },
  {
    method: 'delete',
    path: `${AT}/:topic`,
    access: 'settings:describe',
    handler: deleteTopic,
    api: {
      tag: 'repository',
      id: 'repoDeleteTopic',
      summary: 'Take a topic away from a repository',
      answer: 'none',
    },
  },
];

/** Adds topics to `/api/v1`. */
export function mountTopicApi(web: WebApp): void {
  mountRoutes(web, openGate, siteRoutes);
  mountRoutes(web, repositoryGate(openRepository), routes);
}

async function getSearch(c: WebContext, actor: Actor): Promise<Response> {
  const { q = '' } = queryOf(c, searchQuery);
  const asked = pageOf(c);
  const { items, total } = await findTopics(c.var.app, actor, q, asked);
  setPages(c, { ...asked, total });
  const topics = items.map(({ name, repositories, createdAt, updatedAt }) => ({
    id: numberOf(name),
    topic_name: name,
    repo_count: repositories,
    created: isoTime(createdAt),
    updated: isoTime(updatedAt),
  }));
  return c.json({ topics });
}

/** Topics have no rows of their own: FNV-1a of the name, in 31 bits, tells them apart for clients that want a number. */
function numberOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 1;
}

async function getTopics(c: WebContext, open: OpenRepository): Promise<Response> {
  const all = await topicsOfOne(c.var.app, open.repository.id);
  const asked = pageOf(c);
  setPages(c, { ...asked, total: all.length });
  return c.json({ topics: all.slice((asked.page - 1) * asked.limit, asked.page * asked.limit) });
}

async function putTopics(c: WebContext, open: OpenRepository): Promise<Response> {
  const { topics } = await bodyOf(c, topicsBody);
  refuseInvalid(topics);
  await setTopics(c.var.app, c.var.actor, open, topics);
  return c.body(null, 204);
}

async function putTopic(c: WebContext, open: OpenRepository): Promise<Response> {
  const topic = c.req.param('topic') ?? '';
  refuseInvalid([topic]);
  await addTopic(c.var.app, c.var.actor, open, topic);
  return c.body(null, 204);
}

/** All that are wrong by name at once: whoever sends many need not try one by one. */
function refuseInvalid(topics: readonly string[]): void {
  const wrong = topics.filter((topic) => readTopic(topic) === undefined);
  if (wrong.length === 0) return;
  const rule =
    'Topics begin with a letter or a digit, hold letters, digits, hyphens and dots, and have at most 50 characters.';
  throw invalid({
    topics: `${rule} Not so: ${wrong
      .map((topic) => topic.slice(0, 60))
      .join(', ')
      .slice(0, 500)}`,
  });
}

async function deleteTopic(c: WebContext, open: OpenRepository): Promise<Response> {
  await removeTopic(c.var.app, c.var.actor, open, c.req.param('topic') ?? '');
  return c.body(null, 204);
}
