// The page that says how pull requests of a repository are merged.
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { refusalOf } from '../issues/issue-requests.web.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import { isArchived } from '../repos/repos.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { STYLE_LABELS } from './merge-box.present.ts';
import { defaultTemplate, MESSAGE_VARIABLES } from './merge-messages.service.ts';
import { changeMergeSettings, mergeSettingsOf } from './merge-settings.service.ts';
import { MERGE_STYLES, type MergeSettings, STYLES_WITH_MESSAGE } from './merges.types.ts';

type Fields = Record<string, string>;

const PATH = '/:owner/:repo/settings/merging';

export const mergeSettingsRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: PATH, access: 'access:read', handler: getSettings },
  { method: 'post', path: PATH, access: 'settings:manage', handler: postSettings },
];

async function getSettings(c: WebContext, open: OpenRepository): Promise<Response> {
  const settings = await mergeSettingsOf(c.var.app, open.repository.id);
  return answer(c, open, { form: fieldsOf(settings) });
}

function answer(
  c: WebContext,
  open: OpenRepository,
  { form, errors = {}, status = 200 }: { form: Fields; errors?: Fields; status?: number },
): Response {
  const model = {
    title: `Merging · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'settings'),
    section: 'merging',
    isArchived: isArchived(open.repository),
    styles: MERGE_STYLES.map((value) => ({ value, ...STYLE_LABELS[value] })),
    messages: STYLES_WITH_MESSAGE.map((value) => ({
      ...{ value, label: STYLE_LABELS[value].button, template: defaultTemplate(value) },
    })),
    variables: MESSAGE_VARIABLES,
    ...{ form, errors },
  };
  return page(c, 'pulls/merge-settings', model, status);
}

function fieldsOf(settings: MergeSettings): Fields {
  const form: Fields = { defaultStyle: settings.defaultStyle };
  for (const style of settings.styles) form[style] = 'on';
  for (const style of STYLES_WITH_MESSAGE) {
    form[`${style}Title`] = settings.messages[style]?.title ?? '';
    form[`${style}Body`] = settings.messages[style]?.body ?? '';
  }
  for (const name of SWITCHES) if (settings[name]) form[name] = 'on';
  return form;
}

const SWITCHES = ['deletesBranch', 'allowsAutoMerge', 'suggestsUpdate'] as const;

async function postSettings(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  try {
    await changeMergeSettings(c.var.app, c.var.actor, open, settingsIn(form));
    return redirectWithMessage(c, `${open.path}/settings/merging`, 'Merging saved.');
  } catch (error) {
    const { errors, status } = refusalOf(error, 'styles');
    return answer(c, open, { form, errors, status });
  }
}

function settingsIn(form: Fields): MergeSettings {
  const isOn = (name: string) => form[name] === 'on';
  const messages = STYLES_WITH_MESSAGE.map((style) => [
    style,
    { title: form[`${style}Title`] ?? '', body: form[`${style}Body`] ?? '' },
  ]);
  return {
    styles: MERGE_STYLES.filter(isOn),
    defaultStyle: MERGE_STYLES.find((style) => style === form.defaultStyle) ?? 'merge',
    messages: Object.fromEntries(messages),
    deletesBranch: isOn('deletesBranch'),
    allowsAutoMerge: isOn('allowsAutoMerge'),
    suggestsUpdate: isOn('suggestsUpdate'),
  };
}
