// Files changed through Gitea's REST API v1: one, or several in one commit.
import { AppError, invalid, notFound } from '../../base/errors.ts';
import type { Commit, Signature } from '../../platform/git/git.types.ts';
import type { FileMode, TreeChange } from '../../platform/git/write-commit.ts';
import { readJson } from '../../platform/web/json.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { fileCommitJson } from './code.json.ts';
import type { FoundEntry } from './code.types.ts';
import { authorOf, messageOf } from './commit-authors.service.ts';
import { contentsJson } from './contents.json.ts';
import { readWritten } from './contents.service.ts';
import {
  type CommitWishes,
  type FileOperation,
  parseFilesWrite,
  parseFileWrite,
} from './contents-writing.input.ts';
import { requirePath } from './edited-paths.service.ts';
import { nameIn } from './edits.service.ts';
import { decodePath, displayPath } from './paths.service.ts';
import { findEntry, findNamedCommit } from './places.service.ts';
import { restOfAddress } from './requests.web.ts';
import { commitChanges, findTip } from './web-commits.service.ts';

const AT = '/api/v1/repos/:owner/:repo';
const REST = ':rest{[^]+}';
const DEPTH = 7;

export const contentsWritingRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'post', path: `${AT}/contents`, access: 'code:write', handler: changeFiles },
  { method: 'post', path: `${AT}/contents/${REST}`, access: 'code:write', handler: createFile },
  { method: 'put', path: `${AT}/contents/${REST}`, access: 'code:write', handler: updateFile },
  { method: 'delete', path: `${AT}/contents/${REST}`, access: 'code:write', handler: deleteFile },
];

interface Operation extends Omit<FileOperation, 'path' | 'from_path'> {
  path: Buffer;
  from: Buffer | undefined;
}

async function changeFiles(c: WebContext, open: OpenRepository): Promise<Response> {
  const { files, ...wishes } = parseFilesWrite(await readJson(c));
  const operations = files.map(({ path, from_path, ...file }) => ({
    ...file,
    path: Buffer.from(path),
    from: from_path === undefined ? undefined : Buffer.from(from_path),
  }));
  const { commit, contents } = await carryOut(c, open, wishes, operations);
  return c.json({ files: contents, commit, verification: UNVERIFIED }, 201);
}

function createFile(c: WebContext, open: OpenRepository): Promise<Response> {
  return changeFile(c, open, 'create');
}

async function updateFile(c: WebContext, open: OpenRepository): Promise<Response> {
  return changeFile(c, open, 'update');
}

async function deleteFile(c: WebContext, open: OpenRepository): Promise<Response> {
  return changeFile(c, open, 'delete');
}

async function changeFile(
  c: WebContext,
  open: OpenRepository,
  operation: 'create' | 'update' | 'delete',
): Promise<Response> {
  const { sha, from_path, content, ...wishes } = parseFileWrite(await readJson(c));
  const path = decodePath(restOfAddress(c, DEPTH));
  const from = from_path === undefined ? undefined : Buffer.from(from_path);
  const { commit, contents } = await carryOut(c, open, wishes, [{ operation, sha, content, path, from }]);
  const answer = { content: contents[0] ?? null, commit, verification: UNVERIFIED };
  return c.json(answer, operation === 'create' ? 201 : 200);
}

const UNVERIFIED = {
  verified: false,
  reason: 'gpg.error.not_signed_commit',
  signature: '',
  payload: '',
  signer: null,
};

async function carryOut(c: WebContext, open: OpenRepository, wishes: CommitWishes, operations: Operation[]) {
  const { app, actor } = c.var;
  const branch = wishes.branch ?? open.repository.defaultBranch;
  const tip = await findTip(app, open, branch);
  const isFirst = !tip && (await app.git.refs(open.dir, 'refs/heads/')).length === 0;
  if (!tip && !isFirst) throw notFound('branch');
  const changes: TreeChange[] = [];
  for (const operation of operations) changes.push(...(await changesOf(c, open, tip, operation)));
  const person = await authorOf(app, actor);
  const author = named(wishes.author, person);
  const fallback = fallbackOf(operations);
  const typed = { description: '', signsOff: wishes.signoff === true };
  const message = wishes.message?.trim() ? withBody(wishes.message) : fallback;
  const { commit: oid, wasThere } = await commitChanges(app, actor, open, {
    ...{
      branch,
      base: tip?.oid,
      newBranch: wishes.new_branch === branch ? undefined : wishes.new_branch,
      changes,
    },
    ...{ message: messageOf({ ...typed, ...split(message) }, fallback, author), author },
    committer: named(wishes.committer, person),
  });
  return resultOf(c, open, { oid, wasThere }, operations);
}

function withBody(message: string): string {
  return message.replace(/\r\n?/g, '\n').trim();
}

function split(message: string): { summary: string; description: string } {
  const end = message.indexOf('\n');
  if (end < 0) return { summary: message, description: '' };
  return { summary: message.slice(0, end), description: message.slice(end + 1) };
}

function named(
  { name, email }: { name?: string | undefined; email?: string | undefined },
  person: Signature,
): Signature {
  return { ...person, ...(name ? { name } : {}), ...(email ? { email } : {}) };
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
  if (operation !== 'create' && operation !== 'upload') requireSame(source, sha, from ?? path);
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
  const at = await findNamedCommit(app, open, oid);
  if (!at) throw notFound('commit');
  const paths = operations.map(({ path }) => path);
  const written = await readWritten(app, open, { at, lastCommit: wasThere ? undefined : oid }, paths);
  const contents = operations.map(({ operation }, index) => {
    const found = operation === 'delete' ? undefined : written[index];
    return found ? contentsJson(app, open, at, found) : null;
  });
  return { commit: await fileCommitJson(app, open, at.commit), contents };
}
