// Files changed through Gitea's REST API v1: one, several in one commit, or by a patch.
import { AppError, invalid, notFound } from '../../base/errors.ts';
import { applyPatch } from '../../platform/git/apply-patch.ts';
import type { Commit } from '../../platform/git/git.types.ts';
import type { FileMode, TreeChange } from '../../platform/git/write-commit.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { fileCommitJson } from './code.json.ts';
import type { FoundEntry } from './code.types.ts';
import { contentsJson } from './contents.json.ts';
import { readWritten } from './contents.service.ts';
import {
  type CommitWishes,
  changedFileBody,
  type FileOperation,
  filesBody,
  newFileBody,
  patchBody,
  removedFileBody,
} from './contents-writing.input.ts';
import { requirePath } from './edited-paths.service.ts';
import { nameIn } from './edits.service.ts';
import { decodePath, displayPath } from './paths.service.ts';
import { findEntry, findNamedCommit } from './places.service.ts';
import { restOfAddress } from './requests.web.ts';
import { UNSIGNED, verificationsOf } from './verifications.json.ts';
import { findTip } from './web-commits.service.ts';
import { commitAsWished } from './wished-commits.service.ts';

const AT = '/api/v1/repos/:owner/:repo';
const FILE = `${AT}/contents/:filepath{[^]+}`;
const DEPTH = 7;

const tag = 'repository';
/** The blob of the README that a repository named `tools` begins with. */
const README = '896a03e8dea6d1d7b669d677adedcb3993e97a20';
const ABOUT =
  'On `branch` (the default branch unless said), or on `new_branch`, which is made from it. Without `message` one is made up.';

export const contentsWritingRoutes: Route<Ability, OpenRepository>[] = [
  {
    ...{ method: 'post', path: `${AT}/contents`, access: 'code:write', handler: changeFiles },
    api: {
      ...{ tag, id: 'repoChangeFiles', summary: 'Change several files in one commit', body: filesBody },
      about: `${ABOUT} Besides Gitea's operations there are \`upload\` (creates or replaces) and \`rename\`.`,
      example: {
        message: 'Say who made it',
        files: [{ operation: 'create', path: 'AUTHORS', content: 'QWRhCg==' }],
      },
      ...{ answer: 'FilesResponse', status: 201 },
    },
  },
  {
    ...{ method: 'post', path: FILE, access: 'code:write', handler: createFile },
    api: {
      ...{ tag, id: 'repoCreateFile', summary: 'Create a file', about: ABOUT, body: newFileBody },
      example: { message: 'Begin', content: 'SGVsbG8K', branch: 'main' },
      ...{ answer: 'FileResponse', status: 201 },
    },
  },
  {
    ...{ method: 'put', path: FILE, access: 'code:write', handler: updateFile },
    api: {
      ...{ tag, id: 'repoUpdateFile', summary: 'Change or move a file', body: changedFileBody },
      about: `${ABOUT} \`sha\` is the blob as you know it; without it a file is made where there is none.`,
      ...{ example: { message: 'Say more', content: 'SGVsbG8K', sha: README }, answer: 'FileResponse' },
    },
  },
  {
    ...{ method: 'delete', path: FILE, access: 'code:write', handler: deleteFile },
    api: {
      ...{ tag, id: 'repoDeleteFile', summary: 'Delete a file', body: removedFileBody },
      about: `${ABOUT} \`sha\` is the blob as you know it.`,
      ...{ example: { message: 'Say less', sha: README }, answer: 'FileDeleteResponse' },
    },
  },
  {
    ...{ method: 'post', path: `${AT}/diffpatch`, access: 'code:write', handler: postPatch },
    expensive: true,
    api: {
      ...{ tag, id: 'repoApplyDiffPatch', summary: 'Commit a patch', body: patchBody },
      about: `${ABOUT} \`content\` is a diff as git writes it.`,
      example: {
        message: 'Note it',
        content:
          'diff --git a/NOTES b/NOTES\nnew file mode 100644\n--- /dev/null\n+++ b/NOTES\n@@ -0,0 +1 @@\n+Noted.\n',
      },
      ...{ answer: 'FileResponse', status: 201 },
    },
  },
];

interface Operation extends Omit<FileOperation, 'path' | 'from_path' | 'sha'> {
  path: Buffer;
  sha?: string | undefined;
  from?: Buffer | undefined;
}

async function changeFiles(c: WebContext, open: OpenRepository): Promise<Response> {
  const { files, ...wishes } = await bodyOf(c, filesBody);
  const operations = files.map(({ path, from_path, ...file }) => ({
    ...file,
    path: Buffer.from(path),
    from: from_path === undefined ? undefined : Buffer.from(from_path),
  }));
  const { commit, verification, contents } = await carryOut(c, open, wishes, operations);
  // As Gitea does, null stands for those that were deleted.
  return c.json({ files: contents, commit, verification }, 201);
}

async function createFile(c: WebContext, open: OpenRepository): Promise<Response> {
  const { content, ...wishes } = await bodyOf(c, newFileBody);
  const made = await carryOut(c, open, wishes, [{ operation: 'create', content, path: pathOf(c) }]);
  return c.json(fileAnswer(made), 201);
}

async function updateFile(c: WebContext, open: OpenRepository): Promise<Response> {
  const { sha, from_path, content, ...wishes } = await bodyOf(c, changedFileBody);
  const from = from_path === undefined ? undefined : Buffer.from(from_path);
  const operation = { operation: 'update', sha, content, path: pathOf(c), from } as const;
  return c.json(fileAnswer(await carryOut(c, open, wishes, [operation])));
}

async function deleteFile(c: WebContext, open: OpenRepository): Promise<Response> {
  const { sha, ...wishes } = await bodyOf(c, removedFileBody);
  const operation = { operation: 'delete', sha, content: Buffer.alloc(0), path: pathOf(c) } as const;
  return c.json(fileAnswer(await carryOut(c, open, wishes, [operation])));
}

async function postPatch(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { content, sha: _sha, ...wishes } = await bodyOf(c, patchBody);
  const tip = await tipOf(c, open, wishes);
  const patched = { format: open.repository.objectFormat, tree: tip?.tree, patch: content };
  const changes = await applyPatch(app.git, open.dir, patched);
  for (const { path } of changes) requirePath(path);
  const fallback = `Apply a patch to ${changes.length} ${changes.length === 1 ? 'file' : 'files'}`;
  const { commit: oid } = await commitAsWished(app, actor, open, { wishes, tip, changes, fallback });
  return c.json(fileAnswer({ ...(await committed(c, open, oid)), contents: [] }), 201);
}

function pathOf(c: WebContext): Buffer {
  return decodePath(restOfAddress(c, DEPTH));
}

function fileAnswer({ contents, commit, verification }: Awaited<ReturnType<typeof carryOut>>) {
  return { content: contents[0] ?? null, commit, verification };
}

async function tipOf(c: WebContext, open: OpenRepository, wishes: CommitWishes): Promise<Commit | undefined> {
  const { app } = c.var;
  const tip = await findTip(app, open, wishes.branch ?? open.repository.defaultBranch);
  const isFirst = !tip && (await app.git.refs(open.dir, 'refs/heads/')).length === 0;
  if (!tip && !isFirst) throw notFound('branch');
  return tip;
}

async function carryOut(c: WebContext, open: OpenRepository, wishes: CommitWishes, operations: Operation[]) {
  const { app, actor } = c.var;
  const tip = await tipOf(c, open, wishes);
  const changes: TreeChange[] = [];
  for (const operation of operations) changes.push(...(await changesOf(c, open, tip, operation)));
  const fallback = fallbackOf(operations);
  const made = await commitAsWished(app, actor, open, { wishes, tip, changes, fallback });
  return resultOf(c, open, { oid: made.commit, wasThere: made.wasThere }, operations);
}

function fallbackOf(operations: readonly Operation[]): string {
  const [only] = operations;
  if (operations.length !== 1 || !only) return `Change ${operations.length} files`;
  const verb = { create: 'Create', update: 'Update', upload: 'Update', rename: 'Rename', delete: 'Delete' }[
    only.operation
  ];
  return `${verb} ${nameIn(only.path)}`;
}

async function changesOf(
  c: WebContext,
  open: OpenRepository,
  tip: Commit | undefined,
  { operation, path, from, sha, content }: Operation,
): Promise<TreeChange[]> {
  requirePath(path);
  const look = (at: Buffer) => (tip ? findEntry(c.var.app, open, tip, at) : undefined);
  const there = await look(path);
  const source = from && !from.equals(path) ? await look(from) : there;
  if (operation === 'create' && there) throw invalid({ path: `"${displayPath(path)}" exists already.` });
  const isNew = operation === 'update' && sha === undefined && !from && !there;
  if (operation !== 'create' && operation !== 'upload' && !isNew) requireSame(source, sha, from ?? path);
  if (operation === 'delete') return [{ path, delete: true }];
  const moves: TreeChange[] = from && !from.equals(path) && source ? [{ path: from, moveTo: path }] : [];
  if (operation === 'rename') {
    if (moves.length === 0) throw invalid({ from_path: 'Name the path that is moved.' });
    return moves;
  }
  const mode: FileMode = source?.mode === '100755' ? '100755' : '100644';
  return [...moves, { path, mode, content }];
}

/** What is changed must be what the caller last saw of it. */
function requireSame(entry: FoundEntry | undefined, sha: string | undefined, path: Buffer): void {
  if (entry?.type !== 'blob') throw notFound('file');
  if (sha === undefined) throw invalid({ sha: 'Give the sha of the file as you know it.' });
  if (sha !== entry.oid)
    throw new AppError('conflict', `"${displayPath(path)}" has changed: its sha is ${entry.oid} now.`);
}

async function resultOf(
  c: WebContext,
  open: OpenRepository,
  { oid, wasThere }: { oid: string; wasThere: boolean },
  operations: readonly Operation[],
) {
  const { app } = c.var;
  const { at, ...said } = await committed(c, open, oid);
  const paths = operations.map(({ path }) => path);
  const written = await readWritten(app, open, { at, lastCommit: wasThere ? undefined : oid }, paths);
  const contents = operations.map(({ operation }, index) => {
    const found = operation === 'delete' ? undefined : written[index];
    return found ? contentsJson(app, open, at, found) : null;
  });
  return { ...said, contents };
}

async function committed(c: WebContext, open: OpenRepository, oid: string) {
  const { app } = c.var;
  const at = await findNamedCommit(app, open, oid);
  if (!at) throw notFound('commit');
  const verification = (await verificationsOf(app, open, [at.commit])).get(oid) ?? UNSIGNED;
  return { at, commit: await fileCommitJson(app, open, at.commit), verification };
}
