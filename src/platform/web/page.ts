// Answers with pages: what every `.web` file uses, so that all pages share one frame.
import type { Actor } from '../../base/actor.ts';
import type { SafeHtml } from '../../base/html.ts';
import { VERSION } from '../runtime/version.ts';
import { keepCsrfBinding } from './csrf-token.ts';
import { type Flash, type FlashKind, setFlash, takeFlash } from './flash.ts';
import { noticesFor, type ShownNotice } from './notices.ts';
import { askedAddress, signInAddress } from './return-address.ts';
import { type Theme, themeOf } from './theme.ts';
import type { WebContext } from './web.types.ts';

export { readForm } from './forms.ts';

export interface PageModel {
  /** The document's title, without the product's name. */
  title: string;
  [key: string]: unknown;
}

/** What the layout shows around every page. */
export interface Frame {
  user:
    | { id: number; name: string; isAdmin: boolean; isRestricted: boolean; avatarHash: string | null }
    | undefined;
  /** Whether the bell in the header shows a dot. */
  hasUnread: boolean;
  /** The token of forms; reading it sends the visitor cookie where one is needed. */
  readonly csrf: string;
  path: string;
  theme: Theme;
  flash: Flash | undefined;
  /** What the administrators tell everybody. */
  notices: ShownNotice[];
  /** This page, to come back to after a form that stands on every page. */
  here: string;
  version: string;
  /** Whether the server runs for development. */
  dev: boolean;
  /** Whether anybody may register. */
  registration: boolean;
  /** The sign-in page that comes back to this one. */
  signInHref: string;
}

/**
 * Renders `templates/<name>.eta` inside the layout. The template sees the model as `it`, plus `it.frame`
 * (signed-in user, csrf token, theme, version, current path, flash message).
 */
export function page(c: WebContext, name: string, model: PageModel, status = 200): Response {
  return answerHtml(c, c.var.app.render.page(name, model, frameOf(c)), status);
}

/** Renders a template without the layout, for fragments fetched by the browser. */
export function fragment(c: WebContext, name: string, model: object, status = 200): Response {
  return answerHtml(c, c.var.app.render.fragment(name, { ...model, frame: frameOf(c, true) }), status);
}

/** Renders a template as a part of a page that is made otherwise. */
export function partHtml(c: WebContext, name: string, model: object): SafeHtml {
  return c.var.app.render.fragment(name, { ...model, frame: frameOf(c, true) }) as SafeHtml;
}

/** Redirects after a form (303) with a message shown once on the next page. */
export function redirectWithMessage(
  c: WebContext,
  to: string,
  message: string,
  kind: FlashKind = 'success',
): Response {
  setFlash(c, kind, message);
  return c.redirect(to, 303);
}

/** What the surface compresses and tags; see surfaces/http/answers.ts. */
function answerHtml(c: WebContext, html: string, status: number): Response {
  const response = c.html(html, status as 200);
  c.set('html', html);
  return response;
}

function userOf(actor: Actor): Frame['user'] {
  if (actor.kind !== 'user') return undefined;
  const { userId: id, name, isAdmin, isRestricted = false, avatarHash = null } = actor;
  return { id, name, isAdmin, isRestricted, avatarHash };
}

function frameOf(c: WebContext, isFragment = false): Frame {
  const { actor, app } = c.var;
  return {
    user: userOf(actor),
    hasUnread: c.var.hasUnread === true,
    get csrf() {
      keepCsrfBinding(c);
      return c.var.csrf;
    },
    path: c.req.path,
    theme: themeOf(c),
    flash: isFragment ? undefined : takeFlash(c),
    notices: isFragment ? [] : noticesFor(c),
    here: c.req.method === 'GET' ? askedAddress(c.req.url) : '/',
    version: VERSION,
    dev: process.env.OPENCODEHUB_DEV === '1',
    registration: app.config.accounts.registration === 'open',
    signInHref: c.req.method === 'GET' ? signInAddress(askedAddress(c.req.url)) : '/login',
  };
}
