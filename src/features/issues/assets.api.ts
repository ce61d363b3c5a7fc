// Files of issues and comments in Gitea's REST API v1: listed, uploaded, renamed and removed.
import { invalid, notFound } from '../../base/errors.ts';
import { describing } from '../../platform/api/description.ts';
import { bodyOf, queryOf } from '../../platform/web/api-input.ts';
import { readMultipart } from '../../platform/web/forms.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import {
  addAsset,
  assetsOf,
  removeAsset,
  renameAsset,
  requireAsset,
  type TextWithFiles,
} from './assets.service.ts';
import { assetJson } from './attachments.present.ts';
import { commentOf } from './comments.api.ts';
import { issueOfApi } from './issue.api.ts';
import { assetBody, assetQuery } from './issue-bodies.input.ts';

const ISSUES = '/api/v1/repos/:owner/:repo/issues';

const described = describing('issue');
const uploaded = {
  about: 'It is named at the end of the text.',
  query: assetQuery,
  file: 'attachment',
  status: 201,
};
const renamed = { body: assetBody, example: { name: 'cup.txt' }, status: 201 };

type TextOf = (c: WebContext, open: OpenRepository) => Promise<TextWithFiles>;

async function issueText(c: WebContext, open: OpenRepository): Promise<TextWithFiles> {
  return { issue: await issueOfApi(c, open), entryId: undefined };
}

async function commentText(c: WebContext, open: OpenRepository): Promise<TextWithFiles> {
  const { issue, entry } = await commentOf(c, open);
  return { issue, entryId: entry.id };
}

export const assetApiRoutes: Route<Ability, OpenRepository>[] = [
  ...routesAt(`${ISSUES}/:index{[0-9]+}/assets`, issueText, ['Issue', 'an issue']),
  ...routesAt(`${ISSUES}/comments/:id{[0-9]+}/assets`, commentText, ['IssueComment', 'a comment']),
];

function routesAt(
  path: string,
  textOf: TextOf,
  [id, of]: [string, string],
): Route<Ability, OpenRepository>[] {
  const one = `${path}/:asset{[0-9]+}`;
  return [
    {
      method: 'get',
      path,
      access: 'conversations:read',
      handler: async (c, open) => getAssets(c, open, await textOf(c, open)),
      api: described(`issueList${id}Attachments`, `List the files of ${of}`, 'Attachment[]'),
    },
    {
      method: 'post',
      path,
      access: 'conversations:comment',
      handler: async (c, open) => postAsset(c, open, await textOf(c, open)),
      api: described(`issueCreate${id}Attachment`, `Add a file to ${of}`, 'Attachment', uploaded),
    },
    {
      method: 'get',
      path: one,
      access: 'conversations:read',
      handler: async (c, open) => getAsset(c, open, await textOf(c, open)),
      api: described(`issueGet${id}Attachment`, `Get a file of ${of}`, 'Attachment'),
    },
    {
      method: 'patch',
      path: one,
      access: 'conversations:comment',
      handler: async (c, open) => patchAsset(c, open, await textOf(c, open)),
      api: described(`issueEdit${id}Attachment`, `Rename a file of ${of}`, 'Attachment', renamed),
    },
    {
      method: 'delete',
      path: one,
      access: 'conversations:comment',
      handler: async (c, open) => deleteAsset(c, open, await textOf(c, open)),
      api: described(`issueDelete${id}Attachment`, `Remove a file of ${of}`, 'none'),
    },
  ];
}

async function getAssets(c: WebContext, open: OpenRepository, text: TextWithFiles): Promise<Response> {
  const { app } = c.var;
  return c.json((await assetsOf(app, text)).map((row) => assetJson(app, open.path, row)));
}

async function getAsset(c: WebContext, open: OpenRepository, text: TextWithFiles): Promise<Response> {
  return c.json(assetJson(c.var.app, open.path, await requireAsset(c.var.app, text, idIn(c))));
}

async function postAsset(c: WebContext, open: OpenRepository, text: TextWithFiles): Promise<Response> {
  const { app, actor } = c.var;
  const { name } = queryOf(c, assetQuery);
  const file = (await readMultipart(c)).get('attachment');
  if (!(file instanceof File)) throw invalid({ attachment: 'Send the file in the field attachment.' });
  const chunks = file.stream() as unknown as AsyncIterable<Uint8Array>;
  const row = await addAsset(app, actor, open, text, { name: name ?? file.name, chunks });
  return c.json(assetJson(app, open.path, row), 201);
}

async function patchAsset(c: WebContext, open: OpenRepository, text: TextWithFiles): Promise<Response> {
  const { app, actor } = c.var;
  const row = await requireAsset(app, text, idIn(c));
  const { name = row.name } = await bodyOf(c, assetBody);
  return c.json(assetJson(app, open.path, await renameAsset(app, actor, open, text, row, name)), 201);
}

async function deleteAsset(c: WebContext, open: OpenRepository, text: TextWithFiles): Promise<Response> {
  const { app, actor } = c.var;
  await removeAsset(app, actor, open, text, await requireAsset(app, text, idIn(c)));
  return c.body(null, 204);
}

function idIn(c: WebContext): number {
  const id = Number(c.req.param('asset'));
  if (!Number.isSafeInteger(id) || id > 2 ** 31 - 1) throw notFound('file');
  return id;
}
