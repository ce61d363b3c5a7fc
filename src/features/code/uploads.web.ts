// Files uploaded into a directory as one commit.
import { invalid, isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { FileMode, TreeChange } from '../../platform/git/write-commit.ts';
import { boundedFields, readMultipart } from '../../platform/web/forms.ts';
import { page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { answerCommitted, commitForm, commitPanel, type Fields } from './commit-forms.web.ts';
import { requirePath } from './edited-paths.service.ts';
import { atTip, type BranchPlace, requireBranchPlace } from './edits.service.ts';
import { displayPath, encodePath, joinPath } from './paths.service.ts';
import { findEntry } from './places.service.ts';
import { restOfAddress } from './requests.web.ts';

/** Files of one upload, as GitHub has it. */
const MAX_FILES = 100;
/** What a form holds beside its files. */
const AROUND = 128 * 1024;
const FALLBACK = 'Add files via upload';

export async function getUpload(c: WebContext, open: OpenRepository): Promise<Response> {
  const place = await requireBranchPlace(c.var.app, open, restOfAddress(c));
  return answerUpload(c, open, place, { fields: {} });
}

export async function postUpload(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const place = await requireBranchPlace(app, open, restOfAddress(c));
  const form = await readMultipart(c);
  const paths = form.getAll('paths').filter((value) => typeof value === 'string');
  const fields = boundedFields([...form].filter(([name]) => name !== 'files' && name !== 'paths'));
  try {
    const files = form.getAll('files').filter((value) => value instanceof File);
    const changes = await changesOf(app, open, place, files, paths);
    const { branch } = place;
    const committed = await commitForm(c, open, { branch, fields, fallback: FALLBACK, changes });
    return answerCommitted(c, open, { committed, from: branch, path: place.path, kind: 'tree' });
  } catch (error) {
    if (isAppError(error, 'invalid'))
      return answerUpload(c, open, place, {
        fields,
        errors: error.fields ?? { files: error.message },
        status: 422,
      });
    if (!isAppError(error, 'conflict')) throw error;
    const now = await atTip(app, open, place);
    const kept = { ...fields, began: fields.began || fields.base || '', base: now.commit?.oid ?? '' };
    return answerUpload(c, open, now, { fields: kept, conflict: error.message, status: 409 });
  }
}

/** One change a file; each file's path stands in the field at its place, or else is its name. */
async function changesOf(
  app: App,
  open: OpenRepository,
  place: BranchPlace,
  sent: readonly File[],
  paths: readonly string[],
): Promise<TreeChange[]> {
  // A field without a file is sent as one without a name.
  const files = sent.filter((file) => file.name !== '' || file.size > 0);
  if (files.length === 0) throw invalid({ files: 'Choose at least one file.' });
  if (files.length > MAX_FILES) throw invalid({ files: `Upload ${MAX_FILES} files at a time.` });
  const hasPaths = paths.length === files.length;
  const changes = new Map<string, TreeChange>();
  for (const [index, file] of files.entries()) {
    const path = joinPath(place.path, Buffer.from((hasPaths ? paths[index] : file.name) ?? '', 'utf8'));
    requirePath(path, 'files');
    const content = Buffer.from(await file.arrayBuffer());
    changes.set(path.toString('latin1'), { path, mode: await modeAt(app, open, place, path), content });
  }
  return [...changes.values()];
}

/** A file keeps its executable bit; a symbolic link is replaced, not followed. */
async function modeAt(app: App, open: OpenRepository, place: BranchPlace, path: Buffer): Promise<FileMode> {
  const there = place.commit && (await findEntry(app, open, place.commit, path));
  return there?.mode === '100755' ? '100755' : '100644';
}

interface Shown {
  fields: Fields;
  errors?: Fields;
  conflict?: string;
  status?: number;
}

async function answerUpload(
  c: WebContext,
  open: OpenRepository,
  place: BranchPlace,
  shown: Shown,
): Promise<Response> {
  const { fields, errors = {}, conflict, status = 200 } = shown;
  const rest = place.path.length > 0 ? `/${encodePath(place.path)}` : '';
  const branch = encodePath(place.branch);
  return page(
    c,
    'code/upload',
    {
      title: `Upload files · ${open.path.slice(1)}`,
      repo: repositoryFrame(open, 'code'),
      directoryText: displayPath(place.path),
      action: `${open.path}/upload/${branch}${rest}`,
      cancelHref: place.commit ? `${open.path}/tree/${branch}${rest}` : open.path,
      limit: Math.max(0, c.var.app.config.server.max_body_bytes - AROUND),
      panel: await commitPanel(c, open, place, { fallback: FALLBACK, fields }),
      fields,
      errors,
      conflict,
    },
    status,
  );
}
