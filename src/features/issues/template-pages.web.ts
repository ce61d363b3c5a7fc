// Opening an issue by a template: the page on which one chooses, the form that a template describes, and what it sends.
import { type FieldErrors, isAppError, notFound } from '../../base/errors.ts';
import { path as addressOf } from '../../platform/render/addresses.ts';
import { page } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { requirePerson } from './changing.service.ts';
import { markSent, readTextForm, type TextForm, withFiles } from './composer-forms.web.ts';
import { containedAnswers, rendererOf } from './contained-answers.service.ts';
import {
  type Answers,
  faultsOf,
  firstAnswers,
  markdownOf,
  questionsOf,
  readAnswers,
  takesFiles,
} from './form-answers.service.ts';
import { elementModels } from './issue-forms.present.ts';
import { createIssue } from './issues.service.ts';
import { metadataOfTemplate } from './template-metadata.service.ts';
import { findTemplate, issueTemplates, mayOpenBlank, seesProblems } from './templates.service.ts';
import type { IssueForm, IssueTemplate, TemplateSet } from './templates.types.ts';

const NEW = '/:owner/:repo/issues/new';
/** GitHub's word for an issue without a template. */
export const BLANK = 'BLANK_ISSUE';

/** The form's page is `/issues/new?template=…`, which `answerByTemplate` answers; the form is sent to the same address. */
export const templateRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: `${NEW}/choose`, access: 'issues:create', handler: getChooser },
  { method: 'post', path: NEW, access: 'issues:create', handler: postForm },
];

/** What a new issue's page begins with, where it is not answered by a template's own page. */
export interface IssueStart {
  /** The file name of the template, to be sent with the form; empty for none. */
  template: string;
  title: string;
  body: string;
  labels: readonly string[];
  assignees: readonly string[];
}

/**
 * Answers `/issues/new` with the form that `?template=` names, or leads to the page on which one chooses; else says what
 * the plain form begins with. What the address itself names wins over the template.
 */
export async function answerByTemplate(c: WebContext, open: OpenRepository): Promise<Response | IssueStart> {
  requirePerson(c.var.actor);
  const { template: name, title, body } = c.req.query();
  const set = await issueTemplates(c.var.app, open);
  const template = set.templates.find(({ fileName }) => fileName === name);
  if (template?.kind === 'form') return answerForm(c, open, template, { answers: prefilled(c, template) });
  const choice = offersChoice(open, set);
  const isBlank = name === BLANK || (name === undefined && (title !== undefined || body !== undefined));
  if (!template && choice && !(isBlank && mayOpenBlank(open, set)))
    return c.redirect(chooserOf(c, open), 302);
  const start = template ?? set.single;
  return {
    template: template?.fileName ?? '',
    title: title ?? start?.title ?? '',
    body: body ?? start?.content ?? '',
    labels: start?.labels ?? [],
    assignees: start?.assignees ?? [],
  };
}

/** The template in Markdown that a plain form was sent with. */
export async function templateSent(
  c: WebContext,
  open: OpenRepository,
  name: string,
): Promise<IssueTemplate | undefined> {
  if (name !== '') return findTemplate(c.var.app, open, name);
  return (await issueTemplates(c.var.app, open)).single;
}

function offersChoice(open: OpenRepository, { templates, config, problems }: TemplateSet): boolean {
  if (templates.length > 0 || config.contactLinks.length > 0) return true;
  return problems.length > 0 && seesProblems(open);
}

/** What else the address names goes on to the template that is chosen. */
function chooserOf(c: WebContext, open: OpenRepository): string {
  return `${open.path}/issues/new/choose${keptQuery(c)}`;
}

function keptQuery(c: WebContext, template?: string): string {
  const query = new URLSearchParams(new URL(c.req.url).search);
  query.delete('template');
  if (template !== undefined) query.append('template', template);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

async function getChooser(c: WebContext, open: OpenRepository): Promise<Response> {
  requirePerson(c.var.actor);
  const set = await issueTemplates(c.var.app, open);
  const hrefOf = (name: string) => `${open.path}/issues/new${keptQuery(c, name)}`;
  if (!offersChoice(open, set)) return c.redirect(`${open.path}/issues/new${keptQuery(c)}`, 302);
  return page(c, 'issues/choose', {
    title: `New issue · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'issues'),
    templates: set.templates.map(({ fileName, name, about }) => ({ name, about, href: hrefOf(fileName) })),
    links: set.config.contactLinks,
    blankHref: mayOpenBlank(open, set) ? hrefOf(BLANK) : undefined,
    isBlankForAll: set.config.allowsBlank,
    problems: seesProblems(open) ? problemModels(open, set) : [],
  });
}

function problemModels(open: OpenRepository, { problems }: TemplateSet) {
  return problems.map(({ path, line, text }) => ({
    path,
    line: line || undefined,
    text,
    href: addressOf(`${open.path}/blob`, open.repository.defaultBranch, path) + (line ? `#L${line}` : ''),
  }));
}

/** What the address names by ids of elements, as GitHub's do. */
function prefilled(c: WebContext, form: IssueForm): Answers {
  return firstAnswers(form, new Map(Object.entries(c.req.query())));
}

async function postForm(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  requirePerson(actor);
  const form = await findTemplate(app, open, c.req.query('template') ?? '');
  if (form?.kind !== 'form') throw notFound('issue form');
  const sent = await readTextForm(c);
  const { answers, errors } = await withFilesOf(c, open, form, readAnswers(form, sent.all), sent);
  if (sent.fields.version !== form.oid)
    return answerForm(c, open, form, { answers, refusal: CHANGED, status: 409 });
  Object.assign(errors, faultsOf(form, answers));
  if (Object.keys(errors).length > 0) return answerForm(c, open, form, { answers, errors, status: 422 });
  return openBy(c, open, form, answers, sent.fields);
}

/** The answers with files named below the text they were chosen for: without scripts they come with the form. */
async function withFilesOf(
  c: WebContext,
  open: OpenRepository,
  form: IssueForm,
  answers: Answers,
  sent: TextForm,
): Promise<{ answers: Answers; errors: FieldErrors }> {
  const values = new Map(answers.values);
  const errors: FieldErrors = {};
  for (const { key } of questionsOf(form).filter(takesFiles)) {
    const files = sent.filesOf(key);
    if (files.length === 0) continue;
    try {
      values.set(key, [await withFiles(c, open, values.get(key)?.[0] ?? '', files)]);
    } catch (error) {
      if (!isAppError(error, 'invalid')) throw error;
      errors[key] = error.message;
    }
  }
  return { answers: { ...answers, values }, errors };
}

const CHANGED = 'This form was changed while you filled it in. Look your answers over, and send them again.';

async function openBy(
  c: WebContext,
  open: OpenRepository,
  form: IssueForm,
  answers: Answers,
  fields: Record<string, string>,
): Promise<Response> {
  const { app, actor } = c.var;
  try {
    const more = await metadataOfTemplate(app, open, form);
    const safe = await containedAnswers(form, answers, rendererOf(app, open));
    const input = { title: answers.title, body: markdownOf(form, safe), more };
    const { number } = await createIssue(app, actor, open, input);
    markSent(c, fields);
    return c.redirect(`${open.path}/issues/${number}`, 303);
  } catch (error) {
    // Nobody types fifteen answers twice.
    if (isAppError(error, 'invalid'))
      return answerForm(c, open, form, {
        answers,
        errors: error.fields ?? {},
        refusal: error.message,
        status: 422,
      });
    if (isAppError(error, 'rate_limited', 'forbidden'))
      return answerForm(c, open, form, {
        answers,
        refusal: error.message,
        status: error.code === 'forbidden' ? 403 : 429,
      });
    throw error;
  }
}

interface Shown {
  answers: Answers;
  errors?: FieldErrors;
  /** Why it was not taken, where no field is to blame. */
  refusal?: string;
  status?: number;
}

async function answerForm(
  c: WebContext,
  open: OpenRepository,
  form: IssueForm,
  { answers, errors = {}, refusal, status = 200 }: Shown,
): Promise<Response> {
  const elements = await elementModels(c.var.app, open, form, answers, errors);
  return page(
    c,
    'issues/form',
    {
      title: `${form.name} · ${open.path.slice(1)}`,
      repo: repositoryFrame(open, 'issues'),
      form: { name: form.name, about: form.about, version: form.oid, fileName: form.fileName },
      action: `${open.path}/issues/new${keptQuery(c, form.fileName)}`,
      chooseHref: `${open.path}/issues/new/choose`,
      titleValue: answers.title,
      elements,
      errors,
      refusal: Object.keys(errors).length === 0 ? refusal : undefined,
    },
    status,
  );
}
