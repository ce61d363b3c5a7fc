// What stands beside the files on a repository's home: description, licence, counts, languages.
import type { App } from '../../platform/app.types.ts';
import { isArchived, permissionIncludes } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { topicsOfOne } from '../repos/topics.service.ts';
import type { LanguageShare, NamedCommit } from './code.types.ts';
import { languagesOf } from './commit-facts.service.ts';
import { findLicence } from './licences.service.ts';
import { addressOf } from './links.present.ts';
import { type SidePart, sideParts } from './side-parts.service.ts';

export interface About {
  description: string;
  topics: string[];
  /** Where all this is changed, for whoever may. */
  settingsHref: string | undefined;
  /** Only addresses a browser may be sent to. */
  website: { href: string; label: string } | undefined;
  licence: { label: string; href: string } | undefined;
  languages: LanguageBar | undefined;
  /** What other rooms show there. */
  parts: SidePart[];
}

export interface LanguageBar {
  /** Pieces of a bar 100 units wide. */
  pieces: { color: string; from: number; width: number }[];
  shares: LanguageShare[];
}

/** The side column; languages are left out when they are not known within `budget` milliseconds. */
export async function aboutModel(
  app: App,
  open: OpenRepository,
  at: NamedCommit,
  budget: number,
): Promise<About> {
  const [licence, shares, parts, topics] = await Promise.all([
    findLicence(app, open, at.commit.tree),
    languagesOf(app, open, at.commit.oid, budget),
    sideParts(app, open),
    topicsOfOne(app, open.repository.id),
  ]);
  return {
    description: open.repository.description,
    topics,
    settingsHref: mayDescribe(open) ? `${open.path}/settings` : undefined,
    website: websiteLink(open.repository.website),
    licence: licence && {
      label: licence.id === undefined ? 'View licence' : `${licence.id} licence`,
      href: addressOf(open, 'blob', at, licence.file),
    },
    languages: shares && shares.length > 0 ? languageBar(shares) : undefined,
    parts,
  };
}

function mayDescribe({ permission, repository }: OpenRepository): boolean {
  return permissionIncludes(permission, 'maintain') && !isArchived(repository);
}

function websiteLink(website: string): About['website'] {
  const url = URL.parse(website);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  return { href: url.href, label: url.href.replace(/^https?:\/\//, '').replace(/\/$/, '') };
}

/** Shares as pieces beside each other, with a small gap. */
export function languageBar(shares: LanguageShare[]): LanguageBar {
  const sum = shares.reduce((total, share) => total + share.bytes, 0);
  let from = 0;
  const pieces = shares.map((share) => {
    const width = (share.bytes / sum) * 100;
    const piece = { color: share.color, from: round(from), width: round(Math.max(0.2, width - 0.3)) };
    from += width;
    return piece;
  });
  return { pieces, shares };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
