// Verifies signatures of commits and tags. What is kept of a check names the key and its content, and who holds which
// key and address is asked anew each time: a key or address that is gone verifies nothing from that moment on.
import { sha256Hex } from '../../base/crypto.ts';
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { BoundedCache } from '../../platform/cache/cache.ts';
import type { Commit, ObjectReader, Oid } from '../../platform/git/git.types.ts';
import { parseTag } from '../../platform/git/parse-tag.ts';
import { type SignedObject, splitSignedCommit, splitSignedTag } from '../../platform/git/signed-object.ts';
import {
  type Claim,
  checkSignature,
  claimOf,
  findClaimed,
  isSignedByKey,
} from '../auth/signature-checks.service.ts';
import type { FoundSigningKey, SignatureVerdict } from '../auth/signing-keys.types.ts';
import { siteKeyOrNone } from '../auth/site-signing.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { ownersOfAddresses } from '../users/emails.service.ts';
import type { SignatureReason, SignatureState, VerifiedSignature } from './signatures.types.ts';

/** Larger commits and tags are not checked. */
const MAX_SIGNED = 4 * 1024 * 1024;
const KEPT_BYTES = 4 * 1024 * 1024;
const SKEW = 10 * MINUTE;
/** Keys tried for one signature: ids of 64 bits can be made to collide. */
const MOST_KEYS = 4;

interface Kept {
  verdict: SignatureVerdict;
}

/** A signed object before its content was read. */
interface Candidate {
  oid: Oid;
  claim: Claim;
  /** Who must own the key: the committer or tagger. */
  email: string;
  read(): Promise<SignedObject | undefined>;
}

const caches = new WeakMap<App, BoundedCache<Kept>>();

/**
 * What the signatures of these commits are worth, by commit; those without one are left out. `objects` reads them where they
 * are not in the repository yet.
 */
export async function verifySignatures(
  app: App,
  open: Pick<OpenRepository, 'dir' | 'repository'>,
  commits: readonly Commit[],
  objects: ObjectReader = app.git.objects(open.dir),
): Promise<Map<Oid, VerifiedSignature>> {
  const candidates = commits.flatMap((commit) => candidateOf(open, commit, objects) ?? []);
  return verifyAll(app, candidates);
}

function candidateOf(
  open: Pick<OpenRepository, 'repository'>,
  { oid, signature, committer }: Commit,
  objects: ObjectReader,
): Candidate | undefined {
  if (signature === undefined) return undefined;
  const read = async () => {
    const object = await objects.read(oid, MAX_SIGNED).catch(() => undefined);
    return object && splitSignedCommit(object.data, open.repository.objectFormat);
  };
  return { oid, claim: claimOf(signature), email: committer.email, read };
}

/** What the signatures of these annotated tags are worth, by the id of the tag; others are left out. */
export async function verifyTagSignatures(
  app: App,
  open: Pick<OpenRepository, 'dir'>,
  oids: readonly Oid[],
  objects: ObjectReader = app.git.objects(open.dir),
): Promise<Map<Oid, VerifiedSignature>> {
  const candidates = await Promise.all(oids.map((oid) => tagCandidate(objects, oid)));
  return verifyAll(
    app,
    candidates.filter((candidate) => candidate !== undefined),
  );
}

async function tagCandidate(objects: ObjectReader, oid: Oid): Promise<Candidate | undefined> {
  const object = await objects.read(oid, MAX_SIGNED).catch(() => undefined);
  const tag = object?.type === 'tag' ? parseTag(oid, object.data) : undefined;
  const signed = object && tag && splitSignedTag(object.data);
  if (!signed) return undefined;
  return { oid, claim: claimOf(signed.signature), email: tag.tagger?.email ?? '', read: async () => signed };
}

async function verifyAll(app: App, candidates: readonly Candidate[]): Promise<Map<Oid, VerifiedSignature>> {
  if (candidates.length === 0) return new Map();
  const keysOf = await findClaimed(
    app,
    candidates.map(({ claim }) => claim),
  );
  const holders = candidates.flatMap(({ claim }) => keysOf(claim).map(({ account }) => account.id));
  const owns = await ownersOfAddresses(app, holders);
  const results = new Map<Oid, VerifiedSignature>();
  for (const candidate of candidates) {
    const bySite = await judgeSite(app, candidate);
    if (bySite) results.set(candidate.oid, bySite);
    if (bySite) continue;
    const found = await judge(app, candidate, keysOf(candidate.claim).slice(0, MOST_KEYS));
    results.set(candidate.oid, presentOf(candidate, found, owns));
  }
  return results;
}

/** A signature that claims to be by the site's own key; undefined for all others. */
async function judgeSite(app: App, { claim, read }: Candidate): Promise<VerifiedSignature | undefined> {
  if (claim.kind !== 'ssh') return undefined;
  const key = siteKeyOrNone(app);
  if (!key || !claim.ids.includes(key.fingerprint)) return undefined;
  const signed = await read();
  const by = { blob: key.blob, namespace: 'git' };
  const isGood = signed !== undefined && isSignedByKey(signed.signature, by, signed.payload);
  return { kind: 'ssh', keyId: key.fingerprint, ...stateOf(isGood ? 'valid_site' : 'bad_signature') };
}

interface Judged {
  key: FoundSigningKey;
  verdict: SignatureVerdict;
}

/** The key that made it, or else the first that is named as its maker and did not. */
async function judge(
  app: App,
  candidate: Candidate,
  keys: readonly FoundSigningKey[],
): Promise<Judged | undefined> {
  let first: Judged | undefined;
  for (const key of keys) {
    const verdict = await verdictOf(app, candidate, key);
    if (verdict !== 'bad') return { key, verdict };
    first ??= { key, verdict };
  }
  return first;
}

async function verdictOf(
  app: App,
  { oid, read }: Candidate,
  found: FoundSigningKey,
): Promise<SignatureVerdict> {
  const cache = cacheOf(app);
  const cacheKey = `${oid}:${found.key.id}:${sha256Hex(found.key.publicKey)}`;
  const kept = cache.get(cacheKey);
  if (kept) return kept.verdict;
  const signed = await read();
  if (!signed) return 'bad';
  // Clocks differ: what was signed a moment ago elsewhere may seem to come from the future.
  const now = app.clock.now() + SKEW;
  const verdict = await checkSignature(found, signed.payload, signed.signature, now);
  if (verdict !== 'bad') cache.set(cacheKey, { verdict }, 300);
  return verdict;
}

function cacheOf(app: App): BoundedCache<Kept> {
  const known = caches.get(app);
  if (known) return known;
  const made = app.caches.create<Kept>('signatures', KEPT_BYTES);
  caches.set(app, made);
  return made;
}

const VERDICTS: Readonly<Record<Exclude<SignatureVerdict, 'good'>, SignatureReason>> = {
  bad: 'bad_signature',
  expired: 'expired_key',
  revoked: 'revoked_key',
};

function presentOf(
  { claim, email }: Candidate,
  found: Judged | undefined,
  owns: (userId: number, email: string) => boolean,
): VerifiedSignature {
  const claimed = { kind: claim.kind, keyId: claim.kind === 'other' ? undefined : claim.ids[0] };
  if (claim.kind === 'other') return { ...claimed, ...stateOf('unsupported') };
  if (claim.ids.length === 0) return { ...claimed, ...stateOf('malformed') };
  if (!found) return { ...claimed, ...stateOf('unknown_key') };
  const { id, name, avatarHash, isSuspended } = found.key.account;
  const signer = { id, name, avatarHash };
  const because = (reason: SignatureReason) => ({ ...claimed, signer, ...stateOf(reason) });
  if (found.verdict !== 'good') return because(VERDICTS[found.verdict]);
  if (isSuspended) return because('suspended_account');
  return because(owns(id, email) ? 'valid' : 'unverified_email');
}

const UNKNOWN: readonly SignatureReason[] = ['unknown_key', 'unsupported', 'malformed'];

function stateOf(reason: SignatureReason): { state: SignatureState; reason: SignatureReason } {
  if (reason === 'valid' || reason === 'valid_site') return { state: 'verified', reason };
  return { state: UNKNOWN.includes(reason) ? 'unknown' : 'unverified', reason };
}
