// The page of a repository's labels: its own, which are changed there, and those of its organization.
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { type EditedLabel, labelIdOf, NEW_LABEL, saveLabel, wordsOf } from './label-forms.web.ts';
import { labelsMatching, presetItems, repositoryLabelItems } from './labels.present.ts';
import { addPreset, changeLabel, createLabel, deleteLabel, labelsFor } from './labels.service.ts';
import { mayOnIssues } from './standing.policy.ts';

const LABELS = '/:owner/:repo/labels';

export const labelRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: LABELS, access: 'conversations:read', handler: getLabels },
  { method: 'post', path: LABELS, access: 'conversations:manage', handler: postLabel },
  { method: 'post', path: `${LABELS}/presets`, access: 'conversations:manage', handler: postPreset },
  {
    method: 'post',
    path: `${LABELS}/:label{[0-9]{1,15}}`,
    access: 'conversations:manage',
    handler: postChange,
  },
  {
    method: 'post',
    path: `${LABELS}/:label{[0-9]{1,15}}/deletion`,
    access: 'conversations:manage',
    handler: postDeletion,
  },
];

function getLabels(c: WebContext, open: OpenRepository): Promise<Response> {
  return answer(c, open);
}

async function answer(c: WebContext, open: OpenRepository, edited?: EditedLabel): Promise<Response> {
  const { app } = c.var;
  const words = wordsOf(c);
  const all = await labelsFor(app, open);
  const [items, mayManage] = await Promise.all([
    repositoryLabelItems(app, open, labelsMatching(all, words)),
    mayOnIssues(app, open, 'conversations:manage'),
  ]);
  const model = {
    title: `Labels · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'issues'),
    action: `${open.path}/labels`,
    items,
    total: all.length,
    words,
    mayManage,
    edited,
    empty: NEW_LABEL,
    presets: mayManage && all.every(({ repositoryId }) => repositoryId === null) ? presetItems() : [],
    inheritedFrom: open.owner.kind === 'organization' ? open.owner.name : undefined,
  };
  return page(c, 'issues/labels', model, edited ? 422 : 200);
}

function postLabel(c: WebContext, open: OpenRepository): Promise<Response> {
  const save = async (form: EditedLabel['form']) => {
    const { name } = await createLabel(c.var.app, c.var.actor, open, { ...form });
    return redirectWithMessage(c, `${open.path}/labels`, `The label ${name} was made.`);
  };
  return saveLabel(c, 'new', save, (edited) => answer(c, open, edited));
}

function postChange(c: WebContext, open: OpenRepository): Promise<Response> {
  const id = labelIdOf(c);
  const save = async (form: EditedLabel['form']) => {
    const { name } = await changeLabel(c.var.app, c.var.actor, open, id, { ...form });
    return redirectWithMessage(c, `${open.path}/labels`, `The label ${name} was saved.`);
  };
  return saveLabel(c, id, save, (edited) => answer(c, open, edited));
}

async function postDeletion(c: WebContext, open: OpenRepository): Promise<Response> {
  await deleteLabel(c.var.app, c.var.actor, open, labelIdOf(c));
  return redirectWithMessage(c, `${open.path}/labels`, 'The label was deleted.');
}

async function postPreset(c: WebContext, open: OpenRepository): Promise<Response> {
  const { preset = '' } = await readForm(c);
  await addPreset(c.var.app, c.var.actor, open, preset);
  return redirectWithMessage(c, `${open.path}/labels`, 'The labels were added.');
}
