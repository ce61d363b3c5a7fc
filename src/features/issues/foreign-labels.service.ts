// A repository that goes to another owner keeps the labels of its issues: those of the former organization become its own.
import type { App } from '../../platform/app.types.ts';
import { findByIdInside } from '../repos/access.service.ts';
import {
  findLabelByName,
  insertLabelIfAbsent,
  listForeignLabels,
  noteLabelledIn,
  relabel,
} from './labels.store.ts';

/** Runs after a transfer; running again changes nothing. */
export async function keepForeignLabels(app: App, repositoryId: number): Promise<void> {
  await app.db.write(async (tx) => {
    const found = await findByIdInside(tx, repositoryId);
    if (!found) return;
    const now = app.clock.now();
    for (const label of await listForeignLabels(tx, repositoryId, found.repository.ownerId)) {
      const { name, description, color, isExclusive } = label;
      await insertLabelIfAbsent(tx, { repositoryId }, { name, description, color, isExclusive }, now);
      const own = await findLabelByName(tx, { repositoryId }, name);
      if (!own) continue;
      await noteLabelledIn(tx, label.id, repositoryId, now);
      await relabel(tx, repositoryId, label.id, own.id);
    }
  });
}
