// The form that opens a pull request, on a comparison and on a page of its own after it was refused.
import type { App } from '../../platform/app.types.ts';
import { listCommitsBetween } from '../../platform/git/history.ts';
import type { ShownComparison } from '../code/compare-parts.service.ts';
import { type Compared, placesOf } from '../code/compare-sides.service.ts';
import type { SidePart } from '../code/side-parts.service.ts';
import { newSidebarModel } from '../issues/sidebar.present.ts';
import { mayOnIssues } from '../issues/standing.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { pullTemplates } from './pull-templates.service.ts';
import { listOpenByHead } from './pulls.store.ts';
import { choicesFor } from './reviewers.present.ts';

/** What was typed, or what the form begins with. */
export interface TypedPull {
  base: string;
  /** As addresses of comparisons write it: `branch` or `owner:branch`. */
  head: string;
  title: string;
  body: string;
  allowsEdits: boolean;
  reviewers: readonly string[];
  labels: readonly string[];
  assignees: readonly string[];
  milestone: string;
  dueOn: string;
}

/** The part of a comparison that opens a pull request of it, or leads to the one there is. */
export async function createPart(
  app: App,
  open: OpenRepository,
  shown: ShownComparison,
): Promise<SidePart | undefined> {
  const { compared, commitCount, isRelated, query } = shown;
  const { base, head, range } = compared;
  const areBranches = base.at.kind === 'branch' && head.at.kind === 'branch';
  if (range.isDirect || !isRelated || commitCount === 0 || !areBranches) return undefined;
  if (base.open.repository.id !== open.repository.id || open.repository.isMirror) return undefined;
  if (!(await mayOnIssues(app, open, 'pulls:read'))) return undefined;
  const known = await knownPull(app, open, compared);
  if (known !== undefined)
    return {
      template: 'pulls/known',
      model: { known: { ...known, href: `${open.path}/pull/${known.number}` } },
    };
  const isElsewhere = head.open.repository.id !== open.repository.id;
  const mayBring = !isElsewhere || (await mayOnIssues(app, head.open, 'code:write'));
  if (!mayBring || !(await mayOnIssues(app, open, 'pulls:create'))) return undefined;
  const { form, templates } = await beginning(app, open, shown);
  const isExpanded = ['expand', 'quick_pull', 'title', 'body', 'template'].some((name) => query[name]);
  return {
    template: 'pulls/create',
    model: { creating: await creatingModel(app, open, form, { isElsewhere, isExpanded, templates }) },
  };
}

async function knownPull(app: App, open: OpenRepository, { base, head }: Compared) {
  const pulls = await listOpenByHead(app.db.read, head.open.repository.id, head.at.name);
  const found = pulls.find(
    ({ pull }) => pull.repositoryId === open.repository.id && pull.baseBranch === base.at.name,
  );
  return found && { number: found.issue.number, title: found.issue.title, isDraft: found.pull.isDraft };
}

/** The address, then the template, then the only commit's message; of several commits the branch's name. */
async function beginning(app: App, open: OpenRepository, shown: ShownComparison) {
  const { compared, commitCount, query } = shown;
  const { base, head } = compared;
  const templates = await pullTemplates(app, open, query.template);
  const only = commitCount === 1 ? await onlyCommit(app, compared) : undefined;
  const [subject = '', ...rest] = (only ?? '').split('\n');
  const text = rest.join('\n').trim();
  const body = query.body ?? [text, templates.body ?? ''].filter(Boolean).join('\n\n');
  const isElsewhere = head.open.repository.id !== open.repository.id;
  const form: TypedPull = {
    base: base.at.name,
    head: isElsewhere ? `${head.open.owner.name}/${head.open.repository.name}:${head.at.name}` : head.at.name,
    title: (query.title ?? (subject.trim() || titleOfBranch(head.at.name))).slice(0, 255),
    body,
    allowsEdits: true,
    reviewers: namesIn(query.reviewers),
    labels: namesIn(query.labels),
    assignees: namesIn(query.assignees),
    milestone: query.milestone ?? '',
    dueOn: '',
  };
  return { form, templates: templates.names };
}

async function onlyCommit(app: App, compared: Compared): Promise<string | undefined> {
  const { dir, others } = placesOf(compared);
  const range = { base: compared.base.at.commit.oid, head: compared.head.at.commit.oid };
  const { commits } = await listCommitsBetween(app.git, dir, { ...range, others, limit: 1 });
  return commits[0]?.message;
}

/** `feature/add-search` reads as `Feature/add search`, as on GitHub. */
function titleOfBranch(name: string): string {
  const words = name.replace(/[-_]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function namesIn(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
    .slice(0, 100);
}

/** What the form needs besides what was typed. */
export async function creatingModel(
  app: App,
  open: OpenRepository,
  form: TypedPull,
  more: { isElsewhere: boolean; isExpanded: boolean; templates: readonly string[] },
) {
  const mayTriage = await mayOnIssues(app, open, 'pulls:triage');
  const reviewers = mayTriage ? await choicesFor(app, open) : undefined;
  return {
    form,
    ...more,
    reviewers: reviewers && { ...reviewers, chosen: form.reviewers.map((name) => name.toLowerCase()) },
    sidebar: mayTriage ? await newSidebarModel(app, open, form) : undefined,
    defaultBranch: open.repository.defaultBranch,
  };
}
