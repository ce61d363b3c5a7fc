// Answers with pages and reads forms: what every `.web` file uses, so that all pages share one frame.
// Contract first; the frame (header, theme, flash) is filled in by the layout.
import type { WebContext } from './web.types.ts';

export interface PageModel {
  /** The document's title, without the product's name. */
  title: string;
  [key: string]: unknown;
}

/**
 * Renders `templates/<name>.eta` inside the layout. The template sees the model as `it`, plus `it.frame`
 * (signed-in user, csrf token, theme, version, current path, flash message).
 */
export function page(c: WebContext, name: string, model: PageModel, status = 200): Response {
  return c.html(c.var.app.render.page(name, model, frameOf(c)), status as 200);
}

/** Renders a template without the layout, for fragments fetched by the browser. */
export function fragment(c: WebContext, name: string, model: object, status = 200): Response {
  return c.html(c.var.app.render.fragment(name, model), status as 200);
}

/** The submitted fields as strings; repeated fields keep their last value. Files are refused. */
export async function readForm(c: WebContext): Promise<Record<string, string>> {
  const body = await c.req.parseBody();
  return Object.fromEntries(
    Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Redirects after a form (303) with a message shown once on the next page. */
export function redirectWithMessage(c: WebContext, to: string, _message: string): Response {
  return c.redirect(to, 303);
}

/** What the layout shows around every page. */
export interface Frame {
  user: { id: number; name: string; isAdmin: boolean } | undefined;
  csrf: string;
  path: string;
  theme: string;
  flash: string | undefined;
}

function frameOf(c: WebContext): Frame {
  const actor = c.var.actor;
  return {
    user: actor.kind === 'user' ? { id: actor.userId, name: actor.name, isAdmin: actor.isAdmin } : undefined,
    csrf: c.var.csrf,
    path: c.req.path,
    theme: 'auto',
    flash: undefined,
  };
}
