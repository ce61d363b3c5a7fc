// What a review adds to the changes: threads and pending comments below the lines they are about, or above their file.
import type { SafeHtml } from '../../base/html.ts';
import type { DiffFile } from '../../platform/git/diff.types.ts';
import { partHtml } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import type { ChangeNotes, FileNotes } from '../code/changes.types.ts';
import { decodePath, displayPath, encodePath } from '../code/paths.service.ts';
import { issueHref } from '../issues/addresses.service.ts';
import { type IssueRights, rightsOf } from '../issues/issues.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Pull, ReviewDraftRow, ThreadRow } from './pulls.types.ts';
import { draftsOf } from './review-drafts.service.ts';
import { type DraftModel, draftTexts, modelsOf, placeWords, type ThreadModel } from './threads.present.ts';
import { threadsOf, withComments } from './threads.service.ts';
import type { ThreadPlace } from './threads.types.ts';

/** What every partial of a review reads. */
export interface ReviewFrame {
  pull: { href: string; number: number };
  repo: { path: string };
  rights: IssueRights;
  hasPending: boolean;
  /** Where forms come back to. */
  back: string;
}

/** What a review shows where. */
export interface ReviewNotes {
  notes: ChangeNotes;
  threads: ThreadRow[];
  drafts: ReviewDraftRow[];
  /** Threads whose file is not among some paths, as they stand at the end of a page. */
  elsewhere(isHere: (path: string) => boolean): Promise<SafeHtml | ''>;
}

/** Reads the threads of a pull request and what whoever asks has pending. `back`: the page that forms come back to. */
export async function reviewNotes(
  c: WebContext,
  open: OpenRepository,
  pull: Pull,
  back: string,
): Promise<ReviewNotes> {
  const { app, actor } = c.var;
  const [threads, drafts] = await Promise.all([threadsOf(app, pull), draftsOf(app, actor, pull)]);
  const frame = reviewFrame(open, pull, { back, hasPending: drafts.length > 0 });
  const pending = drafts.flatMap((draft) => {
    const place = draft.place as unknown as ThreadPlace | null;
    return place ? [{ draft, place }] : [];
  });
  const of = async (files: readonly DiffFile[]) => {
    const paths = new Set(files.map((file) => encodePath(file.newPathBytes)));
    const own = await withComments(
      app,
      threads.filter(({ currentPath }) => paths.has(currentPath)),
    );
    const models = await modelsOf(app, open, pull, own);
    const fresh = pending.filter(({ place }) => paths.has(place.currentPath));
    const texts = await draftTexts(
      app,
      open,
      fresh.map(({ draft }) => draft),
    );
    const placed: Placed[] = [
      ...own.flatMap(({ thread }, index) => {
        const model = models[index];
        return model ? [{ at: placeOfThread(thread), path: thread.currentPath, model }] : [];
      }),
      ...fresh.flatMap(({ place }, index) => {
        const draft = texts[index];
        const at = placeOfDraft(place, pull);
        return draft ? [{ at, path: place.currentPath, draft, words: placeWords(place) }] : [];
      }),
    ];
    const byPath = Map.groupBy(placed, ({ path }) => path);
    return (file: DiffFile) => fileNotes(c, frame, file, byPath.get(encodePath(file.newPathBytes)) ?? []);
  };
  const elsewhere = async (isHere: (path: string) => boolean) => {
    const others = await withComments(
      app,
      threads.filter(({ currentPath }) => !isHere(currentPath)),
    );
    const models = await modelsOf(app, open, pull, others);
    const away = pending.filter(({ place }) => !isHere(place.currentPath));
    const texts = await draftTexts(
      app,
      open,
      away.map(({ draft }) => draft),
    );
    const shown = texts.map((draft, index) => draftAbove(c, frame, draft, away[index]?.place));
    return (models.map((model) => threadHtml(c, frame, model, true)).join('') + shown.join('')) as SafeHtml;
  };
  return { notes: { fragments: `${frame.pull.href}/changes`, of }, threads, drafts, elsewhere };
}

/** What partials of a review read, of a pull request. */
export function reviewFrame(
  open: OpenRepository,
  { issue }: Pick<Pull, 'issue'>,
  { back, hasPending }: Pick<ReviewFrame, 'back' | 'hasPending'>,
): ReviewFrame {
  return {
    pull: { href: issueHref(open.path, issue), number: issue.number },
    repo: { path: open.path },
    rights: rightsOf(open, issue, false),
    hasPending,
    back,
  };
}

/** A line of a side, or undefined where it stands above the file. */
type Place = { side: 'base' | 'head'; line: number } | undefined;

type Placed = { at: Place; path: string } & ({ model: ThreadModel } | { draft: DraftModel; words: string });

function placeOfThread({ subject, isOutdated, side, currentLine }: ThreadRow): Place {
  return subject === 'file' || isOutdated || currentLine === null ? undefined : { side, line: currentLine };
}

/** One that was written before the newest head came has no line until it is submitted. */
function placeOfDraft(place: ThreadPlace, { pull }: Pick<Pull, 'pull'>): Place {
  const line = place.currentLine ?? undefined;
  const isNow = place.currentRevision === pull.revision && !place.isOutdated;
  return place.subject === 'line' && isNow && line !== undefined ? { side: place.side, line } : undefined;
}

function fileNotes(c: WebContext, frame: ReviewFrame, file: DiffFile, placed: readonly Placed[]): FileNotes {
  const path = encodePath(file.newPathBytes);
  const waiting = new Set(placed);
  const lines = Map.groupBy(
    placed.filter(({ at }) => at),
    ({ at }) => `${at?.side} ${at?.line}`,
  );
  return {
    below: (side, line) => {
      const here = lines.get(`${side} ${line}`);
      if (!here) return '';
      for (const one of here) waiting.delete(one);
      return here.map((one) => noteHtml(c, frame, one, false)).join('') as SafeHtml;
    },
    above: () => [...waiting].map((one) => noteHtml(c, frame, one, true)).join('') as SafeHtml,
    commentHref: frame.rights.comment ? `${frame.pull.href}/files/comment?path=${path}` : undefined,
  };
}

function noteHtml(c: WebContext, frame: ReviewFrame, one: Placed, isAbove: boolean): SafeHtml {
  // Above its file a thread shows the rows it is about, unless it is about none.
  if ('model' in one) return threadHtml(c, frame, one.model, isAbove && one.model.hunk.length > 0);
  return newDraftHtml(c, frame, one.draft, { words: isAbove ? one.words : '', path: '' });
}

/** A thread as a part of a page. */
export function threadHtml(
  c: WebContext,
  frame: ReviewFrame,
  thread: ThreadModel,
  withHunk: boolean,
): SafeHtml {
  return partHtml(c, 'pulls/thread', { ...frame, thread, withHunk, foldsOutdated: true });
}

/** A pending comment at a place of its own. */
export function newDraftHtml(
  c: WebContext,
  frame: ReviewFrame,
  draft: DraftModel,
  { words, path }: { words: string; path: string },
): SafeHtml {
  return partHtml(c, 'pulls/new-draft', { ...frame, draft, words, path });
}

function draftAbove(
  c: WebContext,
  frame: ReviewFrame,
  draft: DraftModel,
  place: ThreadPlace | undefined,
): SafeHtml | '' {
  if (!place) return '';
  const path = displayPath(decodePath(place.currentPath));
  return newDraftHtml(c, frame, draft, { words: placeWords(place), path });
}
