// The commits that callers of the API name.
import { AppError, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { NamedCommit } from './code.types.ts';
import { findNamedCommit } from './places.service.ts';

/** The commit of a branch, a tag or an id. Throws AppError not_found. */
export async function requireNamed(app: App, open: OpenRepository, name: string): Promise<NamedCommit> {
  const found = await findNamedCommit(app, open, name);
  if (!found) throw notFound('branch, tag or commit');
  return found;
}

/** As `requireNamed`; that of the default branch without a name. Throws AppError conflict where there is none yet. */
export async function requireAt(
  app: App,
  open: OpenRepository,
  name: string | undefined,
): Promise<NamedCommit> {
  if (name) return requireNamed(app, open, name);
  const found = await findNamedCommit(app, open, open.repository.defaultBranch);
  if (!found) throw new AppError('conflict', 'The repository is empty.');
  return found;
}
