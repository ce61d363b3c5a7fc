// What pages and the API say of mirrors; never a credential.
import { isoTime } from '../../base/time.ts';
import { goDuration } from '../repos/repository.json.ts';
import type { MirrorRow } from './mirrors.types.ts';

/** A mirror as pages show it. */
export function mirrorItem(mirror: MirrorRow) {
  const { sealedCredentials, ...rest } = mirror;
  return { ...rest, hasCredentials: sealedCredentials !== null };
}

/** A push mirror as Gitea's API shows it. */
export function pushMirrorJson(repoName: string, mirror: MirrorRow) {
  const { id, url, intervalMinutes, onPush, lastRunAt, lastError, createdAt } = mirror;
  return {
    repo_name: repoName,
    remote_name: String(id),
    remote_address: url,
    interval: goDuration(intervalMinutes),
    sync_on_commit: onPush,
    created: isoTime(createdAt),
    last_update: lastRunAt === null ? null : isoTime(lastRunAt),
    last_error: lastError ?? '',
  };
}
