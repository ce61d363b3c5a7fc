// What signatures of commits and tags are worth, in the JSON that Gitea's API clients expect.
import type { App } from '../../platform/app.types.ts';
import type { Commit, ObjectFormat, Oid } from '../../platform/git/git.types.ts';
import { splitSignedCommit, splitSignedTag } from '../../platform/git/signed-object.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { verifySignatures, verifyTagSignatures } from './signatures.service.ts';
import type { SignatureReason, VerifiedSignature } from './signatures.types.ts';

type Json = Record<string, unknown>;

/** Larger objects are told of without what was signed. */
const MOST_PAYLOAD = 128 * 1024;

/** Gitea's words for the reasons. */
const REASONS: Readonly<Record<Exclude<SignatureReason, 'valid' | 'valid_site'>, string>> = {
  bad_signature: 'gpg.error.probable_bad_signature',
  expired_key: 'gpg.error.probable_bad_signature',
  revoked_key: 'gpg.error.probable_bad_signature',
  unverified_email: 'gpg.error.no_committer_account',
  suspended_account: 'gpg.error.no_committer_account',
  unknown_key: 'gpg.error.no_gpg_keys_found',
  unsupported: 'gpg.error.extract_sign',
  malformed: 'gpg.error.extract_sign',
};

/** What is said of whatever carries no signature. */
export const UNSIGNED: Json = {
  verified: false,
  reason: 'gpg.error.not_signed_commit',
  signature: '',
  signer: null,
  payload: '',
};

/** What the signatures of these commits are worth, by their ids; those without one are left out. */
export async function verificationsOf(
  app: App,
  open: OpenRepository,
  commits: readonly Commit[],
): Promise<Map<Oid, Json>> {
  const verified = await verifySignatures(app, open, commits);
  const signed = commits.filter(({ oid }) => verified.has(oid));
  const made = await Promise.all(
    signed.map(async ({ oid, committer }): Promise<[Oid, Json]> => {
      const parts = await partsOf(app, open, oid, (data, format) => splitSignedCommit(data, format));
      return [oid, verificationJson(verified.get(oid), committer, parts)];
    }),
  );
  return new Map(made);
}

/** What the signature of an annotated tag is worth. */
export async function tagVerification(
  app: App,
  open: OpenRepository,
  tag: { oid: Oid; tagger: Named | undefined },
): Promise<Json> {
  const verified = (await verifyTagSignatures(app, open, [tag.oid])).get(tag.oid);
  if (!verified) return UNSIGNED;
  const parts = await partsOf(app, open, tag.oid, splitSignedTag);
  return verificationJson(verified, tag.tagger ?? { name: '', email: '' }, parts);
}

interface Named {
  name: string;
  email: string;
}

interface Parts {
  signature: string;
  payload: string;
}

async function partsOf(
  app: App,
  open: OpenRepository,
  oid: Oid,
  split: (data: Buffer, format: ObjectFormat) => { signature: string; payload: Buffer } | undefined,
): Promise<Parts> {
  const object = await app.git
    .objects(open.dir)
    .read(oid, MOST_PAYLOAD)
    .catch(() => undefined);
  const found = object && split(object.data, open.repository.objectFormat);
  return { signature: found?.signature ?? '', payload: found?.payload.toString('utf8') ?? '' };
}

function verificationJson(verified: VerifiedSignature | undefined, by: Named, parts: Parts): Json {
  if (!verified) return UNSIGNED;
  const { reason, signer, keyId = '' } = verified;
  const isGood = reason === 'valid' || reason === 'valid_site';
  return {
    verified: isGood,
    reason: isGood ? `${signer?.name ?? by.name} / ${keyId}` : REASONS[reason],
    ...parts,
    signer: isGood ? { name: by.name, email: by.email, username: signer?.name ?? '' } : null,
  };
}
