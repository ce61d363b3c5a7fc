// How pull requests of a repository are merged, as fields of the repository in Gitea's REST API v1.
import type { Actor } from '../../base/actor.ts';
import { invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { MergeStyle } from '../../platform/db/tables/pulls.ts';
import { isUnitOn, requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { ApiPart, SeenRepository } from '../repos/shown-parts.service.ts';
import {
  changeMergeSettings,
  checkMergeSettings,
  DEFAULT_MERGE_SETTINGS,
  mergeSettingsAmong,
  mergeSettingsOf,
} from './merge-settings.service.ts';
import { MERGE_STYLES, type MergeSettings } from './merges.types.ts';

type Json = Record<string, unknown>;

const FIELDS: Record<MergeStyle, string> = {
  merge: 'allow_merge_commits',
  squash: 'allow_squash_merge',
  rebase: 'allow_rebase',
  rebase_merge: 'allow_rebase_explicit',
  fast_forward: 'allow_fast_forward_only_merge',
};

/** Gitea's names of the styles. */
const NAMES: Record<MergeStyle, string> = {
  merge: 'merge',
  squash: 'squash',
  rebase: 'rebase',
  rebase_merge: 'rebase-merge',
  fast_forward: 'fast-forward-only',
};

const DELETES = 'default_delete_branch_after_merge';

/** What the room adds to repositories in the API. */
export const mergeSettingsPart: ApiPart = { show: showSettings, change: checkChange };

async function showSettings(app: App, seen: readonly SeenRepository[]): Promise<Map<number, Json>> {
  const ids = seen.map(({ repository }) => repository.id);
  const known = await mergeSettingsAmong(app, ids);
  return new Map(
    seen.map(({ repository }) => {
      const settings = known.get(repository.id) ?? DEFAULT_MERGE_SETTINGS;
      return [repository.id, settingsJson(settings, isUnitOn(repository, 'pulls'))];
    }),
  );
}

/** Without pull requests nothing is merged, as Gitea shows it. */
function settingsJson({ styles, defaultStyle, deletesBranch }: MergeSettings, isOn: boolean): Json {
  const allowed = MERGE_STYLES.map((style) => [FIELDS[style], isOn && styles.includes(style)]);
  return {
    ...Object.fromEntries(allowed),
    allow_rebase_update: isOn,
    default_merge_style: isOn ? NAMES[defaultStyle] : 'merge',
    [DELETES]: isOn && deletesBranch,
    default_allow_maintainer_edit: false,
    ignore_whitespace_conflicts: false,
  };
}

/** Judged before anything of the request is carried out. */
async function checkChange(
  app: App,
  actor: Actor,
  open: OpenRepository,
  body: Json,
): Promise<(() => Promise<void>) | undefined> {
  const before = await mergeSettingsOf(app, open.repository.id);
  const wanted = wantedSettings(before, body);
  if (JSON.stringify(wanted) === JSON.stringify(before)) return undefined;
  await requireAbility(app.db.read, actor, open, 'settings:manage');
  checkMergeSettings(wanted);
  return () => changeMergeSettings(app, actor, open, wanted);
}

function wantedSettings(before: MergeSettings, body: Json): MergeSettings {
  const styles = MERGE_STYLES.filter((style) => body[FIELDS[style]] ?? before.styles.includes(style));
  const defaultStyle = defaultStyleOf(before, styles, body.default_merge_style);
  return {
    ...before,
    styles,
    defaultStyle,
    deletesBranch: body[DELETES] === undefined ? before.deletesBranch : body[DELETES] === true,
  };
}

/** Where the default of before is permitted no more and none is named, the first that is permitted takes its place. */
function defaultStyleOf(before: MergeSettings, styles: MergeStyle[], name: unknown): MergeStyle {
  if (name === undefined || name === '')
    return styles.includes(before.defaultStyle) ? before.defaultStyle : (styles[0] ?? before.defaultStyle);
  const style = MERGE_STYLES.find((one) => NAMES[one] === name);
  if (style) return style;
  throw invalid({ default_merge_style: `Name one of ${Object.values(NAMES).join(', ')}.` });
}
