// Files changed: the changes of a pull request with the threads on them, and what scripts ask for beside it.
import { page } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { ignoresWhitespace, rememberDiffView } from '../code/change-requests.web.ts';
import { listingOf } from '../code/changes.service.ts';
import { changesModel } from '../code/changes.web.ts';
import { answerFile, answerFiles, requestedChange } from '../code/diff-fragments.web.ts';
import { encodePath } from '../code/paths.service.ts';
import { issueHref } from '../issues/addresses.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { withAnnotations } from './annotation-notes.web.ts';
import { changeOf } from './pull-changes.service.ts';
import { pullFrame } from './pull-frame.present.ts';
import { PULL, pullAt } from './pull-requests.web.ts';
import type { Pull, ThreadRow } from './pulls.types.ts';
import { reviewFormModel } from './review-form.present.ts';
import { reviewNotes } from './review-notes.web.ts';
import { revisionLinks } from './revision-links.service.ts';

const RANGE = `${PULL}/changes/:range`;

export const pullFilesRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: `${PULL}/files`, access: 'pulls:read', expensive: true, handler: getFilesPage },
  { method: 'get', path: `${RANGE}/files`, access: 'pulls:read', expensive: true, handler: getPart },
  { method: 'get', path: `${RANGE}/file`, access: 'pulls:read', expensive: true, handler: getOne },
];

async function getFilesPage(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerFilesPage(c, open, await pullAt(c, open));
}

/** The page; after a refused review with what was typed. */
export async function answerFilesPage(
  c: WebContext,
  open: OpenRepository,
  pull: Pull,
  again: Parameters<typeof reviewFormModel>[3] & { status?: number } = {},
): Promise<Response> {
  rememberDiffView(c);
  const { app } = c.var;
  const href = issueHref(open.path, pull.issue);
  const address = `${href}/files`;
  const back = c.req.method === 'GET' ? address + new URL(c.req.url).search : address;
  const [change, review, frame] = await Promise.all([
    changeOf(app, open, pull, ignoresWhitespace(c)),
    reviewNotes(c, open, pull, back),
    pullFrame(app, open, pull, 'files'),
  ]);
  const changes = await changesModel(
    c,
    open,
    { ...change, notes: withAnnotations(c, open, pull.pull.headOid, review.notes) },
    address,
  );
  const isPart = changes.part === undefined || changes.part.number !== changes.part.count;
  const { title, number } = pull.issue;
  return page(
    c,
    'pulls/files',
    {
      title: `${title} · Pull request #${number} · ${open.path.slice(1)}`,
      wide: true,
      ...frame,
      ...changes,
      ...(await revisionLinks(app, c.var.actor, open, pull)),
      back,
      hasPending: review.drafts.length > 0,
      form: {},
      errors: {},
      reviewForm: reviewFormModel(open, pull, review.drafts, again),
      counts: countsOf(review.threads),
      elsewhereHtml: isPart ? '' : await review.elsewhere(await pathsIn(c, change)),
      diffHref: `${href}.diff`,
      patchHref: `${href}.patch`,
    },
    again.status ?? 200,
  );
}

function countsOf(threads: readonly ThreadRow[]) {
  const resolved = threads.filter(({ resolvedAt }) => resolvedAt !== null).length;
  return { all: threads.length, resolved, unresolved: threads.length - resolved };
}

/** Tells whether a path is among the files of a change. */
async function pathsIn(
  c: WebContext,
  change: Parameters<typeof listingOf>[1],
): Promise<(path: string) => boolean> {
  const listing = await listingOf(c.var.app, change, c.req.raw.signal);
  const paths = new Set(listing.files(0, listing.listed).map((file) => encodePath(file.newPathBytes)));
  return (path) => paths.has(path);
}

async function getPart(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerFiles(c, open, await changeAsked(c, open));
}

async function getOne(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerFile(c, open, await changeAsked(c, open));
}

async function changeAsked(c: WebContext, open: OpenRepository) {
  const pull = await pullAt(c, open);
  const { notes } = await reviewNotes(c, open, pull, `${issueHref(open.path, pull.issue)}/files`);
  const change = await requestedChange(c, open);
  const { headOid } = pull.pull;
  const isHead = change.after.commit.oid === headOid;
  return { ...change, notes: isHead ? withAnnotations(c, open, headOid, notes) : notes };
}
