// Pages of all branches and of all tags.
import { page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { commitItem } from './commits.present.ts';
import { encodePath, visibleText } from './paths.service.ts';
import { listRefNames, listTags, type RefPage, type RefWithCommit } from './refs.service.ts';
import { pageNumber } from './requests.web.ts';

export async function getTags(c: WebContext, open: OpenRepository): Promise<Response> {
  const request = requestOf(c);
  const [found, { branches }] = await Promise.all([
    listTags(c.var.app, open, request),
    listRefNames(c.var.app, open),
  ]);
  const taken = new Set(branches);
  const items = found.items.map((item) =>
    refItem(open, item, encodePath(taken.has(item.name) ? `refs/tags/${item.name}` : item.name)),
  );
  return answer(c, open, 'code/tags', 'Tags', found, items, request.words);
}

function requestOf(c: WebContext): { page: number; words: string } {
  return { page: pageNumber(c), words: (c.req.query('q') ?? '').trim().slice(0, 100) };
}

function refItem(open: OpenRepository, item: RefWithCommit, address: string) {
  return {
    name: visibleText(item.name),
    href: `${open.path}/tree/${address}`,
    commitsHref: `${open.path}/commits/${address}`,
    zipHref: `${open.path}/archive/${address}.zip`,
    tarHref: `${open.path}/archive/${address}.tar.gz`,
    commit: item.commit && commitItem(open, item.commit),
  };
}

function answer(
  c: WebContext,
  open: OpenRepository,
  template: string,
  heading: string,
  found: RefPage,
  items: unknown[],
  words: string,
): Response {
  const at = (number: number) =>
    `${c.req.path}?${new URLSearchParams({ ...(words ? { q: words } : {}), page: String(number) })}`;
  return page(c, template, {
    title: `${heading} · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    items,
    words,
    total: found.total,
    action: c.req.path,
    previous: found.page > 1 ? at(found.page - 1) : undefined,
    next: found.page < found.pages ? at(found.page + 1) : undefined,
  });
}
