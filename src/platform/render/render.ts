// Turns templates and page models into HTML. Templates are compiled at build, or read from disk in development.
import type { Frame, PageModel } from '../web/page.ts';

export interface Render {
  /** A whole page: the template inside layout/page. */
  page(name: string, model: PageModel, frame: Frame): string;
  /** A template alone. */
  fragment(name: string, model: object): string;
  /** The URL of a browser asset under its hashed name, e.g. `app.css`. */
  asset(name: string): string;
}
