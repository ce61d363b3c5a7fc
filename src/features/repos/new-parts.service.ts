// What other rooms put into every new repository, in the transaction that makes it: they add it here.
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { RepositoryRow } from './repos.types.ts';

/** Writes rows only, and few: whoever makes a repository waits for it. */
export type AddNewPart = (app: App, tx: Tx, repository: RepositoryRow) => Promise<void>;

const added = new WeakMap<App, AddNewPart[]>();

/** Adds something to every repository that is made from now on: new ones, forks, imports and mirrors. */
export function addNewPart(app: App, part: AddNewPart): void {
  added.set(app, [...(added.get(app) ?? []), part]);
}

/** Writes all that rooms added. */
export async function writeNewParts(app: App, tx: Tx, repository: RepositoryRow): Promise<void> {
  for (const part of added.get(app) ?? []) await part(app, tx, repository);
}
