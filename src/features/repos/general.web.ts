// The general settings of a repository: the page that holds its description, its default branch and its danger zone.
import { isAppError } from '../../base/errors.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from './frame.service.ts';
import { parseRepositoryChanges } from './repos.input.ts';
import { isArchived, ownsRepository, permissionIncludes } from './repos.policy.ts';
import { changeRepository } from './repos.service.ts';
import type { OpenRepository } from './repos.types.ts';
import { MOST_TOPICS, parseTopicLine } from './topics.input.ts';
import { setTopics, topicsOfOne } from './topics.service.ts';
import { waitingTransfer } from './transfers.service.ts';
import { TRANSFER_DAYS } from './transfers.types.ts';
import { VISIBILITY_CHOICES } from './visibility.present.ts';

type Fields = Record<string, string>;

/** Branches offered as the default one. */
const MOST_BRANCHES = 1000;

/** The page of a repository's general settings. */
export function getGeneral(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerGeneral(c, open, {}, {}, 200);
}

/** The page with what was typed kept and the errors beside the fields. */
export async function answerGeneral(
  c: WebContext,
  open: OpenRepository,
  form: Fields,
  errors: Fields,
  status: number,
): Promise<Response> {
  const { repository } = open;
  const administers = permissionIncludes(open.permission, 'admin');
  const model = {
    title: `Settings · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'settings'),
    section: 'general',
    repository,
    isArchived: isArchived(repository),
    branches: administers ? await branchesOf(c, open) : [],
    administers,
    owns: ownsRepository(open),
    visibilities: VISIBILITY_CHOICES.filter(({ value }) => value !== repository.visibility),
    transfer: await waitingTransfer(c.var.app, c.var.actor, open),
    transferDays: TRANSFER_DAYS,
    ownerIsOrganization: open.owner.kind === 'organization',
    graceDays: c.var.app.config.repositories.deleted_grace_days,
    form: {
      name: repository.name,
      description: repository.description,
      website: repository.website,
      topics: (await topicsOfOne(c.var.app, repository.id)).join(' '),
      ...form,
    },
    errors,
    mostTopics: MOST_TOPICS,
  };
  return page(c, 'repos/settings-general', model, status);
}

/** The branch of now is always among the choices: saving something else must not change it. */
async function branchesOf(c: WebContext, { dir, repository }: OpenRepository): Promise<string[]> {
  const refs = await c.var.app.git.refs(dir, 'refs/heads/');
  const names = refs.map((ref) => ref.name.slice('refs/heads/'.length));
  if (names.length === 0) return [];
  return [...new Set([repository.defaultBranch, ...names])].slice(0, MOST_BRANCHES);
}

/** Saves what is said about a repository, and its default branch. */
export async function postGeneral(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  const { description, website, defaultBranch } = form;
  // Left as it is by whoever was not shown it.
  const isTemplate = form.templateShown === '1' ? form.isTemplate === 'on' : undefined;
  try {
    const changes = parseRepositoryChanges({ description, website, defaultBranch, isTemplate });
    const topics = form.topics === undefined ? undefined : parseTopicLine(form.topics);
    await changeRepository(c.var.app, c.var.actor, open, changes);
    if (topics) await setTopics(c.var.app, c.var.actor, open, topics);
    return redirectWithMessage(c, `${open.path}/settings`, 'Settings saved.');
  } catch (error) {
    return answerRefusal(c, open, form, error);
  }
}

/** The form again with what is wrong in it; throws what is no mistake in a form. */
function answerRefusal(c: WebContext, open: OpenRepository, form: Fields, error: unknown): Promise<Response> {
  if (!isAppError(error, 'invalid')) throw error;
  // A list says which of its parts is wrong; the form has one field for all.
  const wrong = Object.entries(error.fields ?? {}).find(([field]) => field.startsWith('topics.'));
  const errors = { ...error.fields, ...(wrong ? { topics: wrong[1] } : {}) };
  return answerGeneral(c, open, form, errors, 422);
}

/** Changes a repository and comes back to its settings, or shows the form again. */
export async function changeOr(
  c: WebContext,
  open: OpenRepository,
  form: Fields,
  raw: Record<string, string | boolean | undefined>,
  message: string,
): Promise<Response> {
  try {
    const changes = parseRepositoryChanges(raw);
    await changeRepository(c.var.app, c.var.actor, open, changes);
    const name = changes.name ?? open.repository.name;
    return redirectWithMessage(c, `/${open.owner.name}/${name}/settings`, message);
  } catch (error) {
    return answerRefusal(c, open, form, error);
  }
}
