// The graph of a repository's branches, or of one of them.
import { page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { accountsOfCommitEmails } from '../users/emails.service.ts';
import { commitItem } from './commits.present.ts';
import { answerEmpty } from './empty.web.ts';
import { rowSvg } from './graph.present.ts';
import { type GraphLabel, type GraphPage, readGraph } from './graph.service.ts';
import { refMenu } from './links.present.ts';
import { encodePath, visibleText } from './paths.service.ts';
import { findHomeCommit, requirePlace } from './places.service.ts';
import { restOfAddress } from './requests.web.ts';

const ROOT = Buffer.alloc(0);

export async function getGraph(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const rest = restOfAddress(c);
  const at = rest === '' ? await findHomeCommit(app, open) : (await requirePlace(app, open, rest)).at;
  if (!at) return answerEmpty(c, open);
  const cursor = c.req.query('after');
  const isWhole = rest === '';
  const [graph, menu] = await Promise.all([
    readGraph(app, open, {
      from: isWhole ? undefined : at.commit.oid,
      cursor,
      signal: c.req.raw.signal,
    }),
    refMenu(app, open, 'graph', { at, path: ROOT }),
  ]);
  const address = isWhole ? `${open.path}/graph` : `${open.path}/graph/${at.address}`;
  const subject = isWhole ? 'all branches' : visibleText(at.name);
  return page(c, 'code/graph', {
    title: `Graph of ${subject} · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    wide: true,
    menu,
    isWhole,
    subject,
    wholeHref: `${open.path}/graph`,
    commitsHref: isWhole ? `${open.path}/commits` : `${open.path}/commits/${at.address}`,
    rows: await rowsOf(c, open, graph),
    hiddenBranches: graph.hiddenBranches,
    previous: cursor ? address : undefined,
    next: graph.next === undefined ? undefined : `${address}?${new URLSearchParams({ after: graph.next })}`,
  });
}

async function rowsOf(c: WebContext, open: OpenRepository, { layout, commits, labels }: GraphPage) {
  const emails = [...commits.values()].map(({ author }) => author.email);
  const accounts = await accountsOfCommitEmails(c.var.app, emails);
  const none = { accounts, signatures: new Map(), statuses: new Map() };
  return layout.rows.flatMap((row) => {
    const commit = commits.get(row.oid);
    if (!commit) return [];
    const { shown = [], more = 0 } = labels.get(row.oid) ?? {};
    return [
      {
        commit: commitItem(open, commit, none),
        svgHtml: rowSvg(row, layout.width),
        labels: shown.map((label) => labelItem(open, label)),
        more,
      },
    ];
  });
}

function labelItem(open: OpenRepository, { kind, name }: GraphLabel) {
  const address = encodePath(kind === 'tag' ? `refs/tags/${name}` : name);
  return { kind, label: visibleText(name), href: `${open.path}/tree/${address}` };
}
