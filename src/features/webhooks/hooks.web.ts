// The pages on which webhooks are listed, made, changed and removed.
import { type FieldErrors, isAppError } from '../../base/errors.ts';
import { readFormValues } from '../../platform/web/forms.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { HOOK_FORMATS } from './hook-formats.data.ts';
import { type HookPlace, type HookRoute, numberIn } from './hook-places.web.ts';
import { parseFormat, parseHookChanges, parseNewHook } from './hooks.input.ts';
import { emptyForm, fieldsOf, formatItems, formOf, type HookForm, hookItem } from './hooks.present.ts';
import { changeHook, createHook, deleteHook, hooksOf, requireHook, resumeHook } from './hooks.service.ts';
import type { Hook, HookFormat } from './hooks.types.ts';

export const hookPages: readonly HookRoute[] = [
  { method: 'get', path: '', needs: 'read', handler: getHooks },
  { method: 'get', path: '/new', needs: 'manage', handler: getNew },
  // Whoever adds one sends what happens elsewhere from then on.
  { method: 'post', path: '', needs: 'manage', sudo: true, handler: postHook },
  { method: 'get', path: '/:id', needs: 'read', handler: getHook },
  { method: 'post', path: '/:id/changes', needs: 'manage', sudo: true, handler: postChanges },
  { method: 'post', path: '/:id/resumption', needs: 'manage', handler: postResumption },
  { method: 'post', path: '/:id/removal', needs: 'manage', sudo: true, handler: postRemoval },
];

type Fields = Record<string, string>;

async function getHooks(c: WebContext, place: HookPlace): Promise<Response> {
  const { hooks } = await hooksOf(c.var.app, c.var.actor, place.owner);
  const model = {
    ...pageOf(place, `Webhooks · ${place.name}`),
    hooks: hooks.map((hook) => hookItem(hook, place.base)),
    formats: formatItems(place.base),
    most: c.var.app.config.webhooks.most_per_owner,
  };
  return page(c, 'webhooks/hooks', model);
}

/** What every page of webhooks shows around itself. */
export function pageOf(place: HookPlace, title: string) {
  return { ...place.frame, title, place };
}

async function getNew(c: WebContext, place: HookPlace): Promise<Response> {
  return answerNew(c, place, parseFormat(c.req.query('format') ?? 'gitea'), emptyForm(), {}, 200);
}

function answerNew(
  c: WebContext,
  place: HookPlace,
  format: HookFormat,
  form: HookForm,
  errors: FieldErrors,
  status: number,
): Response {
  const fields = fieldsOf(format, place.owner.scope, undefined);
  const title = `New webhook · ${place.name}`;
  return page(c, 'webhooks/new', { ...pageOf(place, title), fields, form, errors }, status);
}

async function postHook(c: WebContext, place: HookPlace): Promise<Response> {
  const form = await readForm(c);
  const events = await readFormValues(c, 'event');
  const format = parseFormat(form.format);
  try {
    const raw = { ...rawOf(form, events), url: form.url ?? '', token: form.token ?? '', format };
    const hook = await createHook(c.var.app, c.var.actor, place.owner, parseNewHook(raw));
    return redirectWithMessage(
      c,
      `${place.base}/${hook.id}`,
      'The webhook was added. Send a test to see that it arrives.',
    );
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    return answerNew(c, place, format, typedForm(format, form, events), errorsOf(error.fields, format), 422);
  }
}

async function getHook(c: WebContext, place: HookPlace): Promise<Response> {
  const hook = await requireHook(c.var.app, c.var.actor, place.owner, numberIn(c, 'id'));
  return answerHook(c, place, hook, formOf(hook), {}, 200);
}

function answerHook(
  c: WebContext,
  place: HookPlace,
  hook: Hook,
  form: HookForm,
  errors: FieldErrors,
  status: number,
): Response {
  const model = {
    ...pageOf(place, `Webhook · ${place.name}`),
    hook: hookItem(hook, place.base),
    fields: fieldsOf(hook.format, place.owner.scope, hook),
    ...{ form, errors },
  };
  return page(c, 'webhooks/hook', model, status);
}

async function postChanges(c: WebContext, place: HookPlace): Promise<Response> {
  const form = await readForm(c);
  const events = await readFormValues(c, 'event');
  const hook = await requireHook(c.var.app, c.var.actor, place.owner, numberIn(c, 'id'));
  try {
    const changes = parseHookChanges(hook, rawChangesOf(hook, form, events));
    await changeHook(c.var.app, c.var.actor, place.owner, hook.id, changes);
    return redirectWithMessage(c, `${place.base}/${hook.id}`, 'The webhook was changed.');
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    const typed = typedForm(hook.format, form, events);
    return answerHook(c, place, hook, typed, errorsOf(error.fields, hook.format), 422);
  }
}

async function postResumption(c: WebContext, place: HookPlace): Promise<Response> {
  const id = numberIn(c, 'id');
  await resumeHook(c.var.app, c.var.actor, place.owner, id);
  return redirectWithMessage(c, `${place.base}/${id}`, 'The webhook is told of what happens again.');
}

async function postRemoval(c: WebContext, place: HookPlace): Promise<Response> {
  await deleteHook(c.var.app, c.var.actor, place.owner, numberIn(c, 'id'));
  return redirectWithMessage(c, place.base, 'The webhook was deleted.');
}

function rawOf(form: Fields, events: string[]): Record<string, unknown> {
  const options = Object.entries(form)
    .filter(([name]) => name.startsWith('option_'))
    .map(([name, value]) => [name.slice('option_'.length), value]);
  return {
    contentType: form.content_type ?? 'json',
    secret: form.secret ?? '',
    authorization: form.authorization ?? '',
    sendsAll: form.which === 'all',
    events: form.which === 'some' ? events : ['push'],
    branchFilter: form.branch_filter ?? '',
    verifiesTls: form.verify_tls === 'on',
    isActive: form.active === 'on',
    options: Object.fromEntries(options),
  };
}

/** What is a secret stays where its field is empty, unless it is to be removed. */
function rawChangesOf(hook: Hook, form: Fields, events: string[]): Record<string, unknown> {
  const { secret, authorization, ...raw } = rawOf(form, events);
  return {
    ...raw,
    ...(form.url ? { url: form.url } : {}),
    ...(form.token ? { token: form.token } : {}),
    ...keptOr('secret', secret, form.remove_secret),
    ...(hook.format === 'matrix' ? {} : keptOr('authorization', authorization, form.remove_authorization)),
  };
}

function keptOr(name: string, value: unknown, removal: string | undefined): Record<string, unknown> {
  if (removal === 'on') return { [name]: '' };
  return value === '' ? {} : { [name]: value };
}

/** What was typed, without what is a secret: that must not travel a second time. */
function typedForm(format: HookFormat, form: Fields, events: readonly string[]): HookForm {
  const { secret: _, authorization: __, token: ___, url = '', ...values } = form;
  const isSecret = HOOK_FORMATS[format].isChat && format !== 'matrix';
  const shown = isSecret ? '' : url.replace(/^(\s*https?:\/\/)[^/]*@/i, '$1');
  return { values: { ...values, url: shown }, events };
}

const FORM_NAMES: Readonly<Record<string, string>> = {
  contentType: 'content_type',
  branchFilter: 'branch_filter',
};

/** The faults by the names of the form's fields; of Matrix the header is made of the token. */
function errorsOf(fields: FieldErrors = {}, format: HookFormat): FieldErrors {
  const names = format === 'matrix' ? { ...FORM_NAMES, authorization: 'token' } : FORM_NAMES;
  return Object.fromEntries(
    Object.entries(fields).map(([field, message]) => [
      (names as Record<string, string>)[field] ?? field,
      message,
    ]),
  );
}
