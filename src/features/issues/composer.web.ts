// What composers ask for beside the form they stand in: previews, and the names of emoji.
import { AppError, isAppError } from '../../base/errors.ts';
import { listEmoji } from '../../platform/render/emoji.ts';
import type { AccountAccess } from '../../platform/web/gates.ts';
import { fragment, page } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { requirePerson } from './changing.service.ts';
import { readTextForm, type TextForm, withFiles } from './composer-forms.web.ts';
import { LONGEST_BODY } from './issues.types.ts';
import { previewText } from './texts.service.ts';

export const composerRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'post', path: '/:owner/:repo/preview', access: 'conversations:comment', handler: postPreview },
];

export const emojiRoutes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/-/emoji.json', access: 'anyone', handler: getEmoji },
];

/** Fields that the page makes anew, and the one of files, which were kept. */
const OWN_FIELDS = new Set(['csrf', 'files']);

/**
 * For scripts the text alone as HTML. Without scripts a page that shows it, and a form with everything that was typed, which
 * goes where the first one would have gone.
 */
async function postPreview(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  requirePerson(actor);
  const form = await readTextForm(c);
  const field = c.req.query('field') ?? 'body';
  const typed = form.fields[field] ?? '';
  if (typed.length > 2 * LONGEST_BODY) throw new AppError('too_large', 'This text is too long to be shown.');
  if (c.req.header('x-fragment') !== undefined)
    return fragment(c, 'issues/preview-text', { previewHtml: await previewText(app, open, typed) });
  try {
    return await answerPreview(c, open, form, field, await withFiles(c, open, typed, form.files));
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    return answerPreview(c, open, form, field, typed, error.fields?.files ?? error.message);
  }
}

async function answerPreview(
  c: WebContext,
  open: OpenRepository,
  form: TextForm,
  field: string,
  body: string,
  filesError?: string,
): Promise<Response> {
  const model = {
    title: `Preview · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'issues'),
    previewHtml: await previewText(c.var.app, open, body),
    action: actionWithin(open, c.req.query('of')),
    send: (c.req.query('send') ?? '').slice(0, 40) || 'Submit',
    field,
    body,
    filesError,
    others: Object.keys(form.fields)
      .filter((name) => name !== field && !OWN_FIELDS.has(name))
      .flatMap((name) => form.all(name).map((value) => [name, value])),
  };
  return page(c, 'issues/preview', model, filesError === undefined ? 200 : 422);
}

/** An address below this repository: whoever leads people here chooses no other. */
function actionWithin(open: OpenRepository, asked = ''): string | undefined {
  const isBelow =
    asked.startsWith(`${open.path}/`) && /^\/[\w./-]{1,300}$/.test(asked) && !asked.includes('..');
  return isBelow ? asked : undefined;
}

/** Every emoji with its names, the same for everybody: asked for once a version. */
function getEmoji(c: WebContext): Response {
  c.header('Cache-Control', 'public, max-age=31536000, immutable');
  return c.json(listEmoji());
}
