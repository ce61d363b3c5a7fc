// Who owns the code that a pull request changes: the file CODEOWNERS at its base, and the accounts that it names.
import { SYSTEM } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { BoundedCache } from '../../platform/cache/cache.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { listingOf } from '../code/changes.service.ts';
import { decodeText } from '../code/texts.service.ts';
import { peopleOfTeams, teamsNamed } from '../orgs/named-teams.service.ts';
import { writersAmong } from '../repos/readers.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { accountsByAddress } from '../users/authorship.service.ts';
import { findUserByName } from '../users/users.service.ts';
import type { CodeOwners, OwnedPaths, OwnerName, ResolvedOwners } from './code-owners.types.ts';
import { ownersOf, parseCodeOwners } from './code-owners-file.service.ts';
import type { PullRow } from './pulls.types.ts';

export { ownersOf } from './code-owners-file.service.ts';

/** Our own place first, then those of others; the first that is there counts. */
const PLACES = ['.opencodehub', '.gitea', '.github', '', 'docs'] as const;
const LARGEST = 512 * 1024;
const CACHE_BYTES = 4 * 1024 * 1024;
/** Names resolved of one pull request, and people of teams. */
const MOST_NAMES = 1000;
const TEAMS_AT_ONCE = 100;
const MOST_PEOPLE = 5000;
const MOST_PATHS = 20_000;

type Place = Pick<OpenRepository, 'repository' | 'owner' | 'dir'>;

/** What CODEOWNERS says at a commit; undefined where there is none. */
export async function codeOwnersAt(app: App, { dir }: Place, oid: Oid): Promise<CodeOwners | undefined> {
  const objects = app.git.objects(dir);
  const commit = await objects.commit(oid);
  if (!commit) return undefined;
  for (const place of PLACES) {
    const path = place === '' ? 'CODEOWNERS' : `${place}/CODEOWNERS`;
    const entry = await objects.entry(commit.tree, Buffer.from(path));
    if (entry?.type !== 'blob' || entry.mode === '120000') continue;
    const known = cacheOf(app).get(entry.oid);
    if (known) return known;
    const blob = await objects.read(entry.oid, LARGEST).catch(() => undefined);
    const read = blob
      ? parseCodeOwners(path, decodeText(blob.data)?.text ?? '')
      : { path, rules: [], problems: [{ line: 1, message: 'The file is too large to be followed.' }] };
    cacheOf(app).set(entry.oid, read, (blob?.size ?? 0) * 4 + 500);
    return read;
  }
  return undefined;
}

const ofApp = new WeakMap<App, BoundedCache<CodeOwners>>();

function cacheOf(app: App): BoundedCache<CodeOwners> {
  const cache = ofApp.get(app) ?? app.caches.create<CodeOwners>('code-owners', CACHE_BYTES);
  ofApp.set(app, cache);
  return cache;
}

/** Of what a pull request changes, as far as it is owned: who must approve it. The file of its base counts, as of today. */
export async function ownersOfPull(
  app: App,
  open: Place,
  pull: Pick<PullRow, 'headOid' | 'mergeBaseOid' | 'baseOid' | 'baseBranch'>,
): Promise<ResolvedOwners[]> {
  const baseOid = (await app.git.ref(open.dir, `refs/heads/${pull.baseBranch}`)) ?? pull.baseOid;
  const owners = await codeOwnersAt(app, open, baseOid);
  if (!owners || owners.rules.length === 0) return [];
  const { paths, isCut } = await changedPaths(app, open, pull.mergeBaseOid ?? baseOid, pull.headOid);
  return resolveOwners(app, open, ownersOf(owners, paths, isCut));
}

/** The owners that none of some people is, one text per group; groups that nobody could approve are left out. */
export async function missingOwners(
  app: App,
  open: Place,
  pull: Parameters<typeof ownersOfPull>[2],
  approvedBy: ReadonlySet<number>,
): Promise<string[]> {
  const groups = await ownersOfPull(app, open, pull);
  return groups
    .filter(({ approverIds }) => approverIds.size > 0 && ![...approverIds].some((id) => approvedBy.has(id)))
    .map(({ pattern, names }) => `${names.join(' or ')} for ${pattern}`);
}

/** Where files are, and where they were before. */
async function changedPaths(
  app: App,
  open: Place,
  from: Oid,
  to: Oid,
): Promise<{ paths: string[]; isCut: boolean }> {
  const objects = app.git.objects(open.dir);
  const [before, after] = await Promise.all([objects.commit(from), objects.commit(to)]);
  if (!before || !after) return { paths: [], isCut: true };
  const side = (commit: typeof before) => ({ open: open as OpenRepository, commit });
  const change = { before: side(before), after: side(after), ignoreWhitespace: false };
  const listing = await listingOf(app, change, AbortSignal.timeout(15_000));
  const paths = listing
    .files(0, Math.min(listing.listed, MOST_PATHS))
    .flatMap(({ oldPathBytes, newPathBytes }) => [oldPathBytes.toString(), newPathBytes.toString()]);
  const isCut = !listing.complete || listing.fileCount > Math.min(listing.listed, MOST_PATHS);
  return { paths: [...new Set(paths)], isCut };
}

/** The accounts that names stand for; of teams those of the owning organization, and of people those who may write. */
export async function resolveOwners(
  app: App,
  open: Place,
  groups: readonly OwnedPaths[],
): Promise<ResolvedOwners[]> {
  const known = await accountsOf(app, open, groups);
  return groups.map(({ pattern, owners, paths }) => {
    const found = owners.flatMap((owner) => known.get(keyOf(owner)) ?? []);
    return {
      pattern,
      names: owners.map(({ kind, name }) => (kind === 'email' ? name : `@${name}`)),
      userIds: found.flatMap(({ userId }) => userId ?? []),
      teamIds: found.flatMap(({ teamId }) => teamId ?? []),
      approverIds: new Set(found.flatMap(({ approvers }) => approvers)),
      pathCount: paths.length,
    };
  });
}

interface FoundOwner {
  userId?: number;
  teamId?: number;
  approvers: number[];
}

async function accountsOf(
  app: App,
  open: Place,
  groups: readonly OwnedPaths[],
): Promise<Map<string, FoundOwner>> {
  const all = groups.flatMap(({ owners }) => owners);
  const names = [...new Map(all.map((owner) => [keyOf(owner), owner])).values()].slice(0, MOST_NAMES);
  const people = await peopleNamed(app, names);
  const teamNames = named(names, 'team');
  const teams: Awaited<ReturnType<typeof teamsNamed>> = new Map();
  for (let from = 0; from < teamNames.length; from += TEAMS_AT_ONCE)
    for (const [name, team] of await teamsNamed(app, SYSTEM, teamNames.slice(from, from + TEAMS_AT_ONCE)))
      teams.set(name, team);
  const owned = { repository: open.repository, ownerKind: open.owner.kind };
  const members = new Map<string, number[]>();
  for (const [name, team] of teams)
    if (team.organizationId === open.owner.id)
      members.set(name, await peopleOfTeams(app, [team.id], MOST_PEOPLE));
  const writers = await writersAmong(app, owned, 'pulls', [
    ...people.values(),
    ...[...members.values()].flat(),
  ]);
  const found = new Map<string, FoundOwner>();
  for (const [key, userId] of people)
    if (writers.has(userId)) found.set(key, { userId, approvers: [userId] });
  for (const [name, ids] of members) {
    const teamId = teams.get(name)?.id;
    const approvers = ids.filter((id) => writers.has(id));
    if (teamId !== undefined) found.set(`team:${name}`, { teamId, approvers });
  }
  return found;
}

async function peopleNamed(app: App, names: readonly OwnerName[]): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const name of named(names, 'user')) {
    const user = await findUserByName(app, name);
    if (user && user.kind !== 'organization') found.set(`user:${name}`, user.id);
  }
  const byAddress = await accountsByAddress(app, named(names, 'email'));
  for (const [address, id] of byAddress) found.set(`email:${address.toLowerCase()}`, id);
  return found;
}

function named(names: readonly OwnerName[], kind: OwnerName['kind']): string[] {
  return names.filter((one) => one.kind === kind).map(({ name }) => name);
}

function keyOf({ kind, name }: OwnerName): string {
  return `${kind}:${name}`;
}
