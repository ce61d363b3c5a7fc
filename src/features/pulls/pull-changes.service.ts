// The changes of a pull request: what its head has that its base had not when they parted.
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Change } from '../code/changes.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { endsOf } from './anchors.service.ts';
import type { Pull } from './pulls.types.ts';

/** The comparison that a pull request's page shows; all of it lies in the base repository. Throws AppError not_found. */
export async function changeOf(
  app: App,
  open: OpenRepository,
  pull: Pick<Pull, 'pull'>,
  ignoreWhitespace: boolean,
): Promise<Change> {
  const { baseOid, headOid } = await endsOf(app, open.dir, pull);
  const objects = app.git.objects(open.dir);
  const [before, after] = await Promise.all([objects.commit(baseOid), objects.commit(headOid)]);
  if (!before || !after) throw notFound('commit');
  return { before: { open, commit: before }, after: { open, commit: after }, ignoreWhitespace };
}
