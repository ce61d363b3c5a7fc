// Labels as their lists show them.
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { countOpenByLabel } from './index-counts.service.ts';
import { kindsReadIn } from './issues.policy.ts';
import { LABEL_PRESETS } from './label-presets.data.ts';
import { type LabelItem, type LabelRow, scopeOf } from './labels.types.ts';
import { sidebarLabel } from './sidebar.present.ts';

export type { LabelItem } from './labels.types.ts';

/** The labels of a repository's list, with how many open issues have each; those of its organization are not changed there. */
export async function repositoryLabelItems(
  app: App,
  open: OpenRepository,
  rows: readonly LabelRow[],
): Promise<LabelItem[]> {
  const counts = await countOpenByLabel(app, open.repository.id, kindsReadIn(open));
  return rows.map((row) => ({
    ...itemOf(row),
    href: sidebarLabel(open, row).href,
    openIssues: counts.get(row.id) ?? 0,
    isInherited: row.organizationId !== null,
  }));
}

/** A label of an organization's own list. */
export function itemOf({ id, name, color, description, isExclusive }: LabelRow): LabelItem {
  const scope = scopeOf(name);
  return {
    id,
    name,
    color,
    description,
    isExclusive,
    scope: isExclusive ? scope : undefined,
    href: undefined,
    openIssues: undefined,
    isInherited: false,
  };
}

/** Labels whose name or description holds all the words. */
export function labelsMatching<L extends { name: string; description: string }>(
  labels: readonly L[],
  words: string,
): L[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return labels.filter(({ name, description }) => {
    const text = `${name}\n${description}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** The sets that an empty list offers. */
export function presetItems() {
  return LABEL_PRESETS.map(({ key, title, text, labels }) => ({ key, title, text, labels }));
}
