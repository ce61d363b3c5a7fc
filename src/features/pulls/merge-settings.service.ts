// How pull requests of a repository are merged: which styles, which messages, and what happens afterwards.
import { type Actor, doneBy } from '../../base/actor.ts';
import { invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { MergeStyle } from '../../platform/db/tables/pulls.ts';
import { requireStillOpen } from '../repos/access.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { findMergeSettings, listMergeSettings, saveMergeSettings } from './merge-settings.store.ts';
import {
  MERGE_STYLES,
  type MergeSettings,
  type MessageTemplate,
  STYLES_WITH_MESSAGE,
} from './merges.types.ts';

const MAX_TITLE = 500;
const MAX_BODY = 10_000;

/** What holds until somebody chooses otherwise. */
export const DEFAULT_MERGE_SETTINGS: MergeSettings = {
  styles: ['merge', 'squash', 'rebase'],
  defaultStyle: 'merge',
  messages: {},
  deletesBranch: false,
  allowsAutoMerge: true,
  suggestsUpdate: true,
};

/** How pull requests of a repository are merged today. */
export async function mergeSettingsOf(app: App, repositoryId: number): Promise<MergeSettings> {
  const row = await findMergeSettings(app.db.read, repositoryId);
  if (!row) return DEFAULT_MERGE_SETTINGS;
  const { styles, defaultStyle, messages, deletesBranch, allowsAutoMerge, suggestsUpdate } = row;
  return { styles, defaultStyle, messages, deletesBranch, allowsAutoMerge, suggestsUpdate };
}

/** As `mergeSettingsOf`, of many repositories in one statement; those left out are as DEFAULT_MERGE_SETTINGS says. */
export async function mergeSettingsAmong(
  app: App,
  repositoryIds: readonly number[],
): Promise<Map<number, MergeSettings>> {
  const rows = await listMergeSettings(app.db.read, repositoryIds);
  return new Map(rows.map((row) => [row.repositoryId, row]));
}

/** What can be wrong with settings; throws AppError invalid with the field. */
export function checkMergeSettings(wanted: MergeSettings): void {
  checked(wanted);
}

/** Changes how pull requests are merged. Throws AppError invalid with the field, and what the judgement throws. */
export async function changeMergeSettings(
  app: App,
  actor: Actor,
  open: OpenRepository,
  wanted: MergeSettings,
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'settings:manage');
  const settings = checked(wanted);
  const repositoryId = open.repository.id;
  await app.db.write(async (tx) => {
    await requireStillOpen(tx, actor, repositoryId, 'settings:manage');
    const row = await findMergeSettings(tx, repositoryId);
    const changes = changedNames({ ...DEFAULT_MERGE_SETTINGS, ...row }, settings);
    if (changes.length === 0) return;
    const { styles, messages, ...others } = settings;
    const updatedAt = app.clock.now();
    await saveMergeSettings(tx, { repositoryId, styles: [...styles], messages, ...others, updatedAt });
    await app.events.record(tx, {
      kind: 'merge_settings.changed',
      ...doneBy(actor),
      repositoryId,
      changes,
    });
  });
}

function checked(wanted: MergeSettings): MergeSettings {
  const styles = MERGE_STYLES.filter((style) => wanted.styles.includes(style));
  if (styles.length === 0)
    throw invalid({ styles: 'Permit at least one way of merging: otherwise nothing could be merged.' });
  if (!styles.includes(wanted.defaultStyle))
    throw invalid({ defaultStyle: 'Choose one of the permitted ways of merging.' });
  return { ...wanted, styles, messages: checkedMessages(wanted.messages) };
}

function checkedMessages(messages: MergeSettings['messages']): MergeSettings['messages'] {
  const kept: Partial<Record<MergeStyle, MessageTemplate>> = {};
  for (const style of STYLES_WITH_MESSAGE) {
    const title = messages[style]?.title.replace(/\s+/g, ' ').trim() ?? '';
    const body = messages[style]?.body.replace(/\r\n?/g, '\n').trim() ?? '';
    if (title.length > MAX_TITLE)
      throw invalid({ [`${style}Title`]: `A title has at most ${MAX_TITLE} characters.` });
    if (body.length > MAX_BODY)
      throw invalid({
        [`${style}Body`]: `A message has at most ${MAX_BODY.toLocaleString('en')} characters.`,
      });
    if (title !== '' || body !== '') kept[style] = { title, body };
  }
  return kept;
}

function changedNames(before: MergeSettings, after: MergeSettings): string[] {
  const names = Object.keys(DEFAULT_MERGE_SETTINGS) as (keyof MergeSettings)[];
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
