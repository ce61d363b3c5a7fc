// Turns templates and page models into HTML. Templates are compiled at build, or read from disk in development.
import type { Frame, PageModel } from '../web/page.ts';
import { openAssets } from './assets-manifest.ts';
import { shareDrawings } from './shared-drawings.ts';
import { openTemplates } from './template-engine.ts';
import { templateFunctions } from './template-functions.ts';

export interface Render {
  /** A whole page: the template inside layout/page. */
  page(name: string, model: PageModel, frame: Frame): string;
  /** A template alone. */
  fragment(name: string, model: object): string;
  /** The URL of a browser asset under its hashed name, e.g. `app.css`. */
  asset(name: string): string;
}

/** Opens the templates. With `reload` they and the assets' names are read anew for each page. */
export function openRender(options: { reload?: boolean } = {}): Render {
  const reload = options.reload ?? false;
  const assets = openAssets(reload);
  const templates = openTemplates(templateFunctions(assets.address), reload);
  return {
    page(name, model, frame) {
      const body = shareDrawings(templates.render(name, { ...model, frame }));
      return templates.render('layout/page', { ...model, frame, body });
    },
    fragment: (name, model) => templates.render(name, model),
    asset: assets.address,
  };
}
