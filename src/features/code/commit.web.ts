// One commit: its message, its changes, and both as plain text (`.diff`, `.patch`).
import { notFound } from '../../base/errors.ts';
import { emptyTree, streamDiff, streamPatch } from '../../platform/git/diff.ts';
import type { Commit } from '../../platform/git/git.types.ts';
import { holdsTag } from '../../platform/web/entity-tags.ts';
import { inTurn, requireWelcome } from '../../platform/web/expensive.ts';
import { fragment, page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { askedParent, ignoresWhitespace, rememberDiffView } from './change-requests.web.ts';
import type { Change } from './changes.types.ts';
import { changesModel } from './changes.web.ts';
import { commitDetails } from './commit-details.service.ts';
import { commitItem, personItem, visibleLines } from './commits.present.ts';
import { refsContaining } from './containing.service.ts';
import { coAuthorsOf, messagesHtml } from './messages.present.ts';
import { noteOf } from './notes.service.ts';
import { encodePath, visibleText } from './paths.service.ts';
import { findCommitById } from './places.service.ts';
import { pullsOfCommit } from './pull-lines.service.ts';
import { bodyInTurn } from './streamed-turns.web.ts';
import { outputOf } from './streams.service.ts';

/** Parents of a merge that are offered to compare with. */
const MOST_CHOICES = 16;

export async function getCommit(c: WebContext, open: OpenRepository): Promise<Response> {
  requireWelcome(c);
  const [, id = '', suffix] = /^([0-9a-f]{7,64})(\.diff|\.patch)?$/i.exec(c.req.param('commit') ?? '') ?? [];
  if (suffix !== undefined) return answerCommitText(c, open, await requireCommit(c, open, id), suffix);
  c.header('X-Robots-Tag', 'noindex, nofollow');
  return inTurn(c, async () => answerPage(c, open, await requireCommit(c, open, id)));
}

async function requireCommit(c: WebContext, open: OpenRepository, id: string): Promise<Commit> {
  const found = await findCommitById(c.var.app, open, id);
  if (!found) throw notFound('commit');
  return found.commit;
}

async function answerPage(c: WebContext, open: OpenRepository, commit: Commit): Promise<Response> {
  rememberDiffView(c);
  const address = `${open.path}/commit/${commit.oid}`;
  const parent = await parentOf(c, open, commit);
  const change: Change = {
    before: parent && { open, commit: parent },
    after: { open, commit },
    ignoreWhitespace: ignoresWhitespace(c),
    parent: askedParent(c),
  };
  const [changes, around] = await Promise.all([
    changesModel(c, open, change, address),
    surroundings(c, open, commit),
  ]);
  const item = around.commit;
  return page(c, 'code/commit', {
    title: `${item.title} · ${open.path.slice(1)}@${item.short}`,
    repo: repositoryFrame(open, 'code'),
    wide: true,
    ...around,
    browseHref: `${open.path}/tree/${commit.oid}`,
    diffHref: `${address}.diff`,
    patchHref: `${address}.patch`,
    parentChoices: parentChoices(address, commit, parent),
    ...changes,
  });
}

/** The branches and tags that hold a commit, for the page that asks for them when it is there already. */
export async function getContaining(c: WebContext, open: OpenRepository): Promise<Response> {
  const found = await findCommitById(c.var.app, open, c.req.param('commit') ?? '');
  if (!found) throw notFound('commit');
  const containing = await containingModel(c, open, found.commit);
  return fragment(c, 'code/containing', { containing });
}

async function containingModel(c: WebContext, open: OpenRepository, commit: Commit) {
  const [refs, pulls] = await Promise.all([
    refsContaining(c.var.app, open, commit.oid, c.req.raw.signal),
    pullsOfCommit(c.var.app, open, commit.oid),
  ]);
  const link = (name: string) => ({
    label: visibleText(name),
    href: `${open.path}/tree/${encodePath(name)}`,
  });
  return { ...refs, pulls, branches: refs.branches.map(link), tags: refs.tags.map(link) };
}

/** Everything about a commit but its changes. */
async function surroundings(c: WebContext, open: OpenRepository, commit: Commit) {
  const { app } = c.var;
  const coAuthors = coAuthorsOf(commit.message);
  const [details, note] = await Promise.all([
    commitDetails(
      app,
      open,
      [commit],
      coAuthors.map(({ email }) => email),
    ),
    noteOf(app, open, commit.oid),
  ]);
  const item = commitItem(open, commit, details);
  const address = `${open.path}/commit/${commit.oid}`;
  const asked = c.req.query('containing') === '1';
  const texts = [item.title, item.body, note ? visibleLines(note) : ''];
  const [titleHtml, bodyHtml, noteHtml] = await messagesHtml(app, open, texts);
  return {
    commit: item,
    titleHtml,
    bodyHtml,
    coAuthors: coAuthors.map(({ name, email }) => ({
      name,
      email,
      account: personItem(details.accounts, email),
    })),
    noteHtml,
    parents: commit.parents.map((oid) => ({ short: oid.slice(0, 7), href: `${open.path}/commit/${oid}` })),
    containing: asked ? await containingModel(c, open, commit) : undefined,
    containingHref: `${open.path}/branch_commits/${commit.oid}`,
    withContainingHref: `${address}?containing=1`,
  };
}

/** A commit as text: its changes (`.diff`), or the mail that carries it (`.patch`). */
export async function answerCommitText(
  c: WebContext,
  open: OpenRepository,
  commit: Commit,
  suffix: string,
): Promise<Response> {
  const { git } = c.var.app;
  const tag = `"${commit.oid}${suffix}"`;
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, no-cache',
    'x-robots-tag': 'noindex, nofollow',
    etag: tag,
  };
  if (holdsTag(c, tag)) return new Response(null, { status: 304, headers });
  if (c.req.method === 'HEAD') return new Response(null, { status: 200, headers });
  const start = () =>
    suffix === '.diff'
      ? streamDiff(git, open.dir, { from: firstParentOf(open, commit), to: commit.oid })
      : streamPatch(git, open.dir, commit.oid);
  const body = await bodyInTurn(c, (signal) => outputOf(start, signal));
  return new Response(body, { status: 200, headers });
}

/** What a commit is compared with as text: its first parent, or nothing. */
function firstParentOf(open: OpenRepository, commit: Commit): string {
  return commit.parents[0] ?? emptyTree(open.repository.objectFormat);
}

/** What a commit is compared with: its first parent, the one that `?parent=2` asks for, or nothing. */
async function parentOf(c: WebContext, open: OpenRepository, commit: Commit): Promise<Commit | undefined> {
  const [first] = commit.parents;
  if (first === undefined) return undefined;
  const asked = askedParent(c) ?? 1;
  const parent = await c.var.app.git.objects(open.dir).commit(commit.parents[asked - 1] ?? first);
  if (!parent) throw notFound('commit');
  return parent;
}

/** The parents of a merge, each a link to the changes since it. */
function parentChoices(address: string, commit: Commit, shown: Commit | undefined) {
  if (commit.parents.length < 2) return [];
  return commit.parents.slice(0, MOST_CHOICES).map((oid, index) => ({
    short: oid.slice(0, 7),
    href: index === 0 ? address : `${address}?parent=${index + 1}`,
    selected: oid === shown?.oid,
  }));
}
