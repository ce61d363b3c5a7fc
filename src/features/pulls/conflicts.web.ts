// The page on which a pull request's conflicts are resolved, and what brings its base into its head.
import { isAppError } from '../../base/errors.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { decodePath, displayPath, encodePath } from '../code/paths.service.ts';
import { issueHref } from '../issues/addresses.service.ts';
import { cloneAddresses } from '../repos/frame.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { resolveConflicts } from './conflict-resolution.service.ts';
import { findConflicts } from './conflicts.service.ts';
import type { ConflictChoice, ConflictedFile, Conflicts, Resolution } from './conflicts.types.ts';
import { mergeMessage, requireUpdatable, type UpdateStyle, updateHead } from './head-updates.service.ts';
import { pullFrame } from './pull-frame.present.ts';
import { PULL, pullAt } from './pull-requests.web.ts';
import type { Pull } from './pulls.types.ts';

type Fields = Record<string, string>;

const CHOICES = new Set(['edited', 'head', 'base', 'delete']);

export const conflictRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: `${PULL}/conflicts`, access: 'pulls:read', expensive: true, handler: getConflicts },
  {
    method: 'post',
    path: `${PULL}/conflicts`,
    access: 'pulls:comment',
    expensive: true,
    handler: postConflicts,
  },
  { method: 'post', path: `${PULL}/update`, access: 'pulls:comment', expensive: true, handler: postUpdate },
];

async function getConflicts(c: WebContext, open: OpenRepository): Promise<Response> {
  const pull = await pullAt(c, open);
  await requireUpdatable(c.var.app, c.var.actor, open, pull);
  return answerConflicts(c, open, pull, { fields: {} });
}

async function postConflicts(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const fields = await readForm(c);
  const { head: headOid = '', base: baseOid = '', message = '' } = fields;
  try {
    const resolved = { headOid, baseOid, message, resolutions: resolutionsIn(fields) };
    await resolveConflicts(app, actor, open, pull, resolved);
    return redirectWithMessage(c, issueHref(open.path, pull.issue), 'The conflicts were resolved.');
  } catch (error) {
    if (isAppError(error, 'invalid'))
      return answerConflicts(c, open, pull, { fields, errors: error.fields ?? {}, status: 422 });
    if (isAppError(error, 'conflict'))
      return answerConflicts(c, open, pull, { fields, refusal: error.message, status: 409 });
    throw error;
  }
}

/** The fields `file-<n>-path`, `-choice` and `-text`. */
function resolutionsIn(fields: Fields): Resolution[] {
  const resolutions: Resolution[] = [];
  for (let n = 0; fields[`file-${n}-path`] !== undefined; n++) {
    const choice = fields[`file-${n}-choice`] ?? '';
    const path = fields[`file-${n}-path`] ?? '';
    if (!CHOICES.has(choice)) continue;
    resolutions.push({ path, choice: choice as ConflictChoice, text: fields[`file-${n}-text`] ?? '' });
  }
  return resolutions;
}

interface Shown {
  fields: Fields;
  errors?: Fields;
  refusal?: string;
  status?: number;
}

async function answerConflicts(
  c: WebContext,
  open: OpenRepository,
  pull: Pull,
  { fields, errors = {}, refusal, status = 200 }: Shown,
): Promise<Response> {
  const { app } = c.var;
  const [frame, conflicts] = await Promise.all([
    pullFrame(app, open, pull, 'conversation'),
    findConflicts(app, open, pull),
  ]);
  const typed = new Map(resolutionsIn(fields).map((one) => [one.path, one]));
  const href = issueHref(open.path, pull.issue);
  return page(
    c,
    'pulls/conflicts',
    {
      ...frame,
      title: `Conflicts · ${pull.issue.title} · Pull request #${pull.issue.number} · ${open.path.slice(1)}`,
      wide: true,
      href,
      action: `${href}/conflicts`,
      refusal: refusal ?? conflicts?.refusal,
      isResolvable: conflicts !== undefined && conflicts.refusal === undefined,
      labels: conflicts?.labels,
      headOid: conflicts?.headOid,
      baseOid: conflicts?.baseOid,
      files: conflicts?.files.map((file, index) => fileModel(conflicts, file, index, typed, errors)) ?? [],
      message: fields.message ?? mergeMessage(pull),
      messageError: errors.message,
      hasErrors: Object.keys(errors).length > 0,
      commands: commandsFor(cloneAddresses(app, open.path).http, pull),
    },
    status,
  );
}

function fileModel(
  { labels }: Conflicts,
  file: ConflictedFile,
  index: number,
  typed: ReadonlyMap<string, Resolution>,
  errors: Fields,
) {
  const path = encodePath(file.path);
  const before = typed.get(path);
  const words: Record<ConflictChoice, string> = {
    edited: 'Use the text below',
    head: `Use the file of ${labels.head}`,
    base: `Use the file of ${labels.base}`,
    delete: 'Remove the file',
  };
  return {
    index,
    path,
    name: displayPath(decodePath(path)),
    message: file.message,
    places: file.places,
    error: errors[`file-${index}`],
    text: file.text === undefined ? undefined : (before?.text ?? file.text),
    choices: file.choices.map((value) => ({ value, label: words[value] })),
    choice: before?.choice ?? (file.text === undefined ? undefined : 'edited'),
  };
}

/** How to do it by hand. */
function commandsFor(url: string, { issue, pull }: Pull): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const branch = pull.headBranch === '' ? `pull-${issue.number}` : pull.headBranch;
  return [
    `git fetch ${url} ${quoted(pull.baseBranch)}`,
    `git switch ${quoted(branch)}`,
    'git merge FETCH_HEAD',
    '# mend the files in conflict, then',
    'git add -A && git merge --continue',
    `git push origin ${quoted(branch)}`,
  ].join('\n');
}

async function postUpdate(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const { style, head } = await readForm(c);
  const order = { style: style === 'rebase' ? 'rebase' : 'merge', expected: head || undefined } as const;
  await updateHead(app, actor, open, pull, order);
  return redirectWithMessage(c, issueHref(open.path, pull.issue), saidOf(order.style, pull));
}

function saidOf(style: UpdateStyle, { pull }: Pull): string {
  return style === 'merge'
    ? `${pull.baseBranch} was merged into the branch.`
    : `The branch was rebased onto ${pull.baseBranch}.`;
}
