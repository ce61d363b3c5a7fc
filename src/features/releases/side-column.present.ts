// What a repository's home shows of its releases: how many there are, and the latest.
import type { App } from '../../platform/app.types.ts';
import { visibleText } from '../code/paths.service.ts';
import type { SidePart } from '../code/side-parts.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { mayWriteReleases } from './releases.policy.ts';
import { releaseHref } from './releases.present.ts';
import { releasesAtGlance } from './releases.service.ts';

/** The part of the side column; none where there is nothing to see and nothing to do. */
export async function sideColumn(app: App, open: OpenRepository): Promise<SidePart | undefined> {
  const found = await releasesAtGlance(app, open);
  if (!found) return undefined;
  const mayWrite = mayWriteReleases(open);
  if (found.count === 0 && !mayWrite) return undefined;
  const { latest } = found;
  const model = {
    count: found.count,
    href: `${open.path}/releases`,
    newHref: mayWrite ? `${open.path}/releases/new` : undefined,
    latest: latest && {
      title: visibleText(latest.title || latest.tagName),
      href: releaseHref(open, latest.tagName),
      at: latest.publishedAt ?? latest.createdAt,
    },
  };
  return { template: 'releases/side', model };
}
