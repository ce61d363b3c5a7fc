// Finds the issue templates of a repository on its default branch, in the places where GitHub and Gitea look. They are
// for whoever may open an issue, also where the code is closed to them; what is wrong with them is for those who may mend it.
import type { App } from '../../platform/app.types.ts';
import type { BoundedCache } from '../../platform/cache/cache.ts';
import type { ObjectReader, Oid, TreeEntry } from '../../platform/git/git.types.ts';
import { visibleText } from '../code/paths.service.ts';
import { decodeText } from '../code/texts.service.ts';
import { permissionIncludes, readsCode } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { parseForm } from './template-forms.service.ts';
import { type Findings, openFindings } from './template-reading.service.ts';
import { parseConfig, parseMarkdownTemplate } from './template-texts.service.ts';
import { YamlError } from './template-yaml.service.ts';
import type { IssueTemplate, TemplateConfig, TemplateProblem, TemplateSet } from './templates.types.ts';

/** Our own place first, then those of others; '' is the root. */
const PLACES = ['.opencodehub', '.gitea', '.github', '', 'docs'] as const;
const DIRECTORY = /^issue_template$/i;
const SINGLE = /^issue_template(?:\.(?:md|markdown|txt))?$/i;
const MARKDOWN = /\.(?:md|markdown)$/i;
const FORM = /\.ya?ml$/i;
const CONFIG = /^config\.ya?ml$/i;

const MOST_FILES = 50;
const LARGEST_FILE = 64 * 1024;
const LARGEST_TOGETHER = 256 * 1024;
/** A quarter of it takes the largest set there may be. */
const CACHE_BYTES = 8 * 1024 * 1024;

const NOTHING: TemplateSet = {
  templates: [],
  config: { allowsBlank: true, contactLinks: [] },
  single: undefined,
  problems: [],
};

/** What the repository offers to whoever opens an issue, from its default branch as it is now. */
export async function issueTemplates(app: App, open: OpenRepository): Promise<TemplateSet> {
  const tip = await app.git.ref(open.dir, `refs/heads/${open.repository.defaultBranch}`);
  const objects = app.git.objects(open.dir);
  const commit = tip === undefined ? undefined : await objects.commit(tip);
  if (!commit) return NOTHING;
  const found = await findFiles(objects, commit.tree);
  if (found.files.length === 0 && !found.single) return NOTHING;
  const key = [
    open.dir,
    found.directory,
    ...[...found.files, found.single].map((file) => file?.entry.oid),
  ].join(' ');
  const known = cacheOf(app).get(key);
  if (known) return known;
  return underWay.get(key) ?? readOnce(app, key, () => readSet(objects, found));
}

/** So that many who come at once wait for one reading. */
const underWay = new Map<string, Promise<TemplateSet>>();

async function readOnce(app: App, key: string, read: () => Promise<TemplateSet>): Promise<TemplateSet> {
  const reading = read();
  underWay.set(key, reading);
  try {
    const set = await reading;
    cacheOf(app).set(key, set, 2000 + JSON.stringify(set).length * 2);
    return set;
  } finally {
    underWay.delete(key);
  }
}

/** The template of a file name; undefined where there is none that works. */
export async function findTemplate(
  app: App,
  open: OpenRepository,
  fileName: string,
): Promise<IssueTemplate | undefined> {
  const { templates } = await issueTemplates(app, open);
  return templates.find((template) => template.fileName === fileName);
}

/** Whether somebody is told what is wrong with templates: who may mend them. */
export function seesProblems(open: OpenRepository): boolean {
  return readsCode(open) && permissionIncludes(open.permission, 'write');
}

/** Whether somebody may open an issue without a template. Who works here always may. */
export function mayOpenBlank(open: OpenRepository, { config }: TemplateSet): boolean {
  return config.allowsBlank || permissionIncludes(open.permission, 'write');
}

const caches = new WeakMap<App, BoundedCache<TemplateSet>>();

function cacheOf(app: App): BoundedCache<TemplateSet> {
  const cache = caches.get(app) ?? app.caches.create<TemplateSet>('issue-templates', CACHE_BYTES);
  caches.set(app, cache);
  return cache;
}

interface File {
  path: string;
  entry: TreeEntry;
}

interface Found {
  /** Where the files lie. */
  directory: string;
  files: File[];
  single: File | undefined;
}

/** The first directory that holds anything is the one; a single template counts where there is none. */
async function findFiles(objects: ObjectReader, root: Oid): Promise<Found> {
  let single: File | undefined;
  for (const place of PLACES) {
    const entries = await entriesOf(objects, root, place);
    const prefix = place === '' ? '' : `${place}/`;
    const within = entries.find(({ type, name }) => type === 'tree' && DIRECTORY.test(name));
    if (within) {
      const files = await filesIn(objects, within.oid, `${prefix}${within.name}`);
      if (files.length > 0) return { directory: `${prefix}${within.name}`, files, single: undefined };
    }
    const one = entries.find(({ type, name }) => type === 'blob' && SINGLE.test(name));
    if (one) single ??= { path: prefix + one.name, entry: one };
  }
  return { directory: '', files: [], single };
}

async function entriesOf(objects: ObjectReader, root: Oid, place: string): Promise<TreeEntry[]> {
  const entries = await objects.tree(root);
  if (place === '') return entries;
  const found = entries.find(({ type, name }) => type === 'tree' && name === place);
  return found ? objects.tree(found.oid) : [];
}

async function filesIn(objects: ObjectReader, tree: Oid, directory: string): Promise<File[]> {
  const entries = await objects.tree(tree);
  return entries
    .filter(({ type, name }) => type === 'blob' && (MARKDOWN.test(name) || FORM.test(name)))
    .slice(0, MOST_FILES)
    .map((entry) => ({ path: visibleText(`${directory}/${entry.name}`), entry }));
}

async function readSet(objects: ObjectReader, { files, single }: Found): Promise<TemplateSet> {
  const templates: IssueTemplate[] = [];
  const problems: TemplateProblem[] = [];
  let config = NOTHING.config;
  const budget = { left: LARGEST_TOGETHER };
  for (const file of files) {
    // The front matter begins in the second line.
    const findings = openFindings(file.path, FORM.test(file.entry.name) ? 0 : 1);
    if (CONFIG.test(file.entry.name)) config = (await readConfig(objects, file, findings, budget)) ?? config;
    else templates.push(...(await readTemplate(objects, file, findings, budget)));
    problems.push(...findings.problems);
    // Reading YAML takes long for what it is: others get their turn in between.
    await new Promise(setImmediate);
  }
  const alone = single && (await readTemplate(objects, single, openFindings(single.path), budget));
  const [first] = alone ?? [];
  return { templates, config, problems, single: first?.kind === 'markdown' ? first : undefined };
}

interface Budget {
  left: number;
}

async function readConfig(
  objects: ObjectReader,
  file: File,
  findings: Findings,
  budget: Budget,
): Promise<TemplateConfig | undefined> {
  const text = await readText(objects, file, findings, budget);
  return text === undefined ? undefined : noting(findings, () => parseConfig(findings, text));
}

async function readTemplate(
  objects: ObjectReader,
  file: File,
  findings: Findings,
  budget: Budget,
): Promise<IssueTemplate[]> {
  const text = await readText(objects, file, findings, budget);
  if (text === undefined) return [];
  const { name: fileName, oid } = file.entry;
  const parsed = FORM.test(fileName)
    ? await noting(findings, () => parseForm(findings, text))
    : await noting(findings, () => parseMarkdownTemplate(findings, text, fileName));
  return parsed ? [{ ...parsed, fileName, path: file.path, oid }] : [];
}

async function noting<T>(findings: Findings, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    findings.note(error.line, error.message);
    return undefined;
  }
}

/** Links are not followed: they could show any file to those to whom the code is closed. */
async function readText(
  objects: ObjectReader,
  { entry }: File,
  findings: Findings,
  budget: Budget,
): Promise<string | undefined> {
  if (entry.mode === '120000') return refused(findings, 'It is a symbolic link. Put a file here.');
  const info = await objects.info(entry.oid);
  if (!info) return refused(findings, 'Its content is missing.');
  if (info.size > LARGEST_FILE) return refused(findings, 'It is larger than 64 KiB.');
  budget.left -= info.size;
  if (budget.left < 0) return refused(findings, 'The templates are larger than 256 KiB together.');
  const data = (await objects.read(entry.oid, LARGEST_FILE))?.data;
  const text = data && decodeText(data)?.text;
  return text === undefined ? refused(findings, 'It is no text.') : text.replace(/^\ufeff/, '');
}

function refused(findings: Findings, why: string): undefined {
  findings.note(0, why);
  return undefined;
}
