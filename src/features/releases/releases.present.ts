// Turns releases into what pages show of them.
import type { SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import { countAheadBehind } from '../../platform/git/ahead-behind.ts';
import type { Commit, Oid } from '../../platform/git/git.types.ts';
import { encodePath, visibleText } from '../code/paths.service.ts';
import type { SignatureItem } from '../code/signature-words.service.ts';
import { readsCode } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { namesOf } from '../users/authorship.service.ts';
import { downloadsOf } from './assets.service.ts';
import { notesOf } from './notes-html.service.ts';
import { findLatestRelease } from './releases.service.ts';
import type { AssetRow, Release, ReleaseRow } from './releases.types.ts';
import { signaturesOfTags } from './tag-signatures.service.ts';

/** Milliseconds a page waits for the number of commits since a release. */
const PATIENCE = 300;

export interface AssetItem {
  id: number;
  name: string;
  href: string;
  sizeBytes: number;
  sha256: string;
  downloads: number;
  createdAt: number;
}

export interface ReleaseItem {
  id: number;
  tag: string;
  title: string;
  href: string;
  editHref: string;
  isDraft: boolean;
  isPrerelease: boolean;
  isLatest: boolean;
  author: { name: string; avatarHash: string | null } | undefined;
  at: number;
  bodyHtml: SafeHtml | undefined;
  assets: AssetItem[];
  /** What the tag leads to, where it exists and the code may be read. */
  code: TaggedCode | undefined;
  signature: SignatureItem | undefined;
  /** Commits on the default branch that the release has not. */
  since: { count: number; href: string } | undefined;
  compare: { label: string; href: string } | undefined;
}

export interface TaggedCode {
  tagHref: string;
  commitHref: string;
  short: string;
  zipHref: string;
  tarHref: string;
}

/** The address of a release's page. */
export function releaseHref(open: Pick<OpenRepository, 'path'>, tag: string): string {
  return `${open.path}/releases/tag/${encodePath(tag)}`;
}

/** The address a file is downloaded from. */
export function downloadHref(open: Pick<OpenRepository, 'path'>, tag: string, name: string): string {
  return `${open.path}/releases/download/${encodePath(tag)}/${encodePath(name).replaceAll('/', '%2F')}`;
}

/** Releases in the order given; `following` is the one published before the last of them. */
export async function releaseItems(
  app: App,
  open: OpenRepository,
  releases: readonly Release[],
  following?: ReleaseRow | undefined,
): Promise<ReleaseItem[]> {
  const tags = readsCode(open) ? await tagCommits(app, open, releases) : new Map<string, FoundTag>();
  const commits = [...tags.values()].map(({ commit }) => commit);
  const [notes, latest, people, since, signatures] = await Promise.all([
    notesOf(
      app,
      open,
      releases.map(({ row }) => row),
    ),
    findLatestRelease(app, open),
    namesOf(
      app,
      releases.flatMap(({ row }) => row.authorId ?? []),
    ),
    commitsSince(app, open, commits),
    signaturesOfTags(app, open, [...tags.values()]),
  ]);
  const known = { notes, tags, people, since, signatures, latestId: latest?.row.id };
  return Promise.all(
    releases.map((release, index) => {
      const before = releases[index + 1]?.row ?? following;
      return releaseItem(app, open, release, before, known);
    }),
  );
}

interface FoundTag {
  oid: Oid;
  commit: Commit;
}

interface Known {
  notes: ReadonlyMap<number, SafeHtml>;
  tags: ReadonlyMap<string, FoundTag>;
  signatures: ReadonlyMap<Oid, SignatureItem>;
  people: Awaited<ReturnType<typeof namesOf>>;
  since: ReadonlyMap<Oid, number>;
  latestId: number | undefined;
}

async function releaseItem(
  app: App,
  open: OpenRepository,
  { row, assets }: Release,
  before: ReleaseRow | undefined,
  known: Known,
): Promise<ReleaseItem> {
  const found = known.tags.get(row.tagName);
  const commit = found?.commit;
  const count = commit && known.since.get(commit.oid);
  const branch = open.repository.defaultBranch;
  const tag = encodePath(row.tagName);
  return {
    id: row.id,
    tag: visibleText(row.tagName),
    title: visibleText(row.title || row.tagName),
    href: releaseHref(open, row.tagName),
    editHref: `${open.path}/releases/edit/${tag}`,
    isDraft: row.isDraft,
    isPrerelease: row.isPrerelease,
    isLatest: row.id === known.latestId,
    author: known.people.get(row.authorId ?? 0),
    at: row.publishedAt ?? row.createdAt,
    bodyHtml: known.notes.get(row.id),
    assets: assets.map((asset) => assetItem(app, open, row, asset)),
    code: commit && taggedCode(open, row.tagName, commit),
    signature: found && known.signatures.get(found.oid),
    since: count ? { count, href: `${open.path}/compare/${tag}...${encodePath(branch)}` } : undefined,
    compare:
      commit && before && !before.isDraft && !row.isDraft
        ? {
            label: visibleText(before.tagName),
            href: `${open.path}/compare/${encodePath(before.tagName)}...${tag}`,
          }
        : undefined,
  };
}

/** Where the code of a tag is found. A branch of the same name would be meant by the bare one. */
export function taggedCode(open: OpenRepository, tag: string, commit: Commit): TaggedCode {
  const address = encodePath(`refs/tags/${tag}`);
  return {
    tagHref: `${open.path}/tree/${address}`,
    commitHref: `${open.path}/commit/${commit.oid}`,
    short: commit.oid.slice(0, 7),
    zipHref: `${open.path}/archive/${address}.zip`,
    tarHref: `${open.path}/archive/${address}.tar.gz`,
  };
}

function assetItem(app: App, open: OpenRepository, { tagName }: ReleaseRow, asset: AssetRow): AssetItem {
  const { id, name, sizeBytes, sha256, createdAt } = asset;
  return {
    id,
    name: visibleText(name),
    href: downloadHref(open, tagName, name),
    sizeBytes,
    sha256,
    downloads: downloadsOf(app, asset),
    createdAt,
  };
}

async function tagCommits(
  app: App,
  open: OpenRepository,
  releases: readonly Release[],
): Promise<Map<string, FoundTag>> {
  const objects = app.git.objects(open.dir);
  const found = await Promise.all(
    releases.map(async ({ row }) => {
      const oid = await app.git.ref(open.dir, `refs/tags/${row.tagName}`);
      const commit = oid && (await objects.commit(oid));
      return oid && commit ? [[row.tagName, { oid, commit }] as const] : [];
    }),
  );
  return new Map(found.flat());
}

/** Commits that the default branch has and a release has not; none where that takes too long to count. */
async function commitsSince(
  app: App,
  open: OpenRepository,
  commits: readonly Commit[],
): Promise<Map<Oid, number>> {
  const base = await app.git.ref(open.dir, `refs/heads/${open.repository.defaultBranch}`);
  if (base === undefined || commits.length === 0) return new Map();
  const signal = AbortSignal.timeout(PATIENCE);
  const source = { dir: open.dir, objects: app.git.objects(open.dir) };
  const tips = commits.map(({ oid }) => oid);
  try {
    const counted = await countAheadBehind(source, base, tips, signal);
    return new Map([...counted].map(([oid, { behind }]) => [oid, behind]));
  } catch (error) {
    if (signal.aborted) return new Map();
    throw error;
  }
}
