// The labels that an organization has for all of its repositories, in its settings.
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { organizationFrame } from '../orgs/frame.service.ts';
import type { OpenOrganization } from '../orgs/orgs.types.ts';
import { type EditedLabel, labelIdOf, NEW_LABEL, saveLabel, wordsOf } from './label-forms.web.ts';
import { itemOf, labelsMatching, presetItems } from './labels.present.ts';
import {
  addOrganizationPreset,
  changeOrganizationLabel,
  createOrganizationLabel,
  deleteOrganizationLabel,
  organizationLabels,
} from './labels.service.ts';

const LABELS = '/orgs/:org/settings/labels';

/** Owners change them. */
const owners = { access: 'organization:manage' } as const;

export const organizationLabelRoutes: Route<'organization:manage', OpenOrganization>[] = [
  { ...owners, method: 'get', path: LABELS, handler: (c, open) => answer(c, open) },
  { ...owners, method: 'post', path: LABELS, handler: postLabel },
  { ...owners, method: 'post', path: `${LABELS}/presets`, handler: postPreset },
  { ...owners, method: 'post', path: `${LABELS}/:label{[0-9]{1,15}}`, handler: postChange },
  { ...owners, method: 'post', path: `${LABELS}/:label{[0-9]{1,15}}/deletion`, handler: postDeletion },
];

async function answer(c: WebContext, open: OpenOrganization, edited?: EditedLabel): Promise<Response> {
  const words = wordsOf(c);
  const all = await organizationLabels(c.var.app, open);
  const model = {
    title: `Labels · ${open.organization.name}`,
    org: await organizationFrame(c.var.app, open, 'settings'),
    action: addressOf(open),
    items: labelsMatching(all, words).map(itemOf),
    total: all.length,
    words,
    mayManage: true,
    edited,
    empty: NEW_LABEL,
    presets: all.length === 0 ? presetItems() : [],
  };
  return page(c, 'issues/organization-labels', model, edited ? 422 : 200);
}

function postLabel(c: WebContext, open: OpenOrganization): Promise<Response> {
  const save = async (form: EditedLabel['form']) => {
    const { name } = await createOrganizationLabel(c.var.app, c.var.actor, open, { ...form });
    return redirectWithMessage(c, addressOf(open), `The label ${name} was made.`);
  };
  return saveLabel(c, 'new', save, (edited) => answer(c, open, edited));
}

function postChange(c: WebContext, open: OpenOrganization): Promise<Response> {
  const id = labelIdOf(c);
  const save = async (form: EditedLabel['form']) => {
    const { name } = await changeOrganizationLabel(c.var.app, c.var.actor, open, id, { ...form });
    return redirectWithMessage(c, addressOf(open), `The label ${name} was saved.`);
  };
  return saveLabel(c, id, save, (edited) => answer(c, open, edited));
}

async function postDeletion(c: WebContext, open: OpenOrganization): Promise<Response> {
  await deleteOrganizationLabel(c.var.app, c.var.actor, open, labelIdOf(c));
  return redirectWithMessage(c, addressOf(open), 'The label was deleted.');
}

async function postPreset(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { preset = '' } = await readForm(c);
  await addOrganizationPreset(c.var.app, c.var.actor, open, preset);
  return redirectWithMessage(c, addressOf(open), 'The labels were added.');
}

function addressOf({ path }: OpenOrganization): string {
  return `${path}/settings/labels`;
}
