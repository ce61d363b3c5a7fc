// Compares two branches, tags or commits, also of forks: what the head has that the base has not, since they parted.
import { notFound } from '../../base/errors.ts';
import { streamDiff, streamPatches } from '../../platform/git/diff.ts';
import { countCommitsBetween, listCommitsBetween, mergeBase } from '../../platform/git/history.ts';
import { inTurn, requireWelcome } from '../../platform/web/expensive.ts';
import { fragment, page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { ignoresWhitespace, rememberDiffView } from './change-requests.web.ts';
import { sidesOf } from './changes.service.ts';
import type { Change } from './changes.types.ts';
import { changesModel } from './changes.web.ts';
import { byDay, commitItem } from './commits.present.ts';
import { compareMenu, rangeAddress, type Which } from './compare-menus.present.ts';
import { compareParts } from './compare-parts.service.ts';
import {
  type Compared,
  type CompareRange,
  type CompareSide,
  findCompared,
  findSide,
  placesOf,
  prefixOf,
} from './compare-sides.service.ts';
import { decodePath, visibleText } from './paths.service.ts';
import { listRefNames } from './refs.service.ts';
import { restOfAddress } from './requests.web.ts';
import { bodyInTurn } from './streamed-turns.web.ts';
import { outputOf } from './streams.service.ts';

/** Commits on a page. */
const COMMITS_PER_PAGE = 100;
const TEXT = /\.(diff|patch)$/;

/** `/compare/base...head`; `/compare/head` compares with the default branch; the form sends `?base=&head=`. */
export async function getComparison(c: WebContext, open: OpenRepository): Promise<Response> {
  requireWelcome(c);
  const { app, actor } = c.var;
  const { base = '', head = '', direct } = c.req.query();
  if (base && head) return c.redirect(rangeAddress(open, { base, head, isDirect: direct === '1' }), 302);
  const text = decodePath(restOfAddress(c)).toString('utf8');
  const compared = await findCompared(app, actor, open, text);
  if (compared) return inTurn(c, () => answerComparison(c, open, compared));
  if (text === '') return answerChoice(c, open);
  const suffix = TEXT.exec(text)?.[1];
  const streamed = suffix && (await findCompared(app, actor, open, text.slice(0, -suffix.length - 1)));
  if (!streamed) throw notFound('branch, tag or commit');
  return answerText(c, streamed, suffix as 'diff' | 'patch');
}

/** The commit from which changes are counted: where the two parted, or the base itself. */
async function partingOf(
  c: WebContext,
  compared: Compared,
  signal: AbortSignal = c.req.raw.signal,
): Promise<{ from: string; isRelated: boolean }> {
  const { app } = c.var;
  const { base, head, range } = compared;
  const { dir, others } = placesOf(compared);
  const parted = await mergeBase(app.git, dir, base.at.commit.oid, head.at.commit.oid, { others, signal });
  const from = range.isDirect ? undefined : parted;
  return { from: from ?? base.at.commit.oid, isRelated: parted !== undefined };
}

async function changeOf(c: WebContext, compared: Compared): Promise<{ change: Change; isRelated: boolean }> {
  const { app } = c.var;
  const { base, head } = compared;
  const { from, isRelated } = await partingOf(c, compared);
  // Where the two parted is reachable from either.
  const open = from === base.at.commit.oid ? base.open : head.open;
  const commit = await app.git.objects(open.dir).commit(from);
  if (!commit) throw notFound('commit');
  const change: Change = {
    before: { open, commit },
    after: { open: head.open, commit: head.at.commit },
    ignoreWhitespace: ignoresWhitespace(c),
  };
  return { change, isRelated };
}

async function answerComparison(c: WebContext, open: OpenRepository, compared: Compared): Promise<Response> {
  rememberDiffView(c);
  const { range } = compared;
  const address = rangeAddress(open, range);
  const [{ change, isRelated }, commits, menus] = await Promise.all([
    changeOf(c, compared),
    commitsModel(c, compared, address),
    menusModel(c, open, compared),
  ]);
  const changes = await changesModel(c, open, change, address);
  const { commitCount } = commits;
  const parts = await compareParts(c.var.app, open, {
    ...{ compared, commitCount, isRelated },
    query: c.req.query(),
  });
  const isSame = change.before?.commit.tree === change.after.commit.tree;
  return page(c, 'code/compare', {
    title: `Comparing ${compared.base.label}${range.isDirect ? '..' : '...'}${compared.head.label} · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    wide: true,
    base: compared.base.label,
    head: compared.head.label,
    ...menus,
    ...commits,
    parts,
    isRelated,
    isDirect: range.isDirect,
    isEmpty: isSame && commits.commitCount === 0,
    isSame,
    swappedHref: rangeAddress(open, { ...range, base: range.head, head: range.base }),
    otherRangeHref: rangeAddress(open, { ...range, isDirect: !range.isDirect }),
    diffHref: `${address}.diff`,
    patchHref: `${address}.patch`,
    ...changes,
  });
}

async function commitsModel(c: WebContext, compared: Compared, address: string) {
  const { git } = c.var.app;
  const { base, head } = compared;
  const { dir, others } = placesOf(compared);
  const signal = c.req.raw.signal;
  const range = { base: base.at.commit.oid, head: head.at.commit.oid, others, signal };
  const cursor = c.req.query('after');
  const listed = await listCommitsBetween(git, dir, {
    ...range,
    limit: COMMITS_PER_PAGE,
    ...(cursor === undefined ? {} : { cursor }),
  });
  const isAll = cursor === undefined && listed.next === undefined;
  const commitCount = isAll ? listed.commits.length : await countCommitsBetween(git, dir, range);
  // Commits of a fork have their pages there.
  const days = byDay(listed.commits.map((commit) => commitItem(head.open, commit)));
  return {
    days,
    commitCount,
    olderHref: listed.next === undefined ? undefined : `${address}?after=${listed.next}`,
    newestHref: cursor === undefined ? undefined : address,
  };
}

async function menusModel(c: WebContext, open: OpenRepository, compared: Compared) {
  const menu = (which: Which) => menuOf(c, open, compared.range, which, compared[which]);
  const [baseMenu, headMenu] = await Promise.all([menu('base'), menu('head')]);
  return { baseMenu, headMenu, action: `${open.path}/compare` };
}

function menuOf(
  c: WebContext,
  open: OpenRepository,
  range: CompareRange,
  which: Which,
  side: CompareSide | undefined,
  words?: string,
) {
  const where = side?.open ?? open;
  const prefix = where.repository.id === open.repository.id ? '' : prefixOf(open, where);
  return compareMenu(c.var.app, open, which, {
    range,
    side,
    where,
    prefix,
    ...(words === undefined ? {} : { words }),
  });
}

async function answerChoice(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const base = open.repository.defaultBranch;
  const { branches } = await listRefNames(app, open);
  const range = { base, head: branches.find((name) => name !== base) ?? base, isDirect: false };
  const side = await findSide(app, actor, open, base);
  const [baseMenu, headMenu] = await Promise.all([
    menuOf(c, open, range, 'base', side),
    menuOf(c, open, range, 'head', undefined),
  ]);
  return page(c, 'code/compare', {
    title: `Compare · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    base: visibleText(base),
    baseMenu,
    headMenu,
    action: `${open.path}/compare`,
  });
}

/** The list of one of the menus for words that were typed into it. */
export async function getComparedRefs(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { base = '', head = '', which, direct, q = '' } = c.req.query();
  const range = { base, head, isDirect: direct === '1' };
  const side = await findSide(app, actor, open, which === 'base' ? base : head);
  const menu = await menuOf(c, open, range, which === 'base' ? 'base' : 'head', side, q.slice(0, 250));
  return fragment(c, 'code/compare-list', { menu });
}

/** The comparison as git writes it: `.diff`, or its commits as mails, `.patch`. */
async function answerText(c: WebContext, compared: Compared, suffix: 'diff' | 'patch'): Promise<Response> {
  const { git } = c.var.app;
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, no-cache',
  };
  if (c.req.method === 'HEAD') return new Response(null, { status: 200, headers });
  const { dir } = placesOf(compared);
  const { base, head } = compared;
  const body = await bodyInTurn(c, async function* (signal) {
    const { change } = await changeOf(c, compared);
    const { others } = sidesOf(change);
    const streamed = {
      from: change.before?.commit.oid ?? '',
      to: head.at.commit.oid,
      ...(others ? { others } : {}),
    };
    const mails = { ...streamed, from: base.at.commit.oid, others: placesOf(compared).others };
    const start = () => (suffix === 'diff' ? streamDiff(git, dir, streamed) : streamPatches(git, dir, mails));
    yield* outputOf(start, signal);
  });
  return new Response(body, { status: 200, headers });
}
