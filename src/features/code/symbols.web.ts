// Where a name is defined in the repository: a page, and the panel that a click on a name in the code opens.
import { fragment, page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { visibleText } from './paths.service.ts';
import { definitionsModel } from './symbols.present.ts';
import { findDefinitions } from './symbols.service.ts';

export async function getSymbols(c: WebContext, open: OpenRepository): Promise<Response> {
  const query = (c.req.query('q') ?? '').trim().slice(0, 200);
  const isPart = c.req.query('part') === '1';
  const found = await findDefinitions(c.var.app, open, query, { beginning: !isPart });
  const definitions = definitionsModel(open, visibleText(query), found);
  if (isPart) return fragment(c, 'code/symbol-popover', { definitions });
  return page(c, 'code/symbols', {
    title:
      query === ''
        ? `Symbols · ${open.path.slice(1)}`
        : `${definitions.query} · Symbols · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    definitions,
  });
}
