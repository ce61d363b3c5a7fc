// The page where anybody, signed in or not, chooses colours; the choice lives in a cookie.
import { AppError } from '../../base/errors.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import { CONTRASTS, MODES, setTheme, themeOf } from '../../platform/web/theme.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';

const ROUTES: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/-/theme', access: 'anyone', whilePending: true, handler: getTheme },
  { method: 'post', path: '/-/theme', access: 'anyone', whilePending: true, handler: postTheme },
];

/** Adds the page of appearance. */
export function mountTheme(web: WebApp): void {
  mountRoutes(web, accountGate, ROUTES);
}

function getTheme(c: WebContext): Response {
  const { mode, contrast } = themeOf(c);
  return page(c, 'design/theme', { title: 'Appearance', mode, contrast });
}

async function postTheme(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const mode = MODES.find((one) => one === form.mode);
  const contrast = CONTRASTS.find((one) => one === (form.contrast ?? 'default'));
  if (!mode || !contrast) throw new AppError('invalid', 'There is no such theme.');
  setTheme(c, mode, contrast);
  return redirectWithMessage(c, '/-/theme', 'Appearance saved in this browser.');
}
