// Files read through Gitea's REST API v1: with what is known of them, as they lie there, packed, and how they are to be edited.
import { notFound } from '../../base/errors.ts';
import { queryOf } from '../../platform/web/api-input.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { answerArchive } from './archives.web.ts';
import { requireAt } from './asked-commits.service.ts';
import { archiveQuery, refQuery } from './code.input.ts';
import type { FoundEntry, Place } from './code.types.ts';
import { contentsJson, editorSettingsJson } from './contents.json.ts';
import { readContents } from './contents.service.ts';
import { editorSettings } from './editorconfig.service.ts';
import { decodePath, lastName } from './paths.service.ts';
import { requireEntry } from './places.service.ts';
import { answerBlob, answerRaw } from './raw.web.ts';
import { restOfAddress } from './requests.web.ts';

const AT = '/api/v1/repos/:owner/:repo';
const FILE = ':filepath{[^]+}';
/** Segments in front of a path: `/api/v1/repos/:owner/:repo/contents`. */
const DEPTH = 7;

const tag = 'repository';
const query = refQuery;

export const contentsRoutes: Route<Ability, OpenRepository>[] = [
  {
    ...{ method: 'get', path: `${AT}/contents`, access: 'code:read', expensive: true, handler: getContents },
    api: {
      ...{ tag, id: 'repoGetContentsList', summary: 'List the files of the root directory', query },
      answer: 'ContentsResponse[]',
    },
  },
  // Each file comes with its last commit, which git looks for in the history.
  {
    path: `${AT}/contents/${FILE}`,
    ...{ method: 'get', access: 'code:read', expensive: true, handler: getContents },
    api: {
      ...{ tag, id: 'repoGetContents', summary: 'Get a file, or the entries of a directory', query },
      ...{ answer: 'ContentsResponse', orList: true },
    },
  },
  {
    ...{ method: 'get', path: `${AT}/raw/${FILE}`, access: 'code:read', handler: getRaw },
    api: { tag, id: 'repoGetRawFile', summary: 'Get the bytes of a file', query, answer: 'bytes' },
  },
  {
    ...{ method: 'get', path: `${AT}/media/${FILE}`, access: 'code:read', handler: getMedia },
    api: {
      ...{ tag, id: 'repoGetRawFileOrLfs', summary: 'Get the bytes of a file or of its LFS object', query },
      answer: 'bytes',
    },
  },
  {
    ...{ method: 'get', path: `${AT}/editorconfig/${FILE}`, access: 'code:read', handler: getEditorConfig },
    api: {
      ...{ tag, id: 'repoGetEditorConfig', summary: 'Get what .editorconfig says of a file', query },
      answer: 'object',
    },
  },
  {
    // Takes its turn itself, since it streams.
    ...{ method: 'get', path: `${AT}/archive/:archive{[^]+}`, access: 'code:read', handler: getArchive },
    api: {
      ...{ tag, id: 'repoGetArchive', summary: 'Download an archive', query: archiveQuery, answer: 'bytes' },
      about:
        'The name of a branch or tag, or the id of a commit, with `.zip` or `.tar.gz`; `path` asks for a part of it.',
    },
  },
];

async function getContents(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const place = await placeOf(c, open);
  const found = await readContents(app, open, place, c.req.raw.signal);
  if (!Array.isArray(found)) return c.json(contentsJson(app, open, place.at, found));
  return c.json(found.map((item) => contentsJson(app, open, place.at, item)));
}

async function getRaw(c: WebContext, open: OpenRepository): Promise<Response> {
  const { place, entry } = await fileOf(c, open);
  return answerBlob(c, open, entry, lastName(place.path));
}

async function getMedia(c: WebContext, open: OpenRepository): Promise<Response> {
  const { place, entry } = await fileOf(c, open);
  return answerRaw(c, open, entry, lastName(place.path));
}

async function fileOf(c: WebContext, open: OpenRepository): Promise<{ place: Place; entry: FoundEntry }> {
  const place = await placeOf(c, open);
  const entry = await requireEntry(c.var.app, open, place, 'file');
  if (entry.type !== 'blob') throw notFound('file');
  return { place, entry };
}

async function getEditorConfig(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const { at, path } = await placeOf(c, open);
  const settings = editorSettingsJson(await editorSettings(app, open, at.commit, path));
  if (Object.keys(settings).length === 0) throw notFound('.editorconfig');
  return c.json(settings);
}

function getArchive(c: WebContext, open: OpenRepository): Promise<Response> {
  queryOf(c, archiveQuery);
  return answerArchive(c, open, restOfAddress(c, DEPTH));
}

async function placeOf(c: WebContext, open: OpenRepository): Promise<Place> {
  const { ref } = queryOf(c, refQuery);
  const at = await requireAt(c.var.app, open, ref);
  return { at, path: decodePath(restOfAddress(c, DEPTH)) };
}
