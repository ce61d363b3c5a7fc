// The pages that change one file: edit (and move) and create; with the preview of what they would do.
import { AppError, isAppError } from '../../base/errors.ts';
import { isMarkdown } from '../../platform/render/languages.ts';
import { page, readForm } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { answerCommitted, commitForm, commitPanel, type Fields } from './commit-forms.web.ts';
import { diffModel } from './diffs.present.ts';
import { typedPath } from './edited-paths.service.ts';
import { editorSettings } from './editorconfig.service.ts';
import {
  atTip,
  type BranchPlace,
  creation,
  type Edit,
  type EditedFile,
  nameIn,
  previewChanges,
  requireBranchPlace,
  requireEditable,
  revision,
} from './edits.service.ts';
import { displayPath, encodePath, parentPath } from './paths.service.ts';
import { findEntry } from './places.service.ts';
import { restOfAddress } from './requests.web.ts';
import { commitOfHistory } from './web-commits.service.ts';

/** What an editor page is about: a file that is there, or one to be. */
interface Editing {
  place: BranchPlace;
  file: EditedFile | undefined;
}

type View = 'edit' | 'preview' | 'changes';

interface Shown {
  fields: Fields;
  errors?: Fields;
  view?: View;
  /** Set when the file was changed by somebody else: what they did. */
  conflict?: string;
  status?: number;
}

export async function getEdit(c: WebContext, open: OpenRepository): Promise<Response> {
  const editing = await requireEditing(c, open);
  return answerEditor(c, open, editing, { fields: {} });
}

export async function getNew(c: WebContext, open: OpenRepository): Promise<Response> {
  const place = await requireBranchPlace(c.var.app, open, restOfAddress(c));
  const directory = place.path.length > 0 ? `${displayPath(place.path)}/` : '';
  const asked = c.req.query('filename') ?? '';
  const fields = { path: `${directory}${asked}`, content: c.req.query('value') ?? '' };
  return answerEditor(c, open, { place, file: undefined }, { fields });
}

async function requireEditing(c: WebContext, open: OpenRepository): Promise<Editing> {
  const place = await requireBranchPlace(c.var.app, open, restOfAddress(c));
  return { place, file: await requireEditable(c.var.app, open, place) };
}

export async function postEdit(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const fields = await readForm(c);
  const place = await requireBranchPlace(app, open, restOfAddress(c));
  // What was edited is the file of the commit the edit began from; the branch may have moved or lost it since.
  const file = await fileAtBase(c, open, place, fields);
  // One that is gone, and known to be, is made anew.
  return answerPost(c, open, { place, file }, fields);
}

export async function postNew(c: WebContext, open: OpenRepository): Promise<Response> {
  const fields = await readForm(c);
  const place = await requireBranchPlace(c.var.app, open, restOfAddress(c));
  return answerPost(c, open, { place, file: undefined }, fields);
}

/** The file as it was when the edit began, where that commit is in the branch's history; else as it is now. */
async function fileAtBase(
  c: WebContext,
  open: OpenRepository,
  place: BranchPlace,
  { base = '' }: Fields,
): Promise<EditedFile | undefined> {
  const { app } = c.var;
  const commit = place.commit && (await commitOfHistory(app, open, base, place.commit));
  for (const at of [commit, place.commit]) {
    if (!at) continue;
    const file = await requireEditable(app, open, { commit: at, path: place.path }).catch(
      (error: unknown) => {
        if (isAppError(error, 'not_found')) return undefined;
        throw error;
      },
    );
    if (file) return file;
  }
  return undefined;
}

async function answerPost(
  c: WebContext,
  open: OpenRepository,
  editing: Editing,
  fields: Fields,
): Promise<Response> {
  const view = fields.view === 'preview' || fields.view === 'changes' ? fields.view : undefined;
  if (fields.view === 'edit') return answerEditor(c, open, editing, { fields });
  try {
    if (view) return await answerEditor(c, open, editing, { fields, view });
    const edit = await editOf(c, open, editing, fields);
    const { branch } = editing.place;
    const fallback = fallbackOf(editing, edit.path);
    const committed = await commitForm(c, open, { branch, fields, fallback, changes: edit.changes });
    return answerCommitted(c, open, { committed, from: branch, path: edit.path, kind: 'blob' });
  } catch (error) {
    if (isAppError(error, 'invalid'))
      return answerEditor(c, open, editing, {
        fields,
        errors: error.fields ?? { content: error.message },
        status: 422,
      });
    if (isAppError(error, 'conflict')) return answerConflict(c, open, editing, fields, error.message);
    throw error;
  }
}

async function editOf(
  c: WebContext,
  open: OpenRepository,
  { place, file }: Editing,
  fields: Fields,
): Promise<Edit> {
  const { app } = c.var;
  const typed = { path: fields.path ?? '', content: fields.content ?? '' };
  if (file) return revision(app, open, place, file, typed);
  const edit = await creation(app, open, place, typed);
  // A file that was there when the page was opened is no surprise that calls for a choice.
  const isFresh = place.commit?.oid === fields.base && fields.overwrite !== '1';
  const there = isFresh && place.commit && (await findEntry(app, open, place.commit, edit.path));
  if (there)
    throw new AppError('invalid', '', {
      fields: {
        path: `"${displayPath(edit.path)}" exists already: edit it instead, or choose another name.`,
      },
    });
  return edit;
}

function fallbackOf({ file }: Editing, path: Buffer): string {
  if (!file) return `Create ${nameIn(path)}`;
  if (path.equals(file.path)) return `Update ${nameIn(path)}`;
  const [before, after] = [nameIn(file.path), nameIn(path)];
  return before === after ? `Move ${before}` : `Rename ${before} to ${after}`;
}

/** The page again with all that was typed, what happened on the branch, and what can be done now. */
async function answerConflict(
  c: WebContext,
  open: OpenRepository,
  editing: Editing,
  fields: Fields,
  message: string,
): Promise<Response> {
  const place = await atTip(c.var.app, open, editing.place);
  const began = fields.began || fields.base || '';
  const kept = { ...fields, began, base: place.commit?.oid ?? '' };
  return answerEditor(
    c,
    open,
    { ...editing, place },
    { fields: kept, view: 'changes', conflict: message, status: 409 },
  );
}

async function answerEditor(
  c: WebContext,
  open: OpenRepository,
  editing: Editing,
  shown: Shown,
): Promise<Response> {
  const { app } = c.var;
  const { place, file } = editing;
  const { fields, errors = {}, view = 'edit', conflict, status = 200 } = shown;
  const pathText = fields.path ?? (file ? displayPath(file.path) : '');
  const path = Buffer.from(pathText);
  const content = fields.content ?? file?.text ?? '';
  const [settings, panel, extra] = await Promise.all([
    editorSettings(app, open, place.commit, path),
    commitPanel(c, open, place, { fallback: file ? fallbackOf(editing, path) : 'Create a file', fields }),
    view === 'edit' ? {} : shownView(c, open, editing, shown, view),
  ]);
  const verb = file ? 'edit' : 'new';
  const rest = file ? `/${encodePath(file.path)}` : place.path.length > 0 ? `/${encodePath(place.path)}` : '';
  const model = {
    title: file
      ? `Editing ${displayPath(file.path)} · ${open.path.slice(1)}`
      : `New file · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    wide: true,
    isNew: !file,
    action: `${open.path}/${verb}/${encodePath(place.branch)}${rest}`,
    cancelHref: cancelAddress(open, editing),
    pathText,
    content,
    isMarkdown: isMarkdown(pathText),
    settings,
    encoding: file && file.before.format.encoding !== 'UTF-8' ? file.before.format.encoding : undefined,
    lineEnding: file ? ENDINGS[file.before.format.lineEnding] : undefined,
    panel,
    fields,
    errors,
    view,
    conflict,
    ...extra,
  };
  return page(c, 'code/edit', model, status);
}

const ENDINGS = { '\n': undefined, '\r\n': 'CRLF', '\r': 'CR' } as const;

function cancelAddress(open: OpenRepository, { place, file }: Editing): string {
  if (!place.commit) return open.path;
  const kind = file ? 'blob' : 'tree';
  return `${open.path}/${kind}/${encodePath(place.branch)}${place.path.length > 0 ? `/${encodePath(place.path)}` : ''}`;
}

/** On a page about a conflict the view is an extra: what cannot be shown must not cost what was typed. */
async function shownView(c: WebContext, open: OpenRepository, editing: Editing, shown: Shown, view: View) {
  try {
    return await viewModel(c, open, editing, shown.fields, view);
  } catch (error) {
    if (shown.conflict !== undefined && isAppError(error)) return {};
    throw error;
  }
}

/** The rendered document, or what would change; a path that cannot be has no changes to show. */
async function viewModel(c: WebContext, open: OpenRepository, editing: Editing, fields: Fields, view: View) {
  const { app } = c.var;
  const { place, file } = editing;
  if (view === 'preview') {
    const path = file?.path ?? typedPath(fields.path ?? '');
    const directory = encodePath(parentPath(path));
    const revision = encodePath(place.branch);
    const source = fields.content ?? '';
    const about = { repository: open.path, revision, directory };
    return { previewHtml: await app.highlighter.markdown({ source, place: about }) };
  }
  const changes = await changesToShow(c, open, editing, fields);
  if (!changes) return { diff: undefined };
  const diff = await previewChanges(app, open, place.commit, changes);
  return { diff: await diffModel(app, diff, { load: () => '#', blob: () => '' }) };
}

/** On a page about a conflict the file may be gone or be somebody else's: then the text is what is put there. */
async function changesToShow(c: WebContext, open: OpenRepository, editing: Editing, fields: Fields) {
  const edit = await editOf(c, open, editing, { ...fields, base: '' }).catch((error: unknown) => {
    if (isAppError(error, 'invalid') && error.fields?.content) return undefined;
    throw error;
  });
  if (!edit) return undefined;
  const { commit } = editing.place;
  const there = commit && editing.file && (await findEntry(c.var.app, open, commit, editing.file.path));
  return there ? edit.changes : edit.changes.filter((change) => !('moveTo' in change));
}
