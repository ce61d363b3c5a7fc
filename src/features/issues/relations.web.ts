// What the forms about an issue's relations send: parts and their order, what it waits for and what waits for it.
import { invalid } from '../../base/errors.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { addBlocked, addBlocker, endDependency } from './dependencies.service.ts';
import { ISSUE } from './issue-requests.web.ts';
import type { IssueRow } from './issues.types.ts';
import { act, idsOf, type SentForm } from './metadata.web.ts';
import { addPart, createPart, movePart, removePart } from './parts.service.ts';
import { relationsModel } from './relations.present.ts';

const triage = { method: 'post', access: 'issues:triage' } as const;

export const relationRoutes: Route<Ability, OpenRepository>[] = [
  { ...triage, path: `${ISSUE}/parts`, handler: (c, open) => act(c, open, postPart) },
  { ...triage, path: `${ISSUE}/parts/new`, handler: (c, open) => act(c, open, postNewPart) },
  { ...triage, path: `${ISSUE}/parts/order`, handler: (c, open) => act(c, open, postOrder) },
  { ...triage, path: `${ISSUE}/parts/removal`, handler: (c, open) => act(c, open, postRemoval) },
  { ...triage, path: `${ISSUE}/dependencies`, handler: (c, open) => act(c, open, postDependency) },
  { ...triage, path: `${ISSUE}/dependencies/removal`, handler: (c, open) => act(c, open, postEnd) },
];

type Act = (c: WebContext, open: OpenRepository, issue: IssueRow, form: SentForm) => Promise<void>;

const postPart: Act = async (c, open, issue, form) => {
  await addPart(c.var.app, c.var.actor, open, issue, form.one('part'));
};

const postNewPart: Act = async (c, open, issue, form) => {
  await createPart(c.var.app, c.var.actor, open, issue, { title: form.one('title'), body: '' });
};

/** Either the place, from 0, or one step up or down among the parts that the page shows. */
const postOrder: Act = async (c, open, issue, form) => {
  const [partId = 0] = idsOf([form.one('part')]);
  const among = (await relationsModel(c.var.app, open, issue)).parts.map(({ id }) => id);
  const steps = form.one('step') === 'up' ? -1 : 1;
  const place = /^\d{1,4}$/.test(form.one('place'))
    ? Number(form.one('place'))
    : Math.max(0, among.indexOf(partId) + steps);
  await movePart(c.var.app, c.var.actor, open, issue, partId, { place, among });
};

const postRemoval: Act = async (c, open, issue, form) => {
  const [id = 0] = idsOf([form.one('issue')]);
  const as = form.one('as') === 'part' ? 'part' : 'parent';
  await removePart(c.var.app, c.var.actor, open, issue, id, as);
};

const postDependency: Act = async (c, open, issue, form) => {
  const { app, actor } = c.var;
  const text = form.one('issue');
  if (form.one('as') === 'blocks') return addBlocked(app, actor, open, issue, text);
  if (form.one('as') === 'blocked_by') return addBlocker(app, actor, open, issue, text);
  throw invalid({ as: 'Choose which issue waits for which.' });
};

const postEnd: Act = async (c, open, issue, form) => {
  const [id = 0] = idsOf([form.one('issue')]);
  const as = form.one('as') === 'blocks' ? 'blocks' : 'blocked_by';
  await endDependency(c.var.app, c.var.actor, open, issue, id, as);
};
