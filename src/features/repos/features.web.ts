// The page that switches the features of a repository on and off.
import { SHIPPED_UNITS, UNITS, type Unit } from '../../base/abilities.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from './frame.service.ts';
import { isArchived, isUnitOn } from './repos.policy.ts';
import { changeRepository } from './repos.service.ts';
import type { OpenRepository, RepositoryRow } from './repos.types.ts';

const DESCRIPTIONS: Partial<Record<Unit, { label: string; hint: string }>> = {
  code: {
    label: 'Code',
    hint: 'Files, commits and branches, on these pages and for git. Switched off, nothing is lost and nobody reaches it.',
  },
  issues: {
    label: 'Issues',
    hint: 'What is to be done and what is wrong, with labels and milestones. Switched off, nothing is lost and nobody reaches it.',
  },
  pulls: {
    label: 'Pull requests',
    hint: 'Changes to be reviewed and merged. They need code: where that is switched off, so are they.',
  },
  releases: { label: 'Releases', hint: 'Versions with notes and files to download.' },
};

/** The page of a repository's features. */
export function getFeatures(c: WebContext, open: OpenRepository): Response {
  return page(c, 'repos/settings-features', {
    title: `Features · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'settings'),
    section: 'features',
    isArchived: isArchived(open.repository),
    features: SHIPPED_UNITS.map((unit) => ({
      unit,
      ...(DESCRIPTIONS[unit] ?? { label: unit, hint: '' }),
      isOn: isUnitOn(open.repository, unit),
    })),
  });
}

/** Switches features on and off as the form says. */
export async function postFeatures(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  const disabledUnits = unitsOff(open.repository, form).join(',');
  await changeRepository(c.var.app, c.var.actor, open, { disabledUnits });
  return redirectWithMessage(c, `${open.path}/settings/features`, 'Features saved.');
}

/** Units that the page does not show stay as they are. */
function unitsOff(repository: RepositoryRow, form: Record<string, string>): Unit[] {
  const shown: readonly Unit[] = SHIPPED_UNITS;
  return UNITS.filter((unit) => (shown.includes(unit) ? form[unit] !== 'on' : !isUnitOn(repository, unit)));
}
