// Markdown as HTML, in Gitea's REST API v1: as a comment of a repository, or as a document.
import type { Actor } from '../../base/actor.ts';
import { AppError, isAppError } from '../../base/errors.ts';
import type { SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import { isMarkdown } from '../../platform/render/languages.ts';
import { MAX_MARKDOWN_LENGTH, sourceAsHtml } from '../../platform/render/markdown-limits.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from '../repos/access.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { markupBody, placeOfContext, type TextPlace } from './markdown.input.ts';
import { previewText, renderedAlone } from './texts.service.ts';

const ABOUT =
  'As a comment (`gfm`, `comment`) of the repository that `Context` names, references become links as far as you may see ' +
  'what they name; as a document, relative links lead into the repository. What is answered is safe to show.';

const routes: Route<AccountAccess, Actor>[] = [
  {
    method: 'post',
    path: '/api/v1/markdown',
    access: 'signed-in',
    handler: postMarkdown,
    api: {
      tag: 'miscellaneous',
      id: 'renderMarkdown',
      summary: 'Render Markdown as HTML',
      about: ABOUT,
      body: markupBody,
      example: { Text: 'See #1 and `npm test`.', Mode: 'gfm', Context: 'ada/tools' },
      answer: 'text',
    },
  },
  {
    method: 'post',
    path: '/api/v1/markdown/raw',
    access: 'signed-in',
    handler: postRaw,
    api: {
      tag: 'miscellaneous',
      id: 'renderMarkdownRaw',
      summary: 'Render the body of the request, which is Markdown, as HTML',
      answer: 'text',
    },
  },
  {
    method: 'post',
    path: '/api/v1/markup',
    access: 'signed-in',
    handler: postMarkdown,
    api: {
      tag: 'miscellaneous',
      id: 'renderMarkup',
      summary: 'Render a document as HTML by its name',
      about: `${ABOUT} In the mode \`file\` the name \`FilePath\` says what it is.`,
      body: markupBody,
      example: { Text: '# Tools', Mode: 'file', FilePath: 'docs/README.md', Context: 'ada/tools' },
      answer: 'text',
    },
  },
];

/** Adds the rendering of texts to `/api/v1`. */
export function mountMarkdownApi(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

async function postMarkdown(c: WebContext, actor: Actor): Promise<Response> {
  const { app } = c.var;
  const body = await bodyOf(c, markupBody);
  const text = body.Text ?? body.text ?? '';
  const mode = body.Mode ?? body.mode ?? '';
  const filePath = body.FilePath ?? body.file_path ?? '';
  const place = placeOfContext(body.Context ?? body.context ?? '', app.publicUrl());
  if (mode === 'file' && !isMarkdown(filePath))
    throw new AppError('invalid', 'Only Markdown is rendered: name the file so that it ends with .md.');
  const isComment = mode === 'gfm' || mode === 'comment';
  return answer(c, await (isComment ? asComment(app, actor, place, text) : asDocument(app, place, text)));
}

async function postRaw(c: WebContext): Promise<Response> {
  const text = await c.req.text();
  const html =
    text.length > MAX_MARKDOWN_LENGTH ? sourceAsHtml(text) : await asDocument(c.var.app, undefined, text);
  return answer(c, html);
}

/** For programs: a browser that is sent there shows nothing of what somebody had rendered. */
function answer(c: WebContext, html: SafeHtml): Response {
  c.header('Content-Type', 'text/html; charset=utf-8');
  c.header('Content-Security-Policy', "default-src 'none'; sandbox");
  return c.body(html);
}

async function asComment(
  app: App,
  actor: Actor,
  place: TextPlace | undefined,
  text: string,
): Promise<SafeHtml> {
  const open = place && (await findOpen(app, actor, place));
  return open ? previewText(app, open, text) : renderedAlone(app, text);
}

/** What somebody may not see is no place at all, as what does not exist. */
async function findOpen(
  app: App,
  actor: Actor,
  { owner, repository }: TextPlace,
): Promise<OpenRepository | undefined> {
  try {
    return await openRepository(app, actor, owner, repository, 'conversations:read');
  } catch (error) {
    if (isAppError(error, 'not_found', 'forbidden', 'unauthenticated')) return undefined;
    throw error;
  }
}

/** Nothing is looked up: links are made of what was typed. */
function asDocument(app: App, place: TextPlace | undefined, source: string): Promise<SafeHtml> {
  const { revision = 'HEAD', directory = '' } = place ?? {};
  const repository = place ? `/${place.owner}/${place.repository}` : '';
  return app.highlighter.markdown({ source, place: { repository, revision, directory } });
}
