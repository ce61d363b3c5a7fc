// The plain form of a new issue; templates and forms of a repository have pages of their own.
import { AppError, type FieldErrors } from '../../base/errors.ts';
import { page } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { issueHref } from './addresses.service.ts';
import { markSent, readTextForm, type TextForm, withFiles } from './composer-forms.web.ts';
import { refusalOf } from './issue-requests.web.ts';
import { createIssue } from './issues.service.ts';
import type { IssueChange } from './issues.types.ts';
import { applyMetadata } from './metadata.service.ts';
import { metadataNamed } from './metadata-names.service.ts';
import { type ChosenMetadata, newSidebarModel } from './sidebar.present.ts';
import { mayOnIssues } from './standing.policy.ts';
import { metadataOfTemplate } from './template-metadata.service.ts';
import { answerByTemplate, templateSent } from './template-pages.web.ts';

export const newIssueRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: '/:owner/:repo/issues/new', access: 'issues:create', handler: getNewIssue },
  { method: 'post', path: '/:owner/:repo/issues', access: 'issues:create', handler: postIssue },
];

interface Typed extends ChosenMetadata {
  title: string;
  body: string;
  /** The file name of the template it began with; empty for none. */
  template: string;
}

/** The address may fill everything in: `?title=&body=&labels=a,b&assignees=x,y&milestone=`. */
async function getNewIssue(c: WebContext, open: OpenRepository): Promise<Response> {
  if (c.var.actor.kind !== 'user') throw new AppError('unauthenticated', 'Sign in to open an issue.');
  const start = await answerByTemplate(c, open);
  if (start instanceof Response) return start;
  const { labels, assignees, milestone = '' } = c.req.query();
  return answerNew(c, open, {
    ...start,
    labels: labels === undefined ? start.labels : namesIn(labels),
    assignees: assignees === undefined ? start.assignees : namesIn(assignees),
    milestone,
    dueOn: '',
  });
}

function namesIn(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

async function answerNew(
  c: WebContext,
  open: OpenRepository,
  typed: Typed,
  { errors, status }: { errors: FieldErrors; status: number } = { errors: {}, status: 200 },
): Promise<Response> {
  const model = {
    title: `New issue · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'issues'),
    form: typed,
    errors,
    sidebar: await newSidebarModel(c.var.app, open, typed),
  };
  return page(c, 'issues/new', model, status);
}

async function postIssue(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const form = await readTextForm(c);
  const typed = typedIn(form);
  try {
    typed.body = await withFiles(c, open, typed.body, form.files);
    // Who may triage has seen what the template gives, and chosen; to others' issues it is given as it says.
    const more = (await mayOnIssues(app, open, 'issues:triage'))
      ? await giving(c, open, typed)
      : await metadataOfTemplate(app, open, await templateSent(c, open, typed.template));
    const issue = await createIssue(app, actor, open, {
      title: typed.title,
      body: typed.body,
      more,
    });
    markSent(c, form.fields);
    return c.redirect(issueHref(open.path, issue), 303);
  } catch (error) {
    return answerNew(c, open, typed, refusalOf(error, 'body'));
  }
}

async function giving(c: WebContext, open: OpenRepository, typed: Typed) {
  const { app, actor } = c.var;
  const metadata = await metadataNamed(app, open, typed);
  return (change: IssueChange) => applyMetadata(change, app, { ...open, actor }, metadata);
}

function typedIn({ fields, all }: TextForm): Typed {
  const { title = '', body = '', template = '', milestone = '', due_on: dueOn = '' } = fields;
  return { title, body, template, labels: all('labels'), assignees: all('assignees'), milestone, dueOn };
}
