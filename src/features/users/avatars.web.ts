// Uploading, removing and serving pictures of accounts.
import { AppError, isAppError, notFound } from '../../base/errors.ts';
import { identiconFile } from '../../platform/render/avatars.ts';
import { MAX_PICTURE_BYTES } from '../../platform/render/picture-limits.ts';
import { readFormWithFile } from '../../platform/web/form-files.ts';
import { type AccountAccess, accountGate, requireUserActor } from '../../platform/web/gates.ts';
import { redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { removeAvatar, requireAvatar, setAvatar } from './avatars.service.ts';
import { answerProfile } from './profile.web.ts';
import { isName } from './users.input.ts';

const PROFILE = '/settings/profile';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'post', path: '/settings/avatar', access: 'signed-in', handler: postAvatar },
  { method: 'post', path: '/settings/avatar/removal', access: 'signed-in', handler: postRemoval },
  { method: 'get', path: '/avatars/:name', access: 'anyone', handler: getIdenticon },
  { method: 'get', path: '/avatars/:name/:hash', access: 'anyone', handler: getAvatar },
];

/** Adds pictures. */
export function mountAvatars(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

async function postAvatar(c: WebContext): Promise<Response> {
  const { userId } = requireUserActor(c.var.actor);
  try {
    const { file } = await readFormWithFile(c, 'avatar', MAX_PICTURE_BYTES);
    if (!file)
      throw new AppError('invalid', 'Choose a picture first.', {
        fields: { avatar: 'Choose a picture first.' },
      });
    await setAvatar(c.var.app, c.var.actor, userId, file);
  } catch (error) {
    if (!isAppError(error, 'invalid', 'too_large')) throw error;
    return answerProfile(c, undefined, error.fields ?? { avatar: error.message }, 422);
  }
  return redirectWithMessage(c, PROFILE, 'Your picture was saved.');
}

async function postRemoval(c: WebContext): Promise<Response> {
  const { userId } = requireUserActor(c.var.actor);
  await removeAvatar(c.var.app, c.var.actor, userId);
  return redirectWithMessage(c, PROFILE, 'Your picture was removed.');
}

/** What an account without a picture shows; drawn from the name alone, so that it tells nothing of accounts. */
function getIdenticon(c: WebContext): Response {
  const name = c.req.param('name') ?? '';
  if (!isName(name)) throw notFound('picture');
  c.header('Content-Type', 'image/svg+xml');
  c.header('Cache-Control', 'public, max-age=86400');
  c.header('Content-Security-Policy', "default-src 'none'; sandbox");
  return c.body(identiconFile(name));
}

/** Under its hash a picture never changes; opened by itself it can do nothing, whatever a browser takes it for. */
async function getAvatar(c: WebContext): Promise<Response> {
  const { bytes, mediaType } = await requireAvatar(
    c.var.app,
    c.req.param('name') ?? '',
    c.req.param('hash') ?? '',
  );
  c.header('Content-Type', mediaType);
  c.header('Cache-Control', 'public, max-age=31536000, immutable');
  c.header('Content-Security-Policy', "default-src 'none'; sandbox");
  return c.body(bytes as Uint8Array<ArrayBuffer>);
}
