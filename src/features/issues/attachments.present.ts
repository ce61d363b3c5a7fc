// Files that were put into texts, as answers of uploads and of the API show them.
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { attachmentHref, attachmentMarkdown } from './attachment-names.service.ts';
import type { AttachmentRow } from './issues.types.ts';

/** What an upload is answered with. */
export function attachmentJson(path: string, row: AttachmentRow) {
  return {
    name: row.name,
    href: attachmentHref(path, row),
    mediaType: row.mediaType,
    size: row.sizeBytes,
    width: row.width,
    height: row.height,
    markdown: attachmentMarkdown(path, row),
  };
}

/** A file of a text as Gitea's API names it among `assets`; downloads are not counted. */
export function assetJson(app: App, path: string, row: AttachmentRow) {
  return {
    id: row.id,
    name: row.name,
    size: row.sizeBytes,
    download_count: 0,
    created_at: isoTime(row.createdAt),
    uuid: row.token,
    browser_download_url: app.publicUrl() + attachmentHref(path, row),
  };
}
