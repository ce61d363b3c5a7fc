// What a new pull request begins with: the repository's template, in the places where GitHub and Gitea look, on its default branch.
import type { App } from '../../platform/app.types.ts';
import type { ObjectReader, Oid } from '../../platform/git/git.types.ts';
import { decodeText } from '../code/texts.service.ts';
import { LONGEST_BODY } from '../issues/issues.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';

/** Our own place first, then those of others; '' is the root. */
const PLACES = ['.opencodehub', '.gitea', '.github', '', 'docs'] as const;
const FILE = /^pull_request_template(?:\.(?:md|markdown|txt))?$/i;
const FOLDER = /^pull_request_template$/i;
const IN_FOLDER = /^[^/]{1,200}\.(?:md|markdown|txt)$/i;
const MOST_FILES = 50;

export interface PullTemplates {
  /** The text that is meant for all; undefined where there is none. */
  body: string | undefined;
  /** Names of those that can be chosen. */
  names: string[];
}

/** The template to begin with, by its file name (`?template=`) or the one for all, and what else there is. */
export async function pullTemplates(app: App, open: OpenRepository, chosen?: string): Promise<PullTemplates> {
  const tip = await app.git.ref(open.dir, `refs/heads/${open.repository.defaultBranch}`);
  const objects = app.git.objects(open.dir);
  const commit = tip === undefined ? undefined : await objects.commit(tip);
  if (!commit) return { body: undefined, names: [] };
  const folders = await foldersOf(objects, commit.tree);
  const choices = await choicesIn(objects, folders);
  const one = choices.find(({ name }) => name.toLowerCase() === chosen?.toLowerCase());
  const single = folders
    .flatMap(({ entries }) => entries)
    .find(({ type, name }) => type === 'blob' && FILE.test(name));
  const names = choices.map(({ name }) => name);
  const oid = one?.oid ?? single?.oid;
  return { body: oid === undefined ? undefined : await textOf(objects, oid), names };
}

async function foldersOf(objects: ObjectReader, tree: Oid) {
  const root = await objects.tree(tree);
  const found: { entries: typeof root }[] = [];
  for (const place of PLACES) {
    const folder = root.find(({ type, name }) => type === 'tree' && name === place);
    if (place === '') found.push({ entries: root });
    else if (folder) found.push({ entries: await objects.tree(folder.oid) });
  }
  return found;
}

async function choicesIn(objects: ObjectReader, folders: Awaited<ReturnType<typeof foldersOf>>) {
  const folder = folders
    .flatMap(({ entries }) => entries)
    .find(({ type, name }) => type === 'tree' && FOLDER.test(name));
  const entries = folder ? await objects.tree(folder.oid) : [];
  return entries.filter(({ type, name }) => type === 'blob' && IN_FOLDER.test(name)).slice(0, MOST_FILES);
}

async function textOf(objects: ObjectReader, oid: Oid): Promise<string | undefined> {
  const info = await objects.info(oid);
  if (!info || info.size > LONGEST_BODY * 4) return undefined;
  const blob = await objects.read(oid);
  return blob && decodeText(blob.data)?.text.slice(0, LONGEST_BODY);
}
