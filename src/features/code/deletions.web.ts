// The pages that delete a file or a directory.
import { isAppError } from '../../base/errors.ts';
import { page, readForm } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { answerCommitted, commitForm, commitPanel, type Fields } from './commit-forms.web.ts';
import { diffModel } from './diffs.present.ts';
import {
  atTip,
  type BranchPlace,
  nameIn,
  previewChanges,
  requireBranchPlace,
  requireFile,
} from './edits.service.ts';
import { displayPath, encodePath, joinPath, parentPath } from './paths.service.ts';
import { findEntry } from './places.service.ts';
import { restOfAddress } from './requests.web.ts';

interface Shown {
  fields: Fields;
  errors?: Fields;
  /** Set when the file was changed by somebody else: what they did. */
  conflict?: string;
  status?: number;
}

/** Asks whether a file should go. */
export async function getDelete(c: WebContext, open: OpenRepository): Promise<Response> {
  const place = await requireBranchPlace(c.var.app, open, restOfAddress(c));
  const entry =
    place.commit && place.path.length > 0
      ? await findEntry(c.var.app, open, place.commit, place.path)
      : undefined;
  if (entry?.type !== 'tree') await requireFile(c.var.app, open, place);
  return answerDelete(c, open, place, { fields: {} });
}

export async function postDelete(c: WebContext, open: OpenRepository): Promise<Response> {
  const fields = await readForm(c);
  const place = await requireBranchPlace(c.var.app, open, restOfAddress(c));
  const { path, branch } = place;
  const fallback = `Delete ${nameIn(path)}`;
  try {
    const committed = await commitForm(c, open, {
      branch,
      fields,
      fallback,
      changes: [{ path, delete: true }],
    });
    return answerCommitted(c, open, {
      committed,
      from: branch,
      path: await directoryLeft(c, open, place),
      kind: 'tree',
    });
  } catch (error) {
    if (isAppError(error, 'invalid'))
      return answerDelete(c, open, place, { fields, errors: error.fields ?? {}, status: 422 });
    if (!isAppError(error, 'conflict')) throw error;
    const kept = { ...fields, began: fields.began || fields.base || '', base: place.commit?.oid ?? '' };
    return answerDelete(c, open, place, { fields: kept, conflict: error.message, status: 409 });
  }
}

/** The nearest directory above a deleted file that is still there. */
async function directoryLeft(c: WebContext, open: OpenRepository, place: BranchPlace): Promise<Buffer> {
  const now = await atTip(c.var.app, open, place);
  for (let path = parentPath(place.path); path.length > 0; path = parentPath(path)) {
    if (now.commit && (await findEntry(c.var.app, open, now.commit, path))) return path;
  }
  return joinPath();
}

async function answerDelete(
  c: WebContext,
  open: OpenRepository,
  place: BranchPlace,
  shown: Shown,
): Promise<Response> {
  const { fields, errors = {}, conflict, status = 200 } = shown;
  const { app } = c.var;
  const changes = [{ path: place.path, delete: true as const }];
  const isThere = place.commit && (await findEntry(app, open, place.commit, place.path));
  const diff = isThere ? await previewChanges(app, open, place.commit, changes) : undefined;
  const rest = encodePath(place.path);
  return page(
    c,
    'code/delete',
    {
      title: `Delete ${displayPath(place.path)} · ${open.path.slice(1)}`,
      repo: repositoryFrame(open, 'code'),
      wide: true,
      pathText: displayPath(place.path),
      action: `${open.path}/delete/${encodePath(place.branch)}/${rest}`,
      cancelHref: `${open.path}/${isThere?.type === 'tree' ? 'tree' : 'blob'}/${encodePath(place.branch)}/${rest}`,
      panel: await commitPanel(c, open, place, { fallback: `Delete ${nameIn(place.path)}`, fields }),
      diff: diff && (await diffModel(app, diff, { load: () => '#', blob: () => '' })),
      fields,
      errors,
      conflict,
    },
    status,
  );
}
