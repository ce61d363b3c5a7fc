// Branches and tags: their names for menus, and pages of them with their commits.
import type { App } from '../../platform/app.types.ts';
import type { BoundedCache } from '../../platform/cache/cache.ts';
import { countAheadBehind } from '../../platform/git/ahead-behind.ts';
import { commitTimes } from '../../platform/git/commit-times.ts';
import type { Commit, Oid, Ref } from '../../platform/git/git.types.ts';
import type { AheadBehind } from '../../platform/git/history.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';

const HEADS = 'refs/heads/';
const TAGS = 'refs/tags/';

export const REFS_PAGE_SIZE = 30;

const collator = new Intl.Collator('en', { numeric: true });

/** The short names of all branches (by name) and tags (newest versions first). */
export async function listRefNames(
  app: App,
  open: OpenRepository,
): Promise<{ branches: string[]; tags: string[] }> {
  const [heads, tags] = await Promise.all([app.git.refs(open.dir, HEADS), app.git.refs(open.dir, TAGS)]);
  return {
    branches: heads.map((ref) => ref.name.slice(HEADS.length)),
    tags: [...tagNamesByVersion(app, open, tags)],
  };
}

export interface RefWithCommit {
  name: string;
  ref: Ref;
  /** The commit it leads to; undefined for tags of trees and blobs. */
  commit: Commit | undefined;
}

export interface RefPage {
  items: RefWithCommit[];
  total: number;
  page: number;
  pages: number;
}

/** One page (from 1) of branches whose name contains `words`, the default branch first. */
export async function listBranches(
  app: App,
  open: OpenRepository,
  request: { page: number; words?: string; size?: number },
): Promise<RefPage> {
  const refs = await app.git.refs(open.dir, HEADS);
  const first = HEADS + open.repository.defaultBranch;
  const ordered = [...refs.filter((ref) => ref.name === first), ...refs.filter((ref) => ref.name !== first)];
  return pageOf(app, open, ordered, HEADS, request);
}

/** One branch by its short name. */
export async function findBranch(
  app: App,
  open: OpenRepository,
  name: string,
): Promise<RefWithCommit | undefined> {
  const oid = await app.git.ref(open.dir, HEADS + name);
  if (oid === undefined) return undefined;
  const commit = await app.git.objects(open.dir).commit(oid);
  return { name, ref: { name: HEADS + name, oid }, commit };
}

/** One tag by its short name. */
export async function findTag(
  app: App,
  open: OpenRepository,
  name: string,
): Promise<RefWithCommit | undefined> {
  const oid = await app.git.ref(open.dir, TAGS + name);
  if (oid === undefined) return undefined;
  const commit = await app.git.objects(open.dir).commit(oid);
  return { name, ref: { name: TAGS + name, oid }, commit };
}

/** One page of tags, the highest versions first. */
export async function listTags(
  app: App,
  open: OpenRepository,
  request: { page: number; words?: string; size?: number },
): Promise<RefPage> {
  const refs = await app.git.refs(open.dir, TAGS);
  const byName = new Map(refs.map((ref) => [ref.name.slice(TAGS.length), ref]));
  const ordered = tagNamesByVersion(app, open, refs).flatMap((name) => byName.get(name) ?? []);
  return pageOf(app, open, ordered, TAGS, request);
}

export interface RefList {
  items: RefWithCommit[];
  total: number;
  /** The name behind which the next page goes on. */
  next: string | undefined;
}

/** Tags whose name contains `words`, the highest versions first, from behind the name `after` on. */
export async function listTagsBehind(
  app: App,
  open: OpenRepository,
  { words, after, limit }: { words: string; after: string | undefined; limit: number },
): Promise<RefList> {
  const refs = await app.git.refs(open.dir, TAGS);
  const byName = new Map(refs.map((ref) => [ref.name.slice(TAGS.length), ref]));
  const looked = words.toLowerCase();
  const names = tagNamesByVersion(app, open, refs).filter((name) => name.toLowerCase().includes(looked));
  const start = after === undefined ? 0 : startBehind(names, after);
  const shown = names.slice(start, start + limit).flatMap((name) => byName.get(name) ?? []);
  return {
    items: await withCommits(app, open, shown, TAGS),
    total: names.length,
    next: start + limit < names.length ? names[start + limit - 1] : undefined,
  };
}

/** Tags that are read for their time, at most. */
const MOST_READ = 5000;

/** The tags of the youngest commits. */
export async function listTagsByTime(
  app: App,
  open: OpenRepository,
  limit: number,
): Promise<RefWithCommit[]> {
  const refs = await app.git.refs(open.dir, TAGS);
  const source = { dir: open.dir, objects: app.git.objects(open.dir) };
  const tips = refs.map((ref) => ref.peeled ?? ref.oid);
  const times = await commitTimes(source, tips, MOST_READ);
  const timeOf = (ref: Ref) => times.get(ref.peeled ?? ref.oid) ?? 0;
  const newest = [...refs].sort((a, b) => timeOf(b) - timeOf(a) || (a.name < b.name ? 1 : -1));
  return withCommits(app, open, newest.slice(0, limit), TAGS);
}

/** Where a list goes on: behind the name, or where that would have been. */
function startBehind(names: readonly string[], after: string): number {
  const at = names.findIndex((name) => name === after || collator.compare(after, name) > 0);
  if (at < 0) return names.length;
  return names[at] === after ? at + 1 : at;
}

/** Milliseconds a page waits for distances; histories too large for that are shown without. */
const DISTANCE_PATIENCE = 300;

/** How far each branch's commit is ahead of and behind the default branch, by commit id. */
export async function distancesToDefault(
  app: App,
  open: OpenRepository,
  items: readonly RefWithCommit[],
): Promise<Map<Oid, AheadBehind>> {
  const base = await app.git.ref(open.dir, HEADS + open.repository.defaultBranch);
  if (base === undefined) return new Map();
  const tips = items.flatMap((item) => item.commit?.oid ?? []);
  const signal = AbortSignal.timeout(DISTANCE_PATIENCE);
  const source = { dir: open.dir, objects: app.git.objects(open.dir) };
  return countAheadBehind(source, base, tips, signal).catch((error: unknown) => {
    if (signal.aborted) return new Map();
    throw error;
  });
}

async function pageOf(
  app: App,
  open: OpenRepository,
  refs: readonly Ref[],
  prefix: string,
  request: { page: number; words?: string; size?: number },
): Promise<RefPage> {
  const words = request.words?.toLowerCase() ?? '';
  const size = request.size ?? REFS_PAGE_SIZE;
  const matching = refs.filter((ref) => ref.name.slice(prefix.length).toLowerCase().includes(words));
  const pages = Math.max(1, Math.ceil(matching.length / size));
  const page = Math.min(Math.max(1, request.page), pages);
  const shown = matching.slice((page - 1) * size, page * size);
  const items = await withCommits(app, open, shown, prefix);
  return { items, total: matching.length, page, pages };
}

async function withCommits(
  app: App,
  open: OpenRepository,
  refs: readonly Ref[],
  prefix: string,
): Promise<RefWithCommit[]> {
  const objects = app.git.objects(open.dir);
  return Promise.all(
    refs.map(async (ref) => ({
      name: ref.name.slice(prefix.length),
      ref,
      commit: await objects.commit(ref.peeled ?? ref.oid),
    })),
  );
}

/** Tags from which on their order is remembered: fewer are ordered as quickly. */
const MANY = 1000;
/** One order may take a quarter of it. */
const ORDERS = 48 * 1024 * 1024;
/** About what one name of an order takes. */
const ORDERED = 48;

interface TagOrder {
  /** The tags that were ordered, by name. */
  of: readonly Ref[];
  names: readonly string[];
}

const ordersOf = new WeakMap<App, BoundedCache<TagOrder>>();

/** The short names of a repository's tags, the highest versions first. Every page has them, so the order is remembered. */
function tagNamesByVersion(app: App, { dir }: OpenRepository, refs: readonly Ref[]): readonly string[] {
  if (refs.length < MANY) return byVersion(refs.map((ref) => ref.name.slice(TAGS.length)));
  const orders = ordersOf.get(app) ?? app.caches.create<TagOrder>('tag-orders', ORDERS);
  ordersOf.set(app, orders);
  const known = orders.get(dir);
  if (known && haveSameNames(known.of, refs)) return known.names;
  const names = byVersionKey(refs.map((ref) => ref.name.slice(TAGS.length)));
  orders.set(dir, { of: refs, names }, refs.length * ORDERED);
  return names;
}

function haveSameNames(some: readonly Ref[], others: readonly Ref[]): boolean {
  return some.length === others.length && some.every((ref, index) => ref.name === others[index]?.name);
}

/** Names in falling order, with numbers inside them compared as numbers: v1.10 before v1.9. */
function byVersion(names: string[]): string[] {
  return names.sort((one, other) => collator.compare(other, one));
}

/** As `byVersion`, about: a collator would take seconds for all the tags that somebody may push. */
function byVersionKey(names: readonly string[]): string[] {
  const keyed = names.map((name) => ({ name, key: versionKey(name) }));
  keyed.sort((one, other) => (one.key < other.key ? 1 : one.key > other.key ? -1 : 0));
  return keyed.map(({ name }) => name);
}

/** Longer numbers are told apart by their digits alone. */
const LONGEST_NUMBER = 16;

/** A text that sorts as the name does: each number has the count of its digits in front of it. */
function versionKey(name: string): string {
  return name
    .toLowerCase()
    .replace(
      /0*(\d+)/g,
      (_, digits: string) => String.fromCharCode(48 + Math.min(digits.length, LONGEST_NUMBER)) + digits,
    );
}
