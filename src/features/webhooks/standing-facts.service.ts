// How those who wrote stand towards the repository, how often was reacted to what, and how many commits a pull request brings:
// what GitHub says of each text besides.
import { SYSTEM } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import { countCommitsBetween } from '../../platform/git/history.ts';
import { associationsOf } from '../issues/associations.service.ts';
import { reactionsOf } from '../issues/reactions.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Facts, Json } from './facts.types.ts';
import { orUndefined } from './gone.service.ts';

/** Memberships that are not open are told nobody. */
export async function standingFacts(
  app: App,
  open: OpenRepository,
  issueId: number,
  { issue, pull, comment, review, reviewComment }: Partial<Facts>,
): Promise<Pick<Facts, 'associations' | 'reactions' | 'commitCount'>> {
  const texts = [issue, comment, review, reviewComment];
  const writers = texts.flatMap((text) => {
    const id = (text?.user as Json | undefined)?.id;
    return typeof id === 'number' && id > 0 ? [id] : [];
  });
  const entries = [comment, reviewComment].flatMap((text) => (typeof text?.id === 'number' ? [text.id] : []));
  const [associations, reactions] = await Promise.all([
    associationsOf(app, SYSTEM, open, writers),
    reactionsOf(app, SYSTEM, issueId, [0, ...entries]),
  ]);
  return {
    associations: new Map([...associations].map(([id, word]) => [id, word.toUpperCase()])),
    reactions: new Map(
      [...reactions].map(([id, groups]) => [id, new Map(groups.map((one) => [one.content, one.count]))]),
    ),
    ...(pull ? { commitCount: await commitCountOf(app, open, pull) } : {}),
  };
}

/** Zero where its commits are gone. */
async function commitCountOf(app: App, { dir }: OpenRepository, pull: Json): Promise<number> {
  const base = String(pull.merge_base ?? '');
  const head = String((pull.head as Json).sha ?? '');
  if (base === '' || !(await app.git.objects(dir).info(head))) return 0;
  return (await orUndefined(countCommitsBetween(app.git, dir, { base, head }))) ?? 0;
}
