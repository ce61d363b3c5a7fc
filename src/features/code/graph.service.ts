// A page of a repository's commits in topological order, with the names of branches and tags at them.
import { invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Commit, Oid, Ref } from '../../platform/git/git.types.ts';
import { listGraph } from '../../platform/git/graph.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { type GraphLayout, layOutGraph, MOST_LANES } from './graph-lanes.service.ts';

const PAGE_SIZE = 60;
/** Branches drawn together; of more, the default one and the first by name. */
const MOST_BRANCHES = 500;
const MOST_LABELS = 4;
/** Digits that a lane's commit is remembered by from one page to the next. */
const DIGITS = 12;

export interface GraphLabel {
  kind: 'branch' | 'tag';
  name: string;
}

export interface GraphPage {
  layout: GraphLayout;
  commits: Map<Oid, Commit>;
  labels: Map<Oid, { shown: GraphLabel[]; more: number }>;
  next: string | undefined;
  /** Branches that are left out because there are too many. */
  hiddenBranches: number;
}

/** One page of the graph of one commit, or of all branches. Throws AppError invalid for cursors that no page has led to. */
export async function readGraph(
  app: App,
  open: OpenRepository,
  { from, cursor, signal }: { from: Oid | undefined; cursor: string | undefined; signal: AbortSignal },
): Promise<GraphPage> {
  const at = parseCursor(cursor);
  const [heads, tags] = await Promise.all([
    app.git.refs(open.dir, 'refs/heads/'),
    app.git.refs(open.dir, 'refs/tags/'),
  ]);
  const tips = from === undefined ? tipsOf(open, heads) : [from];
  const listed = await listGraph(app.git, open.dir, { tips, limit: PAGE_SIZE, skip: at.skip, signal });
  const layout = layOutGraph(listed.commits, at.lanes);
  const oids = listed.commits.map(({ oid }) => oid);
  const commits = await app.git.objects(open.dir).commits(oids);
  return {
    layout,
    commits: new Map(commits.map((commit) => [commit.oid, commit])),
    labels: labelsOf(new Set(oids), heads, tags),
    next: listed.hasMore ? cursorOf(at.skip + PAGE_SIZE, layout.open) : undefined,
    hiddenBranches: from === undefined ? Math.max(0, heads.length - MOST_BRANCHES) : 0,
  };
}

function tipsOf(open: OpenRepository, heads: readonly Ref[]): Oid[] {
  const main = heads.find((ref) => ref.name === `refs/heads/${open.repository.defaultBranch}`);
  const ordered = main ? [main, ...heads.filter((ref) => ref !== main)] : heads;
  return [...new Set(ordered.slice(0, MOST_BRANCHES).map((ref) => ref.oid))];
}

function labelsOf(oids: ReadonlySet<Oid>, heads: readonly Ref[], tags: readonly Ref[]): GraphPage['labels'] {
  const labels: GraphPage['labels'] = new Map();
  const add = (oid: Oid, label: GraphLabel) => {
    if (!oids.has(oid)) return;
    const known = labels.get(oid) ?? { shown: [], more: 0 };
    if (known.shown.length < MOST_LABELS) known.shown.push(label);
    else known.more += 1;
    labels.set(oid, known);
  };
  for (const ref of heads) add(ref.oid, { kind: 'branch', name: ref.name.slice('refs/heads/'.length) });
  for (const ref of tags)
    add(ref.peeled ?? ref.oid, { kind: 'tag', name: ref.name.slice('refs/tags/'.length) });
  return labels;
}

/** `<commits before>.<what the lanes wait for>`: the lanes go on where the page before ended. */
function cursorOf(skip: number, lanes: readonly string[]): string {
  return `${skip}.${lanes.map((oid) => oid.slice(0, DIGITS)).join('-')}`;
}

function parseCursor(cursor: string | undefined): { skip: number; lanes: string[] } {
  if (cursor === undefined) return { skip: 0, lanes: [] };
  const [, skip, lanes = ''] = /^(\d{1,7})\.([0-9a-f-]{0,400})$/.exec(cursor) ?? [];
  if (skip === undefined)
    throw invalid({ after: 'This page of the graph does not exist. Start again from the first page.' });
  const wanted =
    lanes === '' ? [] : lanes.split('-').map((digits) => (digits.length === DIGITS ? digits : ''));
  return { skip: Number(skip), lanes: wanted.slice(0, MOST_LANES) };
}
