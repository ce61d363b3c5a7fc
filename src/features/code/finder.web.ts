// The file finder: a page that lists a commit's files by some letters of their paths, and the list alone, for typing.
import { notFound } from '../../base/errors.ts';
import { inTurn, requireWelcome } from '../../platform/web/expensive.ts';
import { fragment, page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { NamedCommit } from './code.types.ts';
import { foundFiles } from './finder.present.ts';
import { knownPaths, pathsOfTree } from './finder.service.ts';
import { searchPaths } from './fuzzy.service.ts';
import { addressOf, refMenu } from './links.present.ts';
import { decodePath, visibleText } from './paths.service.ts';
import { findNamedCommit } from './places.service.ts';
import { restOfAddress } from './requests.web.ts';

const SHOWN = 50;

export async function getFinder(c: WebContext, open: OpenRepository): Promise<Response> {
  const at = await requireCommit(c, open);
  return page(c, 'code/find', {
    title: `Find a file at ${visibleText(at.name)} · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    wide: true,
    menu: await refMenu(c.var.app, open, 'find', { at, path: Buffer.alloc(0) }),
    treeHref: addressOf(open, 'tree', at),
    findHref: addressOf(open, 'find', at),
    resultsHref: addressOf(open, 'find-results', at),
    ...(await resultsModel(c, open, at)),
  });
}

/** The lines alone; the script of the page asks for them while somebody types. */
export async function getFinderResults(c: WebContext, open: OpenRepository): Promise<Response> {
  const at = await requireCommit(c, open);
  return fragment(c, 'code/find-results', await resultsModel(c, open, at));
}

async function requireCommit(c: WebContext, open: OpenRepository): Promise<NamedCommit> {
  // What may cost a listing of the whole tree is closed to strangers as the other expensive pages are.
  requireWelcome(c);
  const name = decodePath(restOfAddress(c)).toString('utf8');
  const at = await findNamedCommit(c.var.app, open, name);
  if (!at) throw notFound('branch, tag or commit');
  return at;
}

async function resultsModel(c: WebContext, open: OpenRepository, at: NamedCommit) {
  const { app } = c.var;
  const { tree } = at.commit;
  const query = (c.req.query('q') ?? '').slice(0, 200);
  const index = knownPaths(app, tree) ?? (await inTurn(c, () => pathsOfTree(app, open.dir, tree)));
  const found = await searchPaths(index, { query, limit: SHOWN, signal: c.req.raw.signal });
  return {
    query,
    files: foundFiles(open, at, found.paths),
    total: found.total,
    searched: index.isCut ? index.count : undefined,
  };
}
