// How many open issues of a repository have each of some labels.
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { countOpenLabelled } from './labels.store.ts';

/** By the label's id; labels of no open issue are left out. Pull requests are not counted. */
export async function openCounts(
  app: App,
  { repository }: Pick<OpenRepository, 'repository'>,
  labels: readonly { id: number }[],
): Promise<Map<number, number>> {
  return countOpenLabelled(
    app.db.read,
    repository.id,
    labels.map(({ id }) => id),
  );
}
