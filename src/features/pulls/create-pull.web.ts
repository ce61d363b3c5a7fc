// Opens pull requests by the form of a comparison; a refused one comes back on a page of its own, with what was typed.
import { AppError, type FieldErrors, invalid } from '../../base/errors.ts';
import { page } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { findInNetworkOf } from '../code/compare-sides.service.ts';
import { encodePath } from '../code/paths.service.ts';
import { restOfAddress } from '../code/requests.web.ts';
import { markSent, readTextForm, type TextForm, withFiles } from '../issues/composer-forms.web.ts';
import { refusalOf } from '../issues/issue-requests.web.ts';
import type { IssueChange } from '../issues/issues.types.ts';
import { applyMetadata } from '../issues/metadata.service.ts';
import { metadataNamed, userIdsNamed } from '../issues/metadata-names.service.ts';
import { mayOnIssues } from '../issues/standing.policy.ts';
import { teamsNamed } from '../orgs/named-teams.service.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { creatingModel, type TypedPull } from './create-pull.present.ts';
import { createPull, type NewHead } from './create-pull.service.ts';
import { requestWithin } from './review-requests.service.ts';

export const createPullRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: '/:owner/:repo/pull/new/:rest{[^]+}', access: 'pulls:read', handler: getNew },
  { method: 'post', path: '/:owner/:repo/pulls', access: 'pulls:create', handler: postPull },
];

/** As on GitHub, `/pull/new/<branch>` leads to the comparison that opens one. */
async function getNew(c: WebContext, open: OpenRepository): Promise<Response> {
  const branch = restOfAddress(c, 5);
  const base = encodePath(open.repository.defaultBranch);
  return c.redirect(`${open.path}/compare/${base}...${branch}?expand=1`, 302);
}

async function postPull(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const form = await readTextForm(c);
  const typed = typedIn(form);
  try {
    typed.body = await withFiles(c, open, typed.body, form.files);
    const { issue } = await createPull(app, actor, open, {
      base: typed.base,
      head: await headNamed(c, open, typed.head),
      title: typed.title,
      body: typed.body,
      isDraft: form.fields.draft === '1',
      allowsEdits: typed.allowsEdits,
      more: await giving(c, open, typed),
    });
    markSent(c, form.fields);
    return c.redirect(`${open.path}/pull/${issue.number}`, 303);
  } catch (error) {
    return answerRefused(c, open, typed, error);
  }
}

function typedIn({ fields, all }: TextForm): TypedPull {
  const { base = '', head = '', title = '', body = '', milestone = '', due_on: dueOn = '' } = fields;
  return {
    ...{ base, head, title, body, milestone, dueOn },
    allowsEdits: fields.allow_edits === '1',
    reviewers: [...all('reviewers'), ...all('teams')],
    labels: all('labels'),
    assignees: all('assignees'),
  };
}

/** `branch`, `owner:branch` or `owner/repository:branch`. */
async function headNamed(c: WebContext, open: OpenRepository, text: string): Promise<NewHead> {
  const at = text.indexOf(':');
  if (at < 0) return { open, branch: text };
  const where = await findInNetworkOf(c.var.app, c.var.actor, open, text.slice(0, at).split('/'));
  if (!where) throw invalid({ head: 'Choose a branch that exists.' });
  return { open: where, branch: text.slice(at + 1) };
}

/** Labels, people and reviewers, for whoever may choose them; others' choices count for nothing. */
async function giving(c: WebContext, open: OpenRepository, typed: TypedPull) {
  const { app, actor } = c.var;
  if (!(await mayOnIssues(app, open, 'pulls:triage'))) return () => Promise.resolve();
  const metadata = await metadataNamed(app, open, typed);
  const [people, teams] = [false, true].map((isTeam) =>
    typed.reviewers.filter((name) => name.includes('/') === isTeam),
  );
  const userIds = await userIdsNamed(app, people ?? []);
  const teamIds = [...(await teamsNamed(app, actor, teams ?? [])).values()].map(({ id }) => id);
  return async (change: IssueChange) => {
    await applyMetadata(change, app, { ...open, actor }, metadata);
    await requestWithin(app, { ...open, actor }, change, { userIds, teamIds });
  };
}

async function answerRefused(
  c: WebContext,
  open: OpenRepository,
  typed: TypedPull,
  error: unknown,
): Promise<Response> {
  if (error instanceof AppError && error.code === 'unauthenticated') throw error;
  const { errors, status } = refusalOf(error, 'body');
  const more = { isElsewhere: typed.head.includes(':'), isExpanded: true, templates: [] };
  const model: { errors: FieldErrors; creating: object } = {
    errors,
    creating: await creatingModel(c.var.app, open, typed, more),
  };
  return page(
    c,
    'pulls/new',
    {
      title: `New pull request · ${open.path.slice(1)}`,
      repo: repositoryFrame(open, 'pulls'),
      compareHref: `${open.path}/compare/${encodePath(typed.base)}...${encodePath(typed.head)}`,
      ...model,
    },
    status,
  );
}
