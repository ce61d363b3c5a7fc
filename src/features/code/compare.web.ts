// Compares two branches, tags or commits: what the head has that the base has not, since they parted.
import { notFound } from '../../base/errors.ts';
import { readDiff } from '../../platform/git/diff.ts';
import type { DiffFile, DiffLimits } from '../../platform/git/diff.types.ts';
import { listCommitsBetween, mergeBase } from '../../platform/git/history.ts';
import { page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { NamedCommit } from './code.types.ts';
import { byDay, commitItem } from './commits.present.ts';
import { diffModel, pathQuery } from './diffs.present.ts';
import { decodePath, encodePath, visibleText } from './paths.service.ts';
import { findNamedCommit } from './places.service.ts';
import { listRefNames } from './refs.service.ts';
import { restOfAddress } from './requests.web.ts';

/** Commits listed above the changes, and names offered in the menus. */
const MAX_COMMITS = 100;
const MAX_NAMES = 500;

const SINGLE_FILE_LIMITS: Partial<DiffLimits> = {
  linesPerFile: 30_000,
  lines: 30_000,
  bytes: 16 * 1024 * 1024,
};

interface Range {
  base: NamedCommit;
  head: NamedCommit;
}

/** `/compare/base...head`; `/compare/head` compares with the default branch; the form sends `?base=&head=`. */
export async function getComparison(c: WebContext, open: OpenRepository): Promise<Response> {
  const { base = '', head = '' } = c.req.query();
  if (base && head) return c.redirect(addressOf(open, encodePath(base), encodePath(head)), 302);
  const range = await rangeOf(c, open);
  return range ? answerComparison(c, open, range) : answerChoice(c, open);
}

async function rangeOf(c: WebContext, open: OpenRepository): Promise<Range | undefined> {
  const text = decodePath(restOfAddress(c)).toString('utf8');
  if (text === '') return undefined;
  // No name of a ref may hold two dots in a row, so the first three are the separator.
  const at = text.indexOf('...');
  const names = at < 0 ? [open.repository.defaultBranch, text] : [text.slice(0, at), text.slice(at + 3)];
  const [base, head] = await Promise.all(names.map((name) => findNamedCommit(c.var.app, open, name)));
  if (!base || !head) throw notFound('branch, tag or commit');
  return { base, head };
}

function addressOf(open: OpenRepository, base: string, head: string): string {
  return `${open.path}/compare/${base}...${head}`;
}

async function answerComparison(c: WebContext, open: OpenRepository, range: Range): Promise<Response> {
  const { git } = c.var.app;
  const { base, head } = range;
  const [from, listed, choice] = await Promise.all([
    mergeBase(git, open.dir, base.commit.oid, head.commit.oid),
    listCommitsBetween(git, open.dir, { base: base.commit.oid, head: head.commit.oid, limit: MAX_COMMITS }),
    choiceModel(c, open, range),
  ]);
  return page(c, 'code/compare', {
    title: `Comparing ${choice.base}...${choice.head} · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    wide: true,
    ...choice,
    isRelated: from !== undefined,
    days: byDay(listed.commits.map((commit) => commitItem(open, commit))),
    commitCount: listed.commits.length,
    hasMoreCommits: listed.next !== undefined,
    ...(await changesOf(c, open, range, from ?? base.commit.oid)),
  });
}

async function changesOf(c: WebContext, open: OpenRepository, { base, head }: Range, from: string) {
  const { app } = c.var;
  const paths = (c.req.queries('path') ?? []).slice(0, 2).map(decodePath);
  const ignoreWhitespace = c.req.query('w') === '1';
  const address = addressOf(open, base.address, head.address);
  const request = {
    from,
    to: head.commit.oid,
    ignoreWhitespace,
    ...(paths.length > 0 ? { paths, limits: SINGLE_FILE_LIMITS } : {}),
  };
  const diff = await readDiff(app.git, open.dir, request);
  const model = await diffModel(app, diff, {
    load: pathQuery,
    blob: (file: DiffFile) => `${open.path}/blob/${head.commit.oid}/${encodePath(file.newPathBytes)}`,
  });
  return {
    diff: model,
    ignoreWhitespace,
    whitespaceHref: ignoreWhitespace ? address : `${address}?w=1`,
    wholeHref: paths.length > 0 ? address : undefined,
  };
}

async function answerChoice(c: WebContext, open: OpenRepository): Promise<Response> {
  return page(c, 'code/compare', {
    title: `Compare · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    ...(await choiceModel(c, open, undefined)),
  });
}

/** What the two menus offer, with what is compared now always among it. */
async function choiceModel(c: WebContext, open: OpenRepository, range: Range | undefined) {
  const { branches, tags } = await listRefNames(c.var.app, open);
  const base = range?.base.name ?? open.repository.defaultBranch;
  const head = range?.head.name ?? branches.find((name) => name !== base) ?? base;
  const names = [...new Set([base, head, ...branches, ...tags])].slice(0, MAX_NAMES);
  const option = (selected: string) => (name: string) => {
    return { value: name, label: visibleText(name), selected: name === selected };
  };
  return {
    base: visibleText(base),
    head: visibleText(head),
    baseOptions: names.map(option(base)),
    headOptions: names.map(option(head)),
    action: `${open.path}/compare`,
  };
}
