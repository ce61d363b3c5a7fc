// What requests about one pull request share.
import { notFound } from '../../base/errors.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { requirePull } from './pulls.service.ts';
import type { Pull } from './pulls.types.ts';

/** The path of a pull request's page in tables of routes. */
export const PULL = '/:owner/:repo/pull/:number{[0-9]+}';
/** As in Gitea's REST API. */
export const PULL_API = '/api/v1/repos/:owner/:repo/pulls/:number{[0-9]+}';

/** The pull request that an address names; throws AppError not_found. */
export async function pullAt(c: WebContext, open: OpenRepository): Promise<Pull> {
  return pullOf(c, open, c.req.param('number'));
}

/** The pull request of a number as an address has it; throws AppError not_found. */
export async function pullOf(c: WebContext, open: OpenRepository, text = ''): Promise<Pull> {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw notFound('pull request');
  return requirePull(c.var.app, open, Number(text));
}
