// How a file that was put into a text is named: its address, and the Markdown that shows it.
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { shownAs } from './attachment-types.service.ts';
import type { AttachmentRow } from './issues.types.ts';

/** Its address in a repository (`/owner/name`). */
export function attachmentHref(path: string, { token }: Pick<AttachmentRow, 'token'>): string {
  return `${path}/attachments/${token}`;
}

/** The Markdown that shows it: a picture with its size, so that nothing moves when it has come, a video, or a link. */
export function attachmentMarkdown(path: string, row: AttachmentRow): string {
  const href = attachmentHref(path, row);
  const shown = shownAs(row.mediaType);
  const alt = row.name.replace(/\.[a-z0-9]{1,10}$/i, '').replace(/[[\]\\<>"&]/g, '') || 'image';
  if (shown === 'video') return `<video src="${href}" controls></video>`;
  if (shown === 'picture' && row.width && row.height)
    return `<img width="${row.width}" height="${row.height}" alt="${alt}" src="${href}">`;
  if (row.mediaType.startsWith('image/')) return `![${alt}](${href})`;
  return `[${row.name.replace(/[[\]\\<>&`*_~]/g, '\\$&')}](${href})`;
}

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
