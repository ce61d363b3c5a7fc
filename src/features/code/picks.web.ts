// The pages from which a commit is cherry-picked or reverted.
import { invalid, isAppError, notFound } from '../../base/errors.ts';
import type { Commit } from '../../platform/git/git.types.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { cloneAddresses, repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { authorOf, commitEmails } from './commit-authors.service.ts';
import type { Fields } from './commit-forms.web.ts';
import { keepingForm } from './commit-forms.web.ts';
import { commitItem } from './commits.present.ts';
import { suggestedBranch } from './edits.service.ts';
import { encodePath, visibleText } from './paths.service.ts';
import { defaultPickMessage, PickConflict, type PickKind, pickCommit } from './picks.service.ts';
import { findCommitById } from './places.service.ts';
import { listRefNames } from './refs.service.ts';

/** Branches offered; others are typed. */
const MOST_BRANCHES = 1000;
const MAX_MESSAGE = 64 * 1024;

const LABELS = { 'cherry-pick': 'Cherry-pick', revert: 'Revert' } as const;

export const getCherryPick = (c: WebContext, open: OpenRepository) => getPick(c, open, 'cherry-pick');
export const getRevert = (c: WebContext, open: OpenRepository) => getPick(c, open, 'revert');
export const postCherryPick = (c: WebContext, open: OpenRepository) => postPick(c, open, 'cherry-pick');
export const postRevert = (c: WebContext, open: OpenRepository) => postPick(c, open, 'revert');

async function getPick(c: WebContext, open: OpenRepository, kind: PickKind): Promise<Response> {
  return answerPick(c, open, { kind, commit: await requireCommit(c, open), fields: {} });
}

async function postPick(c: WebContext, open: OpenRepository, kind: PickKind): Promise<Response> {
  const commit = await requireCommit(c, open);
  const fields = await readForm(c);
  try {
    const { branch, commit: made } = await makePick(c, open, kind, commit, fields);
    const from = fields.branch ?? '';
    const said = kind === 'revert' ? 'The commit was reverted.' : 'The commit was cherry-picked.';
    if (branch === from) return redirectWithMessage(c, `${open.path}/commit/${made}`, said);
    return redirectWithMessage(c, `${open.path}/compare/${encodePath(from)}...${encodePath(branch)}`, said);
  } catch (error) {
    if (error instanceof PickConflict)
      return answerPick(c, open, { kind, commit, fields, conflicts: error.paths, status: 409 });
    if (isAppError(error, 'invalid'))
      return answerPick(c, open, { kind, commit, fields, errors: error.fields ?? {}, status: 422 });
    if (isAppError(error, 'conflict'))
      return answerPick(c, open, { kind, commit, fields, errors: { branch: error.message }, status: 409 });
    throw error;
  }
}

async function requireCommit(c: WebContext, open: OpenRepository): Promise<Commit> {
  const found = await findCommitById(c.var.app, open, c.req.param('commit') ?? '');
  if (!found) throw notFound('commit');
  return found.commit;
}

async function makePick(c: WebContext, open: OpenRepository, kind: PickKind, commit: Commit, fields: Fields) {
  const { app, actor } = c.var;
  const mainline = /^\d{1,2}$/.test(fields.mainline ?? '') ? Number(fields.mainline) : undefined;
  const committer = await authorOf(app, actor, fields.email);
  const newBranch = fields.target === 'new-branch' ? (fields.newBranch ?? '').trim() : undefined;
  const marksOrigin = fields.marksOrigin === 'on';
  const written = (fields.message ?? '').replace(/\r\n?/g, '\n').trim();
  if (written.length > MAX_MESSAGE)
    throw invalid({ message: `A message has at most ${MAX_MESSAGE} characters.` });
  const isDefault = written === '' || written === defaultPickMessage(kind, commit).trim();
  const subject = isDefault ? commit : { ...commit, message: written };
  const asWritten = kind === 'revert' && !isDefault;
  const message = asWritten ? written : defaultPickMessage(kind, subject, { mainline, marksOrigin });
  return keepingForm(newBranch === undefined ? 'target' : 'newBranch', () =>
    pickCommit(app, actor, open, {
      ...{ kind, commit, mainline, branch: fields.branch ?? '', newBranch, message, committer },
    }),
  );
}

interface Shown {
  kind: PickKind;
  commit: Commit;
  fields: Fields;
  errors?: Fields;
  conflicts?: readonly { path: string; message: string }[];
  status?: number;
}

async function answerPick(c: WebContext, open: OpenRepository, shown: Shown): Promise<Response> {
  const { kind, commit, fields, errors = {}, conflicts, status = 200 } = shown;
  const { app, actor } = c.var;
  const item = commitItem(open, commit);
  const { branches } = await listRefNames(app, open);
  const branch = fields.branch ?? open.repository.defaultBranch;
  const verb = LABELS[kind];
  const name = actor.kind === 'user' ? `${kind}-${commit.oid.slice(0, 7)}` : kind;
  return page(
    c,
    'code/pick',
    {
      title: `${verb} ${item.title} · ${open.path.slice(1)}`,
      repo: repositoryFrame(open, 'code'),
      kind,
      verb,
      commit: item,
      action: `${open.path}/commit/${commit.oid}/${kind}`,
      cancelHref: `${open.path}/commit/${commit.oid}`,
      branch,
      branches: branches.slice(0, MOST_BRANCHES).map((value) => ({ value, label: visibleText(value) })),
      parents: commit.parents.map((oid, index) => ({ value: String(index + 1), short: oid.slice(0, 10) })),
      message: fields.message ?? defaultPickMessage(kind, commit),
      emails: await commitEmails(app, actor),
      suggestedBranch:
        fields.newBranch || (branches.includes(name) ? await suggestedBranch(app, open, name) : name),
      commands:
        conflicts &&
        commandsFor(cloneAddresses(app, open.path).http, { kind, commit, branch, mainline: fields.mainline }),
      conflicts,
      fields,
      errors,
    },
    status,
  );
}

/** How to do it by hand. */
function commandsFor(
  url: string,
  {
    kind,
    commit,
    branch,
    mainline,
  }: { kind: PickKind; commit: Commit; branch: string; mainline: string | undefined },
): string {
  const option = commit.parents.length > 1 ? ` -m ${mainline ?? 1}` : '';
  const quoted = `'${branch.replaceAll("'", "'\\''")}'`;
  return [
    `git clone ${url} && cd "$(basename ${url} .git)"`,
    `git switch ${quoted}`,
    `git ${kind}${option} ${commit.oid}`,
    '# mend the files in conflict, then',
    `git add -A && git ${kind} --continue`,
    `git push origin ${quoted}`,
  ].join('\n');
}
