// The form of a release, new or known: it saves, publishes, writes notes from commits, and previews, all without script.
import { AppError, isAppError } from '../../base/errors.ts';
import {
  boundedFields,
  isMultipart,
  readMultipart,
  readForm as readTextForm,
} from '../../platform/web/forms.ts';
import { page, redirectWithMessage } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { decodePath, encodePath, visibleText } from '../code/paths.service.ts';
import { listRefNames } from '../code/refs.service.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import { readsCode } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { type ReadyFile, removeAsset, storeFile } from './assets.service.ts';
import { generateNotes } from './notes.service.ts';
import { notesHtml } from './notes-html.service.ts';
import { checkRelease, saveRelease } from './publishing.service.ts';
import { parseRelease, tamedAssetName } from './releases.input.ts';
import { releaseHref } from './releases.present.ts';
import { requireReleaseByTag } from './releases.service.ts';
import type { Release } from './releases.types.ts';
import { restBehind } from './requests.web.ts';
import { readyUploads, uploadsUnderWay } from './uploads.service.ts';

type Fields = Record<string, string>;

/** Names that the form suggests. */
const MOST_SUGGESTED = 200;

interface Submitted {
  fields: Fields;
  /** Uploads that came before the form. */
  tokens: string[];
  /** Files of the release that are to go. */
  removed: Set<string>;
  files: File[];
}

interface Shown {
  form: Fields;
  errors?: Fields;
  tokens?: readonly string[];
  removed?: ReadonlySet<string>;
  withPreview?: boolean;
  status?: number;
}

/** The empty form; the address may name tag, target and title. */
export function getNewRelease(c: WebContext, open: OpenRepository): Promise<Response> {
  const { tag = '', target = open.repository.defaultBranch, title = '', body = '' } = c.req.query();
  return answerForm(c, open, undefined, { form: { tag, target, title, body } });
}

export async function getEditRelease(c: WebContext, open: OpenRepository): Promise<Response> {
  const release = await releaseOf(c, open);
  const { tagName: tag, target, title, body, isPrerelease } = release.row;
  const form = { tag, target, title, body, ...(isPrerelease ? { prerelease: 'on' } : {}) };
  return answerForm(c, open, release, { form });
}

export function postRelease(c: WebContext, open: OpenRepository): Promise<Response> {
  return act(c, open, undefined);
}

export async function postEditRelease(c: WebContext, open: OpenRepository): Promise<Response> {
  return act(c, open, await releaseOf(c, open));
}

function releaseOf(c: WebContext, open: OpenRepository): Promise<Release> {
  const tag = decodePath(restBehind(c, 'edit')).toString('utf8');
  return requireReleaseByTag(c.var.app, open, tag);
}

async function act(c: WebContext, open: OpenRepository, known: Release | undefined): Promise<Response> {
  const submitted = await readSubmitted(c);
  const { fields: form, tokens, removed } = submitted;
  if (form.action === 'generate') return answerGenerated(c, open, known, submitted);
  if (form.action === 'preview')
    return answerForm(c, open, known, { form, tokens, removed, withPreview: true });
  try {
    return await save(c, open, known, submitted);
  } catch (error) {
    if (!isAppError(error, 'invalid') || !error.fields) throw error;
    return answerForm(c, open, known, { form, errors: error.fields, tokens, removed, status: 422 });
  }
}

async function readSubmitted(c: WebContext): Promise<Submitted> {
  if (!isMultipart(c)) return { fields: await readTextForm(c), tokens: [], removed: new Set(), files: [] };
  const form = await readMultipart(c);
  const texts = (name: string) => form.getAll(name).filter((value) => typeof value === 'string');
  const others = [...form].filter(([name]) => !['files', 'upload', 'removed'].includes(name));
  const chosen = form.getAll('files').filter((file) => file instanceof File);
  return {
    fields: boundedFields(others),
    tokens: texts('upload'),
    removed: new Set(texts('removed')),
    // Browsers send an empty file where none was chosen.
    files: chosen.filter((file) => file.size > 0 || file.name !== ''),
  };
}

async function save(
  c: WebContext,
  open: OpenRepository,
  known: Release | undefined,
  { fields, tokens, removed, files }: Submitted,
): Promise<Response> {
  const { app, actor } = c.var;
  const input = parseRelease({
    tag: fields.tag ?? '',
    target: fields.target,
    title: fields.title,
    // Forms send line ends as on paper tape.
    body: (fields.body ?? '').replace(/\r\n/g, '\n'),
    isPrerelease: fields.prerelease === 'on',
    isDraft: fields.action === 'draft',
  });
  // Files that are gone cannot come back when the form does.
  await checkRelease(app, open, known?.row, input);
  for (const asset of known?.assets ?? [])
    if (removed.has(String(asset.id))) await removeAsset(app, actor, open, asset);
  const ready = await readyUploads(app, actor, open, known ? [] : tokens);
  const stored = await storeFiles(c, files);
  const row = await keepFiles(c, stored, () =>
    saveRelease(app, actor, open, known?.row, input, [...ready, ...stored]),
  );
  const to = row.isDraft
    ? `${open.path}/releases/edit/${encodePath(row.tagName)}`
    : releaseHref(open, row.tagName);
  return redirectWithMessage(c, to, row.isDraft ? 'The draft was saved.' : 'The release is published.');
}

async function storeFiles(c: WebContext, files: readonly File[]): Promise<ReadyFile[]> {
  const stored: ReadyFile[] = [];
  for (const file of files) {
    const chunks = file.stream() as unknown as AsyncIterable<Uint8Array>;
    stored.push(await storeFile(c.var.app, tamedAssetName(file.name), chunks));
  }
  return stored;
}

/** Where saving is refused, the form must send its files again: browsers keep none. */
async function keepFiles<T>(c: WebContext, stored: readonly ReadyFile[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isAppError(error, 'invalid'))
      for (const { storageKey } of stored) await c.var.app.storage.remove(storageKey);
    throw error;
  }
}

async function answerGenerated(
  c: WebContext,
  open: OpenRepository,
  known: Release | undefined,
  { fields, tokens, removed }: Submitted,
): Promise<Response> {
  const { tag = '', target = '', body = '' } = fields;
  const notes = readsCode(open)
    ? await generateNotes(c.var.app, open, {
        tag: tag.trim(),
        target: target.trim(),
        signal: c.req.raw.signal,
      })
    : undefined;
  const shown = { tokens, removed };
  if (notes === undefined) {
    const errors = { target: 'There is no such branch or commit to write notes about.' };
    return answerForm(c, open, known, { ...shown, form: fields, errors, status: 422 });
  }
  const form = { ...fields, body: [body.trim(), notes].filter(Boolean).join('\n\n') };
  return answerForm(c, open, known, { ...shown, form });
}

async function answerForm(
  c: WebContext,
  open: OpenRepository,
  known: Release | undefined,
  { form, errors = {}, tokens = [], removed = new Set(), withPreview = false, status = 200 }: Shown,
): Promise<Response> {
  const { app, actor } = c.var;
  const [names, underWay] = await Promise.all([
    readsCode(open) ? listRefNames(app, open) : { branches: [], tags: [] },
    uploadsUnderWay(app, actor, open, known?.row.id ?? null),
  ]);
  const waiting = underWay.filter((row) => known || tokens.includes(row.token));
  const preview = { body: form.body ?? '', tagName: form.tag ?? '', target: form.target ?? '' };
  const model = {
    title: `${known ? 'Edit release' : 'New release'} · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    form,
    errors,
    known: known && {
      id: known.row.id,
      isDraft: known.row.isDraft,
      name: visibleText(known.row.title || known.row.tagName),
      href: releaseHref(open, known.row.tagName),
    },
    action: known ? `${open.path}/releases/edit/${encodePath(known.row.tagName)}` : `${open.path}/releases`,
    assets: (known?.assets ?? []).map((asset) => ({
      ...asset,
      name: visibleText(asset.name),
      isRemoved: removed.has(String(asset.id)),
    })),
    uploads: waiting.map(({ token, name, sizeBytes, receivedBytes }) => ({
      token,
      name: visibleText(name),
      sizeBytes,
      isWhole: receivedBytes === sizeBytes,
      receivedBytes,
    })),
    uploadsHref: `${open.path}/releases/uploads`,
    most: app.config.repositories.max_asset_bytes,
    mostByForm: app.config.server.max_body_bytes,
    tags: names.tags.slice(0, MOST_SUGGESTED),
    branches: names.branches.slice(0, MOST_SUGGESTED),
    canTag: open.units.code === 'write',
    previewHtml:
      withPreview && preview.tagName.includes('\0') === false ? await previewOf(c, open, preview) : undefined,
    isPreview: withPreview,
  };
  return page(c, 'releases/form', model, status);
}

function previewOf(
  c: WebContext,
  open: OpenRepository,
  shown: { body: string; tagName: string; target: string },
) {
  if (shown.body.length > 125_000) throw new AppError('too_large', 'Notes have at most 125,000 characters.');
  return notesHtml(c.var.app, open, shown);
}
