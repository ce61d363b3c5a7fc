// The danger zone of a repository's settings: its name, who sees it, its owner, putting it away, deleting it.
import { isAppError } from '../../base/errors.ts';
import { readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { answerGeneral, changeOr } from './general.web.ts';
import { deleteRepository, setArchived } from './repos.service.ts';
import type { Ability, OpenRepository } from './repos.types.ts';
import { cancelTransfer, transferRepository } from './transfers.service.ts';
import { TRANSFER_DAYS } from './transfers.types.ts';

const BASE = '/:owner/:repo/settings';
const OWN = { method: 'post', access: 'repository:own', sudo: true } as const;

/** The routes below a repository's settings that only its owners use. */
export const dangerZoneRoutes: Route<Ability, OpenRepository>[] = [
  { ...OWN, path: `${BASE}/name`, handler: postName },
  { ...OWN, path: `${BASE}/visibility`, handler: postVisibility },
  { ...OWN, path: `${BASE}/transfer`, handler: postTransfer },
  { ...OWN, path: `${BASE}/transfer/removal`, handler: postTransferRemoval },
  { ...OWN, path: `${BASE}/archive`, handler: postArchive },
  { ...OWN, path: `${BASE}/archive/removal`, handler: postArchiveRemoval },
  { ...OWN, path: `${BASE}/deletion`, handler: postDeletion },
];

async function postName(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  const message = 'The repository was renamed. Earlier addresses lead here.';
  return changeOr(c, open, form, { name: form.name ?? '' }, message);
}

async function postVisibility(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  const { visibility = '' } = form;
  return changeOr(c, open, form, { visibility }, `The repository is now ${visibility}.`);
}

async function postTransfer(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  const refusal = wrongConfirmation(open, form.transferConfirmation);
  if (refusal) return answerGeneral(c, open, form, { transferConfirmation: refusal }, 422);
  const { app, actor } = c.var;
  try {
    const { isDone, recipient } = await transferRepository(app, actor, open, form.recipient ?? '');
    if (!isDone) {
      const message = `${recipient.name} was asked, and has ${TRANSFER_DAYS} days to accept.`;
      return redirectWithMessage(c, `${open.path}/settings`, message);
    }
    const message = `The repository belongs to ${recipient.name} now. Earlier addresses lead here.`;
    return redirectWithMessage(c, `/${recipient.name}/${open.repository.name}`, message);
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    return answerGeneral(c, open, form, error.fields ?? {}, 422);
  }
}

async function postTransferRemoval(c: WebContext, open: OpenRepository): Promise<Response> {
  await cancelTransfer(c.var.app, c.var.actor, open);
  return redirectWithMessage(c, `${open.path}/settings`, 'The transfer was cancelled.');
}

async function postArchive(c: WebContext, open: OpenRepository): Promise<Response> {
  await setArchived(c.var.app, c.var.actor, open, true);
  // Every page of it says so from now on.
  return c.redirect(`${open.path}/settings`, 303);
}

async function postArchiveRemoval(c: WebContext, open: OpenRepository): Promise<Response> {
  await setArchived(c.var.app, c.var.actor, open, false);
  return redirectWithMessage(c, `${open.path}/settings`, 'The repository is in use again.');
}

async function postDeletion(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  const refusal = wrongConfirmation(open, form.confirmation);
  if (refusal) return answerGeneral(c, open, form, { confirmation: refusal }, 422);
  await deleteRepository(c.var.app, c.var.actor, open);
  return redirectWithMessage(c, '/', `${open.path.slice(1)} was deleted.`);
}

/** What is wrong with the repository's name typed as a confirmation, or undefined. */
function wrongConfirmation(open: OpenRepository, typed = ''): string | undefined {
  const phrase = open.path.slice(1);
  return typed.trim().toLowerCase() === phrase.toLowerCase() ? undefined : `Type ${phrase} to confirm.`;
}
