// What there is to say of releases.
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { RecordedEvent } from '../../platform/events/events.types.ts';
import { encodePath } from '../code/paths.service.ts';
import { releaseJson } from '../releases/releases.json.ts';
import { requireRelease } from '../releases/releases.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { ghostJson } from '../users/accounts.json.ts';
import type { Facts, Json } from './facts.types.ts';
import { orUndefined } from './gone.service.ts';

/** The release as it is by now; of a deleted one its tag. */
export async function releaseFacts(
  app: App,
  open: OpenRepository,
  event: RecordedEvent,
): Promise<Partial<Facts>> {
  if (!('releaseId' in event)) return {};
  const found = await orUndefined(requireRelease(app, open, event.releaseId));
  // One that was made a draft again is told of no more than one that is gone.
  if (!found || found.row.isDraft)
    return { release: goneRelease(app, open, event.releaseId, 'tag' in event ? event.tag : '') };
  return { release: await releaseJson(app, open, found) };
}

function goneRelease(app: App, open: OpenRepository, id: number, tag: string): Json {
  const url = `${app.publicUrl()}/api/v1/repos${open.path}/releases/${id}`;
  const archive = `${app.publicUrl()}${open.path}/archive/${encodePath(tag)}`;
  const at = isoTime(app.clock.now());
  return {
    ...{ id, tag_name: tag, target_commitish: open.repository.defaultBranch, name: tag, body: '' },
    ...{ url, html_url: `${app.publicUrl()}${open.path}/releases`, tarball_url: `${archive}.tar.gz` },
    zipball_url: `${archive}.zip`,
    ...{ upload_url: `${url}/assets`, draft: false, prerelease: false, created_at: at, published_at: at },
    ...{ author: ghostJson(app), assets: [] },
  };
}
