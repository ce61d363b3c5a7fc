// The page of repositories that others want to transfer to oneself, or to an organization one creates repositories in.
import { AppError, isAppError } from '../../base/errors.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { page, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { acceptTransfer, declineTransfer, transfersFor } from './transfers.service.ts';

const BASE = '/settings/transfers';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: BASE, access: 'signed-in', handler: getTransfers },
  {
    method: 'post',
    path: `${BASE}/:repository/acceptance`,
    access: 'signed-in',
    sudo: true,
    handler: postAcceptance,
  },
  { method: 'post', path: `${BASE}/:repository/removal`, access: 'signed-in', handler: postRemoval },
];

/** Adds the page of transfers. */
export function mountTransfers(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

function getTransfers(c: WebContext): Promise<Response> {
  return answerTransfers(c, undefined, 200);
}

async function answerTransfers(c: WebContext, error: string | undefined, status: number): Promise<Response> {
  const transfers = await transfersFor(c.var.app, c.var.actor);
  const items = transfers.map(({ found: { repository, ownerName }, recipient, ...rest }) => ({
    id: repository.id,
    path: `${ownerName}/${repository.name}`,
    description: repository.description,
    visibility: repository.visibility,
    isArchived: repository.archivedAt !== null,
    recipient: recipient.name,
    ...rest,
  }));
  return page(c, 'repos/transfers', { title: 'Transfers', items, error }, status);
}

async function postAcceptance(c: WebContext): Promise<Response> {
  try {
    const { ownerName, repository } = await acceptTransfer(c.var.app, c.var.actor, repositoryId(c));
    const message = `${repository.name} belongs to ${ownerName} now. Its earlier address leads here.`;
    return redirectWithMessage(c, `/${ownerName}/${repository.name}`, message);
  } catch (error) {
    if (isAppError(error, 'invalid', 'conflict', 'forbidden')) return answerTransfers(c, error.message, 422);
    throw error;
  }
}

async function postRemoval(c: WebContext): Promise<Response> {
  await declineTransfer(c.var.app, c.var.actor, repositoryId(c));
  return redirectWithMessage(c, BASE, 'The transfer was declined.');
}

function repositoryId(c: WebContext): number {
  const id = c.req.param('repository') ?? '';
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw new AppError('not_found', 'This transfer does not exist, or you may not see it.');
}
