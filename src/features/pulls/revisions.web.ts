// What changed between two heads of a pull request: the files as their author changed them, and commit by commit.
import { page } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { ignoresWhitespace, rememberDiffView } from '../code/change-requests.web.ts';
import type { ChangeNotes } from '../code/changes.types.ts';
import { changesModel } from '../code/changes.web.ts';
import { answerFile, answerFiles, requestedChange } from '../code/diff-fragments.web.ts';
import { issueHref } from '../issues/addresses.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { namesOf } from '../users/authorship.service.ts';
import { pullFrame } from './pull-frame.present.ts';
import { PULL, pullAt } from './pull-requests.web.ts';
import type { Pull } from './pulls.types.ts';
import { rangeDiff } from './range-diff.service.ts';
import { reviewNotes } from './review-notes.web.ts';
import {
  type ComparedRevisions,
  compareRevisions,
  parseRevisions,
  type RevisionRange,
  revisionEnds,
  revisionsOf,
} from './revisions.service.ts';

const REVISIONS = `${PULL}/revisions`;
const RANGE = `${REVISIONS}/:revisions{[0-9]+\\.\\.[0-9]+}`;
const PARTS = `${REVISIONS}/parts/:range`;
/** Heads that the menus offer. */
const MOST_OFFERED = 200;

export const revisionRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: REVISIONS, access: 'pulls:read', handler: getChoice },
  { method: 'get', path: RANGE, access: 'pulls:read', expensive: true, handler: getRevisions },
  { method: 'get', path: `${RANGE}/commits`, access: 'pulls:read', expensive: true, handler: getCommits },
  { method: 'get', path: `${PARTS}/files`, access: 'pulls:read', expensive: true, handler: getPart },
  { method: 'get', path: `${PARTS}/file`, access: 'pulls:read', expensive: true, handler: getOne },
];

/** The form's `?from=&to=`; without it the newest head and the one before. */
async function getChoice(c: WebContext, open: OpenRepository): Promise<Response> {
  const pull = await pullAt(c, open);
  const href = issueHref(open.path, pull.issue);
  const { revision } = pull.pull;
  const asked = [c.req.query('from'), c.req.query('to')].map(Number);
  const numbers = asked.every((one) => Number.isSafeInteger(one) && one >= 1 && one <= revision) ? asked : [];
  const [from = revision - 1, to = revision] = numbers.sort((one, other) => one - other);
  if (from < 1 || from === to) return c.redirect(`${href}/files`, 302);
  return c.redirect(`${href}/revisions/${from}..${to}`, 302);
}

async function getRevisions(c: WebContext, open: OpenRepository): Promise<Response> {
  rememberDiffView(c);
  const { app } = c.var;
  const pull = await pullAt(c, open);
  const range = parseRevisions(c.req.param('revisions') ?? '', pull);
  const compared = await compareRevisions(app, open, pull, range, ignoresWhitespace(c));
  const address = `${issueHref(open.path, pull.issue)}/revisions/${range.from}..${range.to}`;
  const notes = await notesOf(c, open, pull, { isNewest: range.to === pull.pull.revision, back: address });
  const changes = await changesModel(c, open, { ...compared.change, notes }, address);
  return page(c, 'pulls/revisions', {
    ...(await headModel(c, open, pull, range)),
    ...changes,
    ...saidOf(compared),
    view: changes.view,
    isSame: compared.change.before?.commit.tree === compared.change.after.commit.tree,
  });
}

function saidOf({ isMoved, unclear, from, to }: ComparedRevisions) {
  return { isMoved, unclear, fromShort: from.headOid.slice(0, 10), toShort: to.headOid.slice(0, 10) };
}

/** Threads on the newest head; lines before the change are those of no base, so nothing stands there and nothing new begins. */
async function notesOf(
  c: WebContext,
  open: OpenRepository,
  pull: Pull,
  { isNewest, back }: { isNewest: boolean; back: string },
): Promise<ChangeNotes | undefined> {
  if (!isNewest) return undefined;
  const { notes } = await reviewNotes(c, open, pull, back);
  return {
    fragments: `${issueHref(open.path, pull.issue)}/revisions/parts`,
    of: async (files) => {
      const find = await notes.of(files);
      return (file) => {
        const own = find(file);
        if (!own) return undefined;
        const below: typeof own.below = (side, line) => (side === 'head' ? own.below(side, line) : '');
        return { below, above: own.above, commentHref: undefined };
      };
    },
  };
}

async function getPart(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerFiles(c, open, await changeAsked(c, open));
}

async function getOne(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerFile(c, open, await changeAsked(c, open));
}

async function changeAsked(c: WebContext, open: OpenRepository) {
  const pull = await pullAt(c, open);
  const change = await requestedChange(c, open);
  const isNewest = change.after.commit.oid === pull.pull.headOid;
  const back = `${issueHref(open.path, pull.issue)}/files`;
  return { ...change, notes: await notesOf(c, open, pull, { isNewest, back }) };
}

async function getCommits(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const pull = await pullAt(c, open);
  const range = parseRevisions(c.req.param('revisions') ?? '', pull);
  const [from, to] = await Promise.all([
    revisionEnds(app, open, pull, range.from),
    revisionEnds(app, open, pull, range.to),
  ]);
  const pairs = await rangeDiff(app, open, { from, to }, c.req.raw.signal);
  const linkOf = (oid: string | undefined) =>
    oid && { short: oid.slice(0, 10), href: `${open.path}/commit/${oid}` };
  return page(c, 'pulls/range-diff', {
    ...(await headModel(c, open, pull, range)),
    pairs: pairs?.map(({ before, after, ...pair }) => ({
      ...pair,
      before: linkOf(before),
      after: linkOf(after),
    })),
  });
}

/** What both pages begin with. */
async function headModel(c: WebContext, open: OpenRepository, pull: Pull, range: RevisionRange) {
  const { app } = c.var;
  const [frame, rows] = await Promise.all([
    pullFrame(app, open, pull, 'files'),
    revisionsOf(app, pull, MOST_OFFERED),
  ]);
  const people = await namesOf(
    app,
    rows.flatMap(({ pusherId }) => pusherId ?? []),
  );
  const href = issueHref(open.path, pull.issue);
  const { title, number } = pull.issue;
  return {
    ...frame,
    title: `Revisions ${range.from} and ${range.to} · ${title} · Pull request #${number} · ${open.path.slice(1)}`,
    wide: true,
    range,
    choiceAction: `${href}/revisions`,
    filesHref: `${href}/revisions/${range.from}..${range.to}`,
    commitsHref: `${href}/revisions/${range.from}..${range.to}/commits`,
    wholeHrefOfPull: `${href}/files`,
    revisions: rows.map(({ revision, headOid, isForced, pusherId }) => ({
      value: String(revision),
      label: `${revision}: ${headOid.slice(0, 10)}${isForced ? ', forced' : ''}${pusherId === null ? '' : ` by ${people.get(pusherId)?.name ?? 'ghost'}`}`,
    })),
  };
}
