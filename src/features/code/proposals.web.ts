// What stands in the editor's place for people who may read and not write: the way through a fork of their own.
import { AppError, isAppError } from '../../base/errors.ts';
import { page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import { isArchived, requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { restOfAddress } from './requests.web.ts';

type Handler = (c: WebContext, open: OpenRepository) => Promise<Response>;

/** The page for whoever may write; for other signed-in people one that leads to their fork, and for all others the refusal. */
export function orThroughFork(kind: 'edit' | 'new' | 'upload', handler: Handler): Handler {
  return async (c, open) => {
    const { app, actor } = c.var;
    if (open.repository.isMirror)
      throw new AppError(
        'forbidden',
        'This repository is a mirror: it follows another one and takes no changes.',
      );
    try {
      await requireAbility(app.db.read, actor, open, 'code:write');
    } catch (error) {
      if (!isAppError(error, 'forbidden') || isArchived(open.repository)) throw error;
      return answerFork(c, open, kind);
    }
    return handler(c, open);
  };
}

async function answerFork(c: WebContext, open: OpenRepository, kind: string): Promise<Response> {
  const { app, actor } = c.var;
  // Throws for whoever may not even fork, in the words of the judgement.
  await requireAbility(app.db.read, actor, open, 'repository:fork');
  const fork = open.forks.own;
  const path = fork && `/${fork.ownerName}/${fork.repository.name}`;
  const rest = restOfAddress(c);
  return page(c, 'code/propose', {
    title: `Propose changes · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    fork: path && { name: path.slice(1), href: `${path}/${kind}${rest === '' ? '' : `/${rest}`}` },
    forkHref: `${open.path}/fork`,
  });
}
