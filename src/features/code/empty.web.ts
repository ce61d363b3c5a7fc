// What stands in the place of pages about code while nothing was pushed: how to push.
import { page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { cloneAddresses, repositoryFrame } from '../repos/frame.service.ts';
import { isUnitOn } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';

/** Answers with the page of a repository without branches. */
export function answerEmpty(c: WebContext, open: OpenRepository): Response {
  return page(c, 'code/empty', {
    title: open.path.slice(1),
    repo: repositoryFrame(open, 'code'),
    clone: cloneAddresses(c.var.app, open.path),
    branch: open.repository.defaultBranch,
    sha256: open.repository.objectFormat === 'sha256',
  });
}

/** Answers with the page of a repository whose code is switched off, or closed to the visitor's teams. */
export function answerCodeOff(c: WebContext, open: OpenRepository): Response {
  const repo = repositoryFrame(open, 'code');
  return page(c, 'code/off', {
    title: open.path.slice(1),
    repo,
    description: open.repository.description,
    isOff: !isUnitOn(open.repository, 'code'),
  });
}
