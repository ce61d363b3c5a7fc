// What the signatures of tags are worth: the tag's own, or else that of the commit it leads to.
import type { App } from '../../platform/app.types.ts';
import type { Commit, Oid } from '../../platform/git/git.types.ts';
import { type SignatureItem, signatureItem } from '../code/signature-words.service.ts';
import { verifySignatures, verifyTagSignatures } from '../code/signatures.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';

export interface SignedTag {
  /** What the ref points at: an annotated tag, or the commit itself. */
  oid: Oid;
  commit: Commit | undefined;
}

/** The signatures of tags, by what their refs point at; those without one are left out. */
export async function signaturesOfTags(
  app: App,
  open: OpenRepository,
  tags: readonly SignedTag[],
): Promise<Map<Oid, SignatureItem>> {
  const annotated = tags.filter(({ oid, commit }) => oid !== commit?.oid);
  const commits = tags.flatMap(({ commit }) => commit ?? []);
  const [ofTags, ofCommits] = await Promise.all([
    verifyTagSignatures(
      app,
      open,
      annotated.map(({ oid }) => oid),
    ),
    verifySignatures(app, open, commits),
  ]);
  const found = new Map<Oid, SignatureItem>();
  for (const { oid, commit } of tags) {
    const item = signatureItem(ofTags.get(oid) ?? ofCommits.get(commit?.oid ?? ''));
    if (item) found.set(oid, item);
  }
  return found;
}
