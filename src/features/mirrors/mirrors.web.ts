// The settings page of mirrors: what the repository follows, and what follows it.
import { isAppError, notFound } from '../../base/errors.ts';
import { repositoryGate } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from '../repos/access.service.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import { isArchived } from '../repos/repos.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { mountImports } from './imports.web.ts';
import { parseMirrorChanges, parseNewPushMirror } from './mirrors.input.ts';
import { mirrorItem } from './mirrors.present.ts';
import { addPushMirror, changeMirror, mirrorsOf, removeMirror, syncMirror } from './mirrors.service.ts';

const BASE = '/:owner/:repo/settings/mirrors';
const MANAGE = 'settings:manage';

const routes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: BASE, access: 'access:read', handler: getMirrors },
  // Whoever adds one sends the whole repository elsewhere.
  { method: 'post', path: BASE, access: MANAGE, sudo: true, handler: postMirror },
  { method: 'post', path: `${BASE}/:id/changes`, access: MANAGE, sudo: true, handler: postChanges },
  { method: 'post', path: `${BASE}/:id/sync`, access: MANAGE, handler: postSync },
  { method: 'post', path: `${BASE}/:id/removal`, access: MANAGE, sudo: true, handler: postRemoval },
];

/** Adds the pages of imports and mirrors. */
export function mountMirrors(web: WebApp): void {
  mountImports(web);
  mountRoutes(web, repositoryGate(openRepository), routes);
}

type Fields = Record<string, string>;

function getMirrors(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerMirrors(c, open, { intervalMinutes: '480', onPush: 'on', lfs: 'on' }, {}, 200);
}

async function answerMirrors(
  c: WebContext,
  open: OpenRepository,
  form: Fields,
  errors: Fields,
  status: number,
): Promise<Response> {
  const { app, actor } = c.var;
  const mirrors = (await mirrorsOf(app, actor, open)).map(mirrorItem);
  const model = {
    title: `Mirroring · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'settings'),
    pulls: mirrors.filter(({ direction }) => direction === 'pull'),
    pushes: mirrors.filter(({ direction }) => direction === 'push'),
    isArchived: isArchived(open.repository),
    leastMinutes: app.config.repositories.mirror_min_minutes,
    form,
    errors,
  };
  return page(c, 'mirrors/settings-mirrors', model, status);
}

async function postMirror(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  try {
    const raw = { ...form, onPush: form.onPush === 'on', lfs: form.lfs === 'on' };
    const { url } = await addPushMirror(c.var.app, c.var.actor, open, parseNewPushMirror(raw));
    return redirectWithMessage(
      c,
      settingsOf(open),
      `${url} follows this repository now. The first run begins.`,
    );
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    const { password: _, ...kept } = form;
    const url = (form.url ?? '').replace(/^(\s*[a-z]+:\/\/)[^/]*@/i, '$1');
    return answerMirrors(c, open, { ...kept, url }, error.fields ?? {}, 422);
  }
}

async function postChanges(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  const id = idOf(c);
  try {
    const raw = { ...form, onPush: form.onPush === 'on', lfs: form.lfs === 'on' };
    await changeMirror(c.var.app, c.var.actor, open, id, parseMirrorChanges(raw));
    return redirectWithMessage(c, settingsOf(open), 'The mirror was changed.');
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    return redirectWithMessage(c, settingsOf(open), error.message, 'error');
  }
}

async function postSync(c: WebContext, open: OpenRepository): Promise<Response> {
  await syncMirror(c.var.app, c.var.actor, open, idOf(c));
  return redirectWithMessage(
    c,
    settingsOf(open),
    'The run begins in a moment. Reload this page to see its result.',
  );
}

async function postRemoval(c: WebContext, open: OpenRepository): Promise<Response> {
  const { direction, url } = await removeMirror(c.var.app, c.var.actor, open, idOf(c));
  const message =
    direction === 'pull'
      ? 'This repository is a normal one now: it takes pushes and follows nothing.'
      : `${url} does not follow this repository any more.`;
  return redirectWithMessage(c, settingsOf(open), message);
}

function settingsOf(open: OpenRepository): string {
  return `${open.path}/settings/mirrors`;
}

function idOf(c: WebContext): number {
  const id = c.req.param('id') ?? '';
  if (!/^[1-9]\d{0,14}$/.test(id)) throw notFound('mirror');
  return Number(id);
}
